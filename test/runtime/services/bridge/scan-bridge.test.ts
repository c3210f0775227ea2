import { afterEach, describe, expect, it } from 'vitest'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../../../src/core/grid/names.js'
import type { EigenScanPayload } from '../../../../src/ports/vocabulary/eigen-scan.js'
import { SETTLED_MS } from '../../../../src/runtime/services/bridge/file-ledger.js'
import type { ScanBridgeStart } from '../../../../src/runtime/services/bridge/first-listing.js'
import { POLL_MS, ScanBridge } from '../../../../src/runtime/services/bridge/scan-bridge.js'
import { SILENT_MS_MAX } from '../../../../src/runtime/services/bridge/silence.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { FakeGrid } from '../../../support/fake-grid.js'
import { pass, turns } from '../../../support/pass-time.js'
import { sampleScan } from '../../../support/scans.js'
import { MemoryFolder } from './memory-folder.js'

const running: AbortController[] = []
afterEach(() => {
  for (const stop of running.splice(0)) stop.abort()
})

/** A bridge that has had its first look at the folder. */
async function bridging({
  folder = new MemoryFolder(),
  grid = new FakeGrid(),
  time = new VirtualTime(1_767_571_200_000),
  start = 'newest' as ScanBridgeStart,
} = {}) {
  const told: string[] = []
  const bridge = new ScanBridge({ folder, grid, clock: time, start, tell: (text) => told.push(text) })
  const stop = new AbortController()
  running.push(stop)
  const ended = bridge.start(stop.signal)
  await turns(40)
  return { folder, grid, time, bridge, told, stop, ended, poll: (polls = 1) => pass(time, polls * POLL_MS) }
}

const scans = (grid: FakeGrid) => grid.texts(SCAN_STREAM).map((text) => JSON.parse(text) as EigenScanPayload)
const numbers = (grid: FakeGrid) => scans(grid).map(({ scan_number }) => scan_number)
const files = (grid: FakeGrid) => scans(grid).map(({ source }) => source!.file)
const latest = (grid: FakeGrid) =>
  (JSON.parse(grid.maps.get(GRID_MAPS.features)?.get(FEATURE_KEYS.scan) ?? '{}') as Partial<EigenScanPayload>)
    .scan_number

describe('the scan bridge', () => {
  it('publishes a new file when it is told of it, and within a poll when it is not', async () => {
    const { folder, grid, poll } = await bridging()
    folder.tell(folder.scan(1, 100))
    await turns(20)
    expect([numbers(grid), latest(grid)]).toEqual([[1], 1])
    folder.scan(2, 200)
    await turns(20)
    expect(numbers(grid)).toEqual([1])
    await poll()
    expect([numbers(grid), latest(grid)]).toEqual([[1, 2], 2])
  })

  it.each([
    ['first', true],
    ['next', false],
  ])('publishes a file that the %s listing left out before the later ones that it had', async (_which, isFirst) => {
    const folder = new MemoryFolder()
    const write = () => {
      folder.missed = folder.scan(1, 100)
      for (const number of [2, 3]) folder.scan(number, number * 100)
    }
    if (isFirst) write()
    const { grid, poll } = await bridging({ folder, start: 'all' })
    if (!isFirst) write()
    await poll()
    expect(numbers(grid)).toEqual([1, 2, 3])
  })

  it('says with each scan which file it came from', async () => {
    const { folder, grid, poll } = await bridging()
    const file = folder.scan(7, 123.5)
    await poll()
    expect(scans(grid)[0]!.source).toEqual({ file, modified_ms: 123.5 })
  })

  it('publishes in the order of times, then names, whatever the numbers', async () => {
    const { folder, grid, poll } = await bridging()
    folder.scan(9, 100)
    folder.scan(3, 300)
    folder.scan(5, 200)
    folder.scan(4, 200)
    await poll()
    expect(numbers(grid)).toEqual([9, 4, 5, 3])
  })

  it('follows a scanner whose numbers begin anew', async () => {
    const { folder, grid, poll } = await bridging()
    for (const [number, ms] of [
      [900, 100],
      [901, 200],
      [1, 300],
      [2, 400],
    ] as const) {
      folder.scan(number, ms, { second: ms })
      await poll()
    }
    expect([numbers(grid), latest(grid)]).toEqual([[900, 901, 1, 2], 2])
  })

  it('publishes both files of a scan that came twice', async () => {
    const { folder, grid, poll } = await bridging()
    folder.scan(8, 100, { second: 8 })
    folder.scan(8, 180_100, { second: 188 })
    await poll()
    expect(numbers(grid)).toEqual([8, 8])
  })

  it('publishes a file once, however often it is told of it or touched', async () => {
    const { folder, grid, poll } = await bridging()
    const file = folder.scan(1, 100)
    await poll()
    for (const modifiedMs of [100, 150, 160]) {
      folder.scan(1, modifiedMs)
      folder.tell(file)
      await poll()
    }
    expect(numbers(grid)).toEqual([1])
  })

  it('publishes another scan that has taken the place of a file', async () => {
    const { folder, grid, poll } = await bridging()
    const file = folder.scan(1, 100)
    await poll()
    folder.put(file, 200, sampleScan({ scanNumber: 1, timestampNs: 5n }))
    await poll()
    expect(scans(grid).map(({ timestamp_ns }) => timestamp_ns)).toEqual(['1000000000', '5'])
  })

  it('publishes files of a scanner whose clock was set back', async () => {
    const { folder, grid, poll } = await bridging()
    folder.scan(1, 7_200_000)
    await poll()
    folder.scan(2, 3_600_000)
    await poll()
    expect([numbers(grid), latest(grid)]).toEqual([[1, 2], 2])
  })

  it('tries a half-written file again whenever it has grown, and holds no other up for it', async () => {
    const { folder, grid, bridge, poll } = await bridging()
    folder.put('scan_1.arrow', 100, 'its beginning only', 10)
    folder.scan(2, 200)
    await poll()
    expect(numbers(grid)).toEqual([2])
    folder.put('scan_1.arrow', 300, 'its beginning only', 20)
    await poll()
    folder.put('scan_1.arrow', 400, sampleScan({ scanNumber: 1 }), 30)
    await poll()
    expect(numbers(grid)).toEqual([2, 1])
    expect(bridge.figures()).toMatchObject({ published: 2, refused: 0, unfinished: 2, waiting: 0 })
  })

  it('refuses a broken file once, when it has not changed for a while, and names it once', async () => {
    const { folder, grid, told, bridge, poll } = await bridging()
    folder.put('scan_1.arrow', 100, 'rubbish')
    await poll()
    expect(told).toEqual([])
    await poll(SETTLED_MS / POLL_MS + 3)
    expect(told).toEqual(['refused a scan file (1 so far): scan_1.arrow: expected a scan, found rubbish'])
    expect(bridge.figures()).toMatchObject({ refused: 1, waiting: 0 })
    expect(folder.reads).toHaveLength(2)
    expect(numbers(grid)).toEqual([])
  })

  it('refuses a whole file whose scan nobody could use', async () => {
    const { folder, grid, told, poll } = await bridging()
    folder.put('scan_1.arrow', 100, sampleScan({ dataQuality: Number.NaN }))
    await poll(SETTLED_MS / POLL_MS + 2)
    expect(told).toEqual([expect.stringContaining("scan_1.arrow, field 'data_quality': expected a number")])
    expect(numbers(grid)).toEqual([])
  })

  it('reads a refused file again when it has changed', async () => {
    const { folder, grid, poll } = await bridging()
    folder.put('scan_1.arrow', 100, 'rubbish')
    await poll(SETTLED_MS / POLL_MS + 2)
    folder.put('scan_1.arrow', 200, sampleScan({ scanNumber: 1 }))
    await poll()
    expect(numbers(grid)).toEqual([1])
  })

  it('forgets a file that goes before it is whole', async () => {
    const { folder, bridge, told, poll } = await bridging()
    folder.put('scan_1.arrow', 100, 'its beginning only')
    await poll()
    folder.files.clear()
    await poll(8)
    expect(bridge.figures()).toMatchObject({ refused: 0, waiting: 0 })
    expect(told).toEqual([])
  })

  it.each<[ScanBridgeStart, number[]]>([
    ['newest', [4]],
    ['all', [1, 2, 3, 4]],
    [{ sinceMs: 200 }, [2, 3, 4]],
  ])('begins a folder of many files with %j', async (start, expected) => {
    const folder = new MemoryFolder()
    for (const number of [1, 2, 3, 4]) folder.scan(number, number * 100)
    const { grid, poll } = await bridging({ folder, start })
    expect(numbers(grid)).toEqual(expected)
    expect(latest(grid)).toBe(4)
    await poll(3)
    expect(numbers(grid)).toEqual(expected)
  })

  it('goes on after a restart behind what the grid holds, and reads no file of before', async () => {
    const first = await bridging()
    const { folder, grid, time } = first
    for (const number of [1, 2, 3]) folder.scan(number, number * 100)
    await first.poll()
    first.stop.abort()
    await first.ended
    folder.scan(4, 400)
    folder.scan(5, 400)
    folder.reads.length = 0
    const next = await bridging({ folder, grid, time, start: 'all' })
    await next.poll(3)
    expect(numbers(grid)).toEqual([1, 2, 3, 4, 5])
    expect(folder.reads).toEqual(files(grid).slice(3))
  })

  it('leaves out after a restart what it had left out before', async () => {
    const folder = new MemoryFolder()
    for (const number of [1, 2, 3]) folder.scan(number, number * 100)
    const { grid, time, stop, ended } = await bridging({ folder })
    stop.abort()
    await ended
    folder.scan(4, 400)
    await bridging({ folder, grid, time })
    expect(numbers(grid)).toEqual([3, 4])
  })

  it('knows published files again after a restart, although their times lie behind the last one', async () => {
    const first = await bridging()
    const { folder, grid, time } = first
    folder.scan(1, 7_200_000)
    await first.poll()
    folder.scan(2, 3_600_000)
    await first.poll()
    first.stop.abort()
    await first.ended
    folder.scan(3, 3_605_000)
    const next = await bridging({ folder, grid, time })
    await next.poll(2)
    expect(numbers(grid)).toEqual([1, 2, 3])
  })

  it('leaves files in their folder while the grid is away, then gives the stream all, the key the newest alone', async () => {
    const { folder, grid, bridge, told, poll } = await bridging()
    folder.scan(1, 100)
    await poll()
    grid.goAway()
    for (const number of [2, 3, 4]) {
      folder.scan(number, number * 100)
      await poll()
    }
    expect(numbers(grid)).toEqual([1])
    expect(bridge.health()).toMatchObject({ state: 'RUNNING', detail: expect.stringContaining('waits: grid offline') })
    grid.calls.length = 0
    grid.comeBack()
    await turns(40)
    expect([numbers(grid), latest(grid)]).toEqual([[1, 2, 3, 4], 4])
    expect(grid.calls.filter((call) => call.startsWith('set'))).toHaveLength(1)
    expect(told).toEqual([expect.stringContaining('grid offline'), 'scans are published again'])
  })

  it('waits for a grid that is away when it starts', async () => {
    const folder = new MemoryFolder()
    folder.scan(1, 100)
    const grid = new FakeGrid()
    grid.goAway()
    const { bridge, poll } = await bridging({ folder, grid })
    await poll(2)
    expect(bridge.health()).toMatchObject({ state: 'RUNNING', detail: expect.stringContaining('waits: grid offline') })
    grid.comeBack()
    await turns(40)
    expect([numbers(grid), latest(grid)]).toEqual([[1], 1])
  })

  it('begins the stream anew when the cluster has lost it', async () => {
    const { folder, grid, told, poll } = await bridging()
    for (const number of [1, 2, 3]) {
      folder.scan(number, number * 100)
      await poll()
    }
    grid.goAway()
    grid.comeBack({ emptied: true })
    await turns(40)
    expect([numbers(grid), latest(grid)]).toEqual([[1, 2, 3], 3])
    expect(told).toContain('the stream of scans was lost with the grid and is begun anew')
  })

  it('begins a lost stream anew although it has published nothing yet since its own restart', async () => {
    const first = await bridging()
    const { folder, grid, time } = first
    for (const number of [1, 2]) folder.scan(number, number * 100)
    await first.poll()
    first.stop.abort()
    await first.ended
    await bridging({ folder, grid, time })
    grid.goAway()
    grid.comeBack({ emptied: true })
    await turns(40)
    expect([numbers(grid), latest(grid)]).toEqual([[1, 2], 2])
  })

  it.each([true, false])('has a scan in the stream once after a call without an answer (made: %s)', async (isMade) => {
    const { folder, grid, poll } = await bridging()
    grid.faults.push({ call: 'append', reason: 'deadline', isMade })
    folder.scan(1, 100)
    await poll()
    folder.scan(2, 200)
    await poll(2)
    expect([numbers(grid), latest(grid)]).toEqual([[1, 2], 2])
  })

  it('says once that the scanner is silent, and that it is back', async () => {
    const { folder, bridge, told, poll } = await bridging()
    const file = folder.scan(1, 100)
    await poll()
    await poll(SILENT_MS_MAX / POLL_MS)
    expect(told).toEqual([])
    await poll(6)
    expect(told).toEqual([`no new scan for 65 s: the last one came from ${file}; is the scanner running?`])
    expect(bridge.health().detail).toBe('no new scan for 90 s')
    const next = folder.scan(2, 200)
    await poll()
    expect(told).toEqual([expect.any(String), `scans come again after 95 s (${next})`])
    expect(bridge.figures().silentMs).toBeUndefined()
  })

  it('waits for a folder that is not there, says so once, and makes progress all the same', async () => {
    const folder = new MemoryFolder()
    folder.trouble = 'it is not there'
    const { grid, bridge, told, time, poll } = await bridging({ folder })
    await poll(4)
    expect(told).toEqual(['cannot read the folder /scans: it is not there'])
    expect(bridge.health()).toMatchObject({ state: 'RUNNING', lastProgressAtMs: time.epochMs() })
    folder.trouble = undefined
    folder.scan(1, 100)
    await poll()
    expect(numbers(grid)).toEqual([1])
  })

  it('stops between two files, with the last one that was published under its key', async () => {
    const folder = new MemoryFolder()
    for (let number = 1; number <= 50; number++) folder.scan(number, number)
    const read = folder.read.bind(folder)
    const stopAt: { at?: () => void } = {}
    folder.read = (path) => {
      if (folder.reads.length === 9) stopAt.at!()
      return read(path)
    }
    const grid = new FakeGrid()
    const bridge = new ScanBridge({ folder, grid, clock: new VirtualTime(0), start: 'all' })
    const stop = new AbortController()
    stopAt.at = () => stop.abort()
    await bridge.start(stop.signal)
    expect([numbers(grid).length, latest(grid)]).toEqual([10, 10])
    expect(bridge.health().state).toBe('EXITED')
  })

  it('ends with what it cannot go on after', async () => {
    const folder = new MemoryFolder()
    folder.unknown = () => {
      throw new TypeError('a bug')
    }
    const bridge = new ScanBridge({ folder, grid: new FakeGrid(), clock: new VirtualTime(0), start: 'all' })
    await expect(bridge.start(new AbortController().signal)).rejects.toThrow('a bug')
    expect(bridge.health()).toMatchObject({ state: 'FATAL', detail: 'a bug' })
  })
})
