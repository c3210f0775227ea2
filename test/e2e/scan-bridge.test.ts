import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { scanFileName } from '../../src/adapters/arrow/scan-archive.js'
import { encodeScan } from '../../src/adapters/arrow/scan-encoder.js'
import { arrowScanFolder } from '../../src/adapters/arrow/scan-folder.js'
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { memoryGrid } from '../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../src/adapters/grid-memory/memory-grid-store.js'
import { readEigenScan } from '../../src/core/grid/eigen-scan.js'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../src/core/grid/names.js'
import type { Grid } from '../../src/ports/grid.js'
import type { ScanFolder } from '../../src/ports/scan-folder.js'
import { ScanBridge } from '../../src/runtime/services/bridge/scan-bridge.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'
import { temporaryFolder } from '../support/in-process-command.js'
import { sampleScan } from '../support/scans.js'
import { until } from '../support/until.js'

const folder = temporaryFolder()
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

const scanAt = (scanNumber: number) =>
  sampleScan({ scanNumber, timestampNs: 1_767_571_200_000_000_000n + BigInt(scanNumber) * 5_000_000_000n })

async function write(scanNumber: number, { until: bytesTo }: { readonly until?: number } = {}): Promise<string> {
  const path = join(folder.path, scanFileName(scanAt(scanNumber)))
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, encodeScan(scanAt(scanNumber)).subarray(0, bytesTo))
  return path
}

function bridged({ store = new MemoryGridStore({ timer: clockTimer(systemClock) }), watched = true } = {}) {
  const grid = memoryGrid({
    store,
    listenerFailed: (error) => {
      throw error
    },
  })
  const scans: ScanFolder = arrowScanFolder(folder.path)
  if (!watched) scans.watch = () => () => {}
  // Polls come fast where nobody watches: their order is what counts, not their time.
  const clock = watched ? systemClock : { ...systemClock, nowMs: () => systemClock.nowMs() * 100, sleep: quick }
  const bridge = new ScanBridge({ folder: scans, grid, clock, start: 'all' })
  const stop = new AbortController()
  const ended = bridge.start(stop.signal)
  const end = async () => {
    stop.abort()
    await ended
  }
  ends.push(end)
  return { grid, store, bridge, end }
}

const quick: typeof systemClock.sleep = (ms, signal) => systemClock.sleep(ms / 100, signal)

async function numbers(grid: Grid): Promise<number[]> {
  const read = await grid.stream(SCAN_STREAM).read((await grid.stream(SCAN_STREAM).bounds()).oldest, { max: 100 })
  return read.kind === 'lost' ? [] : read.entries.map(({ value }) => JSON.parse(value).scan_number)
}

describe('a bridge between a folder and the grid', () => {
  it.each([true, false])(
    'publishes files as they come (watched: %s), each as a scan that readers take',
    async (watched) => {
      const { grid } = bridged({ watched })
      const heard: number[] = []
      await grid.map(GRID_MAPS.features).listen(
        ({ value }) => {
          const reading = readEigenScan(value!)
          if ('value' in reading) heard.push(reading.value.scanNumber)
        },
        { key: FEATURE_KEYS.scan },
      )
      for (const number of [3, 4, 1]) {
        await write(number)
        await until(() => heard.at(-1) === number)
      }
      expect(await numbers(grid)).toEqual([3, 4, 1])
    },
  )

  it('publishes a file that grows when it is whole, and once', async () => {
    const { grid, bridge } = bridged()
    const path = await write(1, { until: 2_000 })
    await until(() => bridge.figures().unfinished > 0)
    await appendFile(path, encodeScan(scanAt(1)).subarray(2_000))
    await until(async () => (await numbers(grid)).length > 0)
    await write(2)
    await until(async () => (await numbers(grid)).length > 1)
    expect(await numbers(grid)).toEqual([1, 2])
  })

  it('goes on where it stopped, with what came meanwhile', async () => {
    const first = bridged()
    await write(1)
    await write(2)
    await until(async () => (await numbers(first.grid)).length === 2)
    await first.end()
    await write(3)
    const second = bridged({ store: first.store })
    await until(async () => (await numbers(second.grid)).length === 3)
    await write(4)
    await until(async () => (await numbers(second.grid)).length === 4)
    expect((await numbers(second.grid)).toSorted()).toEqual([1, 2, 3, 4])
  })
})
