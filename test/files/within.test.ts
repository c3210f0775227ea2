import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bodyParts, within } from '../../src/files/within.js'

describe('a time limit', () => {
  let server: Server
  let address: string
  const closed: (() => void)[] = []

  beforeAll(async () => {
    server = createServer((request, response) => {
      response.writeHead(200).write('{')
      if (request.url === '/whole') response.end('}')
      else request.socket.once('close', () => closed.shift()?.())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  async function read(path: string, limitMs: number): Promise<string> {
    return within(limitMs, async (limit) => {
      const response = await fetch(`${address}${path}`, { signal: limit.signal })
      let text = ''
      for await (const part of bodyParts(response, limit)) {
        text += Buffer.from(part).toString()
      }
      return text
    })
  }

  it('changes nothing of what is done in time', async () => {
    expect(await read('/whole', 60_000)).toBe('{}')
    await expect(within(60_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })

  it('ends the reading of a body that stands still, and its connection', async () => {
    const cut = new Promise<void>((resolve) => closed.push(resolve))
    await expect(read('/stalled', 500)).rejects.toMatchObject({ name: 'TimeoutError' })
    await cut
  })

  it('ends a body whose reading no signal ends', async () => {
    const cancel = vi.fn()
    const deaf = new Response(new ReadableStream({ cancel }))
    const reading = within(10, async (limit) => {
      for await (const part of bodyParts(deaf, limit)) expect(part).toBeUndefined()
    })
    await expect(reading).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('ends the wait for what heeds no signal', async () => {
    await expect(within(10, () => new Promise(() => {}))).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})
