import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eigenScanPayload } from '../../../src/core/eigen/payload.js'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../../src/core/grid/names.js'
import type { GridFailure } from '../../../src/ports/grid.js'
import type { ScanSink } from '../../../src/ports/scan-sink.js'
import { openGridScanSink } from '../../../src/runtime/grid/grid-scan-sink.js'
import { SCANS_BEGUN_ANEW } from '../../../src/runtime/grid/grid-scans.js'
import { FakeClock } from '../../support/fake-clock.js'
import { FakeGrid } from '../../support/fake-grid.js'
import { MemoryArchive } from '../../support/memory-archive.js'
import { sampleScan } from '../../support/scans.js'

const second = 1_000_000_000n
const scan = (scanNumber: number) =>
  sampleScan({ scanNumber, timestampNs: 1_767_571_200n * second + BigInt(scanNumber) })

function setUp(grid = new FakeGrid(), archive = new MemoryArchive()) {
  const told: string[] = []
  const open = () => openGridScanSink({ grid, archive, clock: new FakeClock(), tell: (text) => told.push(text) })
  const sink = open()
  return { grid, archive, told, open, sink, publish: (number: number, into = sink) => publish(archive, into, number) }
}

/** As the scan loop does: the file first. */
async function publish(archive: MemoryArchive, sink: ScanSink, number: number): Promise<void> {
  await archive.write(scan(number))
  await sink.publish(eigenScanPayload(scan(number), { publishedAtMs: 0 }))
}

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : JSON.parse(text).scan_number
const streamed = (grid: FakeGrid) => grid.texts(SCAN_STREAM).map(numberOf)
const latest = (grid: FakeGrid) => numberOf(grid.maps.get(GRID_MAPS.features)?.get(FEATURE_KEYS.scan))

describe('a sink of scans over the grid', () => {
  it('puts each scan into the stream and under its key, the same text', async () => {
    const { grid, publish } = setUp()
    await publish(1)
    await publish(2)
    expect(streamed(grid)).toEqual([1, 2])
    expect(grid.maps.get(GRID_MAPS.features)!.get(FEATURE_KEYS.scan)).toBe(grid.texts(SCAN_STREAM)[1])
  })

  it('sets the key without waiting for the stream, and never before the stream has every earlier scan', async () => {
    const asked: { readonly number: number; readonly before: unknown[] }[] = []
    class AskedGrid extends FakeGrid {
      override map(name: string) {
        const map = super.map(name)
        const set: typeof map.set = (key, value) => {
          asked.push({ number: numberOf(value)!, before: streamed(this) })
          return map.set(key, value)
        }
        return { ...map, set }
      }
    }
    const { grid, publish, sink } = setUp(new AskedGrid())
    await publish(1)
    grid.goAway()
    for (const number of [2, 3]) await publish(number)
    grid.comeBack()
    await publish(4)
    await sink.close()
    expect(asked).toEqual([
      { number: 1, before: [] },
      { number: 3, before: [1, 2] },
      { number: 4, before: [1, 2, 3] },
    ])
    grid.faults.push({ call: 'append', reason: 'busy' })
    await publish(5)
    expect([streamed(grid).at(-1), latest(grid)]).toEqual([4, 5])
    await sink.close()
    expect(streamed(grid)).toEqual([1, 2, 3, 4, 5])
  })

  it('asks nothing with a scan that follows the one before', async () => {
    const { grid, publish } = setUp()
    await publish(1)
    grid.calls.length = 0
    await publish(2)
    expect(grid.calls).toHaveLength(2)
  })

  it('lets the scanner go on while the grid is away, and gives the stream all it missed, the key the newest alone', async () => {
    const { grid, told, sink, publish } = setUp()
    await publish(1)
    grid.goAway()
    for (const number of [2, 3, 4]) await publish(number)
    expect(streamed(grid)).toEqual([1])
    grid.calls.length = 0
    grid.comeBack()
    await sink.close()
    expect(streamed(grid)).toEqual([1, 2, 3, 4])
    expect(latest(grid)).toBe(4)
    expect(grid.calls.filter((call) => call.startsWith('set'))).toHaveLength(1)
    expect(told).toEqual([
      'grid offline: there is no connection; scans go to their files, and the grid is given them when it is back',
      'the stream of scans has been given 2 that it did not have',
    ])
  })

  it('makes up for a call that failed with the next scan, where nobody tells of a connection', async () => {
    const { grid, publish } = setUp()
    await publish(1)
    grid.faults.push({ call: 'append', reason: 'busy' })
    await publish(2)
    expect(streamed(grid)).toEqual([1])
    await publish(3)
    expect(streamed(grid)).toEqual([1, 2, 3])
  })

  it.each<[GridFailure, boolean]>([
    ['deadline', true],
    ['deadline', false],
    ['indeterminate', true],
    ['indeterminate', false],
    ['busy', false],
  ])('has each scan in the stream once after a call that ended with %s (made: %s)', async (reason, isMade) => {
    const { grid, publish } = setUp()
    await publish(1)
    grid.faults.push({ call: 'append', reason, isMade })
    for (const number of [2, 3]) await publish(number)
    expect(streamed(grid)).toEqual([1, 2, 3])
    expect(latest(grid)).toBe(3)
  })

  it('writes the key anew when that had failed', async () => {
    const { grid, sink, publish } = setUp()
    grid.faults.push({ call: 'set', reason: 'deadline' })
    await publish(1)
    expect(latest(grid)).toBeUndefined()
    await sink.close()
    expect([streamed(grid), latest(grid)]).toEqual([[1], 1])
  })

  it('begins a stream anew that was lost with its cluster, without waiting for a scan', async () => {
    const { grid, told, sink, publish } = setUp()
    for (const number of [1, 2, 3]) await publish(number)
    grid.goAway()
    grid.comeBack({ emptied: true })
    await sink.close()
    expect([streamed(grid), latest(grid)]).toEqual([[1, 2, 3], 3])
    expect(told).toContain('the stream of scans was lost with the grid and is begun anew')
  })

  it('begins a stream anew that somebody else has begun meanwhile', async () => {
    const { grid, sink, publish } = setUp()
    for (const number of [1, 2]) await publish(number)
    grid.goAway()
    grid.streams.clear()
    for (const text of ['a', 'b', 'c']) grid.put(SCAN_STREAM, text)
    grid.comeBack()
    await sink.close()
    expect(grid.texts(SCAN_STREAM).slice(0, 3)).toEqual(['a', 'b', 'c'])
    expect(grid.texts(SCAN_STREAM).slice(3).map(numberOf)).toEqual([1, 2])
  })

  it('begins anew with the last of them, where there are many', async () => {
    const { grid, archive, sink, publish } = setUp()
    for (let number = 1; number <= SCANS_BEGUN_ANEW + 50; number++) await archive.write(scan(number))
    const last = SCANS_BEGUN_ANEW + 51
    await publish(last)
    grid.goAway()
    grid.comeBack({ emptied: true })
    await sink.close()
    expect(streamed(grid)).toHaveLength(SCANS_BEGUN_ANEW)
    expect(streamed(grid).at(0)).toBe(last - SCANS_BEGUN_ANEW + 1)
    expect(streamed(grid).at(-1)).toBe(last)
  })

  it('goes on where an earlier process stopped, and publishes what that one left', async () => {
    const { grid, archive, sink, open, publish } = setUp()
    for (const number of [1, 2]) await publish(number)
    await sink.close()
    await archive.write(scan(3))
    const next = open()
    expect(await next.lastPublished()).toBe(2)
    await publish(4, next)
    expect(streamed(grid)).toEqual([1, 2, 3, 4])
  })

  it('takes scans of another storage in the stream for no scans of its own', async () => {
    const { grid, publish } = setUp()
    await publish(1)
    await publish(2)
    const other = setUp(grid, new MemoryArchive(40))
    await other.archive.write(scan(41))
    await other.publish(42, other.open())
    expect(streamed(grid)).toEqual([1, 2, 41, 42])
  })

  it('takes a scan of another storage for none of its own, although it has the same number', async () => {
    const { grid, publish } = setUp()
    for (const number of [1, 2]) await publish(number)
    const archive = new MemoryArchive()
    for (const number of [1, 2]) await archive.write({ ...scan(number), timestampNs: BigInt(number) })
    const other = setUp(grid, archive)
    await other.publish(3)
    expect(streamed(grid)).toEqual([1, 2, 1, 2, 3])
  })

  it('cannot say what was published while the grid is away', async () => {
    const { grid, sink } = setUp()
    expect(await sink.lastPublished()).toBeUndefined()
    grid.goAway()
    expect(await sink.lastPublished()).toBeUndefined()
  })

  it('ends the scanner when its archive cannot be read, and for nothing else', async () => {
    const { grid, archive, publish } = setUp()
    await publish(1)
    grid.goAway()
    await publish(2)
    await publish(3)
    archive.after = () => {
      throw new Error('a file is broken')
    }
    grid.comeBack()
    await expect(publish(4)).rejects.toThrow('a file is broken')
  })

  it('has every scan in the stream once and in order, whatever befalls the grid, once it is back', async () => {
    const misfortune = fc.oneof(
      { weight: 6, arbitrary: fc.constant('scan' as const) },
      fc.constantFrom('away' as const, 'back' as const, 'restart' as const),
      fc.record({
        call: fc.constantFrom('append' as const, 'set' as const, 'read' as const),
        reason: fc.constantFrom('busy' as const, 'deadline' as const, 'indeterminate' as const),
        isMade: fc.boolean(),
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(misfortune, { maxLength: 40 }), async (course) => {
        const { grid, archive, sink, open } = setUp()
        let into = sink
        let number = 0
        for (const event of course) {
          if (event === 'scan') await publish(archive, into, ++number)
          else if (event === 'away') grid.goAway()
          else if (event === 'back') grid.comeBack()
          else if (event === 'restart') {
            await into.close()
            into = open()
          } else grid.faults.push({ ...event, isMade: event.isMade && event.reason !== 'busy' })
        }
        grid.faults.length = 0
        grid.comeBack()
        await publish(archive, into, ++number)
        await into.close()
        expect(streamed(grid)).toEqual(Array.from({ length: number }, (_, i) => i + 1))
        expect(latest(grid)).toBe(number)
      }),
      { numRuns: 300 },
    )
  })
})
