import { createServer, type Server } from 'node:net'
import { describe, expect, it } from 'vitest'
import { InputMistake } from '../../../src/base/mistakes.js'
import { openGrid } from '../../../src/cli/compose/grid.js'
import { until } from '../../support/until.js'

describe('a grid that was chosen', () => {
  it('is in this process where it is embedded, and tells what its listeners throw', async () => {
    const told: string[] = []
    const grid = await openGrid({ url: 'embedded', report: (text) => told.push(text) })
    expect(grid.connection.isEmbedded).toBe(true)
    await grid.map('any').listen(() => {
      throw new Error('no reason at all')
    })
    await grid.map('any').set('key', 'value')
    expect(await until(() => told[0])).toBe('a listener of map any failed: no reason at all')
    await grid.close()
  })

  it('of a cluster that is not there is reported, opened all the same, and offline', async () => {
    const told: string[] = []
    const { server, port } = await silent()
    const url = `hazelcast://127.0.0.1:${port}`
    const grid = await openGrid({ url, deadlineMs: 20, report: (text) => told.push(text) })
    expect(grid.connection.isEmbedded).toBe(false)
    expect(grid.connection.state).toBe('OFFLINE')
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(
      /^No connection to the grid hazelcast:\/\/127\.0\.0\.1:\d+ yet.*, it is tried again and again\.$/,
    )
    await grid.close()
    server.close()
  })

  it.each(['', 'redis://a:1', 'hazelcast://a', 'Embedded'])('%j is refused before anything is opened', async (url) => {
    await expect(openGrid({ url, report: () => {} })).rejects.toThrow(InputMistake)
  })
})

/** Somebody listens there, and says nothing. */
async function silent(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => socket.on('error', () => {}))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as { port: number }).port }
}
