import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openGridFile } from '../../src/adapters/grid-memory/grid-file.js'
import { readGridFile } from '../../src/adapters/grid-memory/grid-file-format.js'
import { memoryGrid } from '../../src/adapters/grid-memory/memory-grid.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { untold } from '../adapters/grid-memory/clients.js'
import { temporaryFolder } from '../support/in-process-command.js'
import { until } from '../support/until.js'

const folder = temporaryFolder()
const file = () => join(folder.path, 'grid.jsonl')

describe('the file of a grid whose process is killed', () => {
  it('is whole, shows the grid as it was at one moment before, and goes on from there with higher tokens', async () => {
    let before = { number: -1, fence: 0n }
    for (const changes of [1, 40, 170, 400]) {
      const { fence, said } = await changedUntilKilled(changes)
      const kept = await openGridFile({
        file: file(),
        timer: new VirtualTime(Date.now()),
        streamCapacity: 20,
        writeFailed,
      })
      const grid = memoryGrid({ store: kept.store, listenerFailed: untold })
      const number = Number((await grid.reference('number').get()) ?? '-1')
      expect(number).toBeGreaterThanOrEqual(before.number)
      expect(number).toBeLessThanOrEqual(said)
      if (number >= 0) {
        expect(await grid.map('map').get('first')).toBe(`${number}`)
        expect(await grid.map('map').get('last')).toBe(`${number}`)
        expect(await grid.map('map').get('filler')).toHaveLength((number * 7_919) % 300_000)
        const { newest } = await grid.stream('stream').bounds()
        expect(await grid.stream('stream').read(newest, { max: 1 })).toEqual({
          kind: 'entries',
          entries: [{ sequence: newest, value: `${number}` }],
        })
        expect(newest).toBe(number)
      }
      const next = (await grid.lock('lock').acquire())!
      expect(fence > before.fence && next > fence).toBe(true)
      before = { number, fence: next }
      await grid.close()
      await kept.close()
    }
    expect(before.number).toBeGreaterThan(0)
  })
})

/** The token and the last number that it said before it was killed, which was after so many changes. */
async function changedUntilKilled(changes: number): Promise<{ fence: bigint; said: number }> {
  const script = fileURLToPath(new URL('./change-grid-until-killed.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, file()], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  const lines = () => text.split('\n').slice(0, -1)
  await until(() => lines().length > changes)
  // The file of at least one change: else there is nothing to see.
  if (changes > 1) await until(async () => (await readGridFile(file())).records.length > 0)
  child.kill('SIGKILL')
  await ended
  return { fence: BigInt(lines()[0]!.slice('fence '.length)), said: Number(lines().at(-1)) }
}

function writeFailed(failure: Error): never {
  throw failure
}
