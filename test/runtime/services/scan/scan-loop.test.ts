import { describe, expect, it } from 'vitest'
import type { DueTime, PriceStep } from '../../../../src/ports/prices.js'
import type { EigenScanPayload } from '../../../../src/ports/vocabulary/eigen-scan.js'
import type { Scan } from '../../../../src/ports/vocabulary/scan.js'
import { publishMissed, type ScanLoop, scanSteps } from '../../../../src/runtime/services/scan/scan-loop.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { MemoryArchive } from '../../../support/memory-archive.js'
import { sampleScan } from '../../../support/scans.js'

function memorySink(last?: number) {
  const published: EigenScanPayload[] = []
  return {
    published,
    publish: async (scan: EigenScanPayload) => {
      published.push(scan)
    },
    lastPublished: async () => published.at(-1)?.scan_number ?? last,
    close: async () => {},
  }
}

type Step = Omit<PriceStep, 'timestampNs' | 'prices'> & { readonly at: number; readonly price?: number }

/** Steps at seconds; a price of 0 is none. */
function setUp(steps: readonly Step[], changes: Partial<ScanLoop> = {}) {
  const clock = new FakeClock()
  const warmUps: bigint[] = []
  const warnings: string[] = []
  const archive = new MemoryArchive()
  const sink = memorySink()
  const loop: ScanLoop = {
    source: {
      symbols: ['A'],
      async *steps(signal) {
        for (const { at, price = 1, ...step } of steps) {
          signal?.throwIfAborted()
          if (step.due !== undefined) await clock.sleep(step.due.atMs - clock.ms)
          yield { timestampNs: BigInt(at) * 1_000_000_000n, prices: Float64Array.of(price), ...step }
        }
      },
    },
    warmUp: (_, timestampNs) => warmUps.push(timestampNs),
    scanner: () => ({
      push: (prices, stamp) => (prices[0] === 0 ? undefined : ({ ...sampleScan(stamp), escalated: false } as Scan)),
    }),
    archive,
    sink,
    clock,
    fromNs: 0n,
    limit: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    onWarning: (text) => warnings.push(text),
    ...changes,
  }
  return { loop, clock, warmUps, warnings, archive, sink }
}

const step = (at: number, more: Partial<Step> = {}): Step => ({ at, missing: 0, ...more })
const due = (atMs: number): DueTime => ({ atMs, intervalMs: 5_000 })

describe('the scan loop', () => {
  it('gives each step with a price one number, one file, then one publication', async () => {
    const order: string[] = []
    const { loop, archive, sink } = setUp([step(1), step(2, { price: 0 }), step(3)])
    const write = archive.write.bind(archive)
    archive.write = (scan) => {
      order.push(`file ${scan.scanNumber}`)
      return write(scan)
    }
    const publish = sink.publish
    const result = await scanSteps({
      ...loop,
      sink: {
        ...sink,
        publish: (scan) => {
          order.push(`publication ${scan.scan_number}`)
          return publish(scan)
        },
      },
    })
    expect(order).toEqual(['file 1', 'publication 1', 'file 2', 'publication 2'])
    expect(result).toMatchObject({ scans: 2, emptySteps: 1, firstNumber: 1, lastNumber: 2, drift: undefined })
    expect(archive.records.map(({ timestampNs }) => timestampNs)).toEqual([1_000_000_000n, 3_000_000_000n])
  })

  it.each([
    ['the archive', 41, undefined],
    ['the sink', 3, 41],
  ])('numbers go on after the highest of %s', async (_, archived, published) => {
    const { loop } = setUp([step(1)], { archive: new MemoryArchive(archived), sink: memorySink(published) })
    expect((await scanSteps(loop)).firstNumber).toBe(42)
  })

  it('warms up before its moment and asks for the scanner after that', async () => {
    const { loop, warmUps } = setUp([step(1), step(2), step(3)], { fromNs: 3_000_000_000n })
    const scanner = loop.scanner
    let warmAtStart = 0
    const result = await scanSteps({
      ...loop,
      scanner: () => {
        warmAtStart = warmUps.length
        return scanner()
      },
    })
    expect([warmAtStart, warmUps.length, result.warmUpSteps, result.scans]).toEqual([2, 2, 2, 1])
  })

  it('stops at its limit', async () => {
    const { loop, archive } = setUp([step(1), step(2), step(3)], { limit: 2 })
    expect((await scanSteps(loop)).scans).toBe(2)
    expect(archive.records).toHaveLength(2)
  })

  it('finishes the scan at hand when it is stopped, file and publication', async () => {
    const controller = new AbortController()
    const { loop, archive, sink } = setUp([step(1), step(2), step(3)], { signal: controller.signal })
    const write = archive.write.bind(archive)
    archive.write = (scan) => {
      if (scan.scanNumber === 2) controller.abort()
      return write(scan)
    }
    expect((await scanSteps(loop)).scans).toBe(2)
    expect(sink.published.map((scan) => scan.scan_number)).toEqual([1, 2])
  })

  it('ends on a failing file before its publication, and on other errors of an aborted run', async () => {
    const failure = new Error('disk full')
    const { loop, archive, sink } = setUp([step(1)], { signal: AbortSignal.abort() })
    archive.write = () => Promise.reject(failure)
    const patient = { ...loop.source, steps: () => loop.source.steps() }
    await expect(scanSteps({ ...loop, source: patient })).rejects.toBe(failure)
    expect(sink.published).toEqual([])
  })

  it('reports how late scans start and finish, and warns of one a step late', async () => {
    const steps = Array.from({ length: 100 }, (_, i) => step(i, { due: due(1_000 + 5_000 * i) }))
    const { loop, clock, archive, warnings } = setUp(steps)
    const write = archive.write.bind(archive)
    archive.write = (scan) => {
      clock.ms += scan.scanNumber === 50 ? 12_000 : 20
      return write(scan)
    }
    const { drift } = await scanSteps(loop)
    expect(drift!.scans).toBe(100)
    expect(drift!.started.p50Ms).toBe(0.01)
    expect(drift!.started.maxMs).toBe(7_000)
    expect(drift!.finished.p50Ms).toBeGreaterThanOrEqual(20)
    expect(drift!.finished.p50Ms).toBeLessThan(20.3)
    expect(drift!.finished.p99Ms).toBeGreaterThanOrEqual(7_020)
    expect(drift!.finished.p99Ms).toBeLessThan(7_100)
    expect(drift!.finished.maxMs).toBe(12_000)
    expect(drift!.behind).toBe(2)
    expect(warnings).toEqual(['scan 50 finished 12000 ms after it was due, more than a step late'])
  })

  it('counts missing steps, and tells of a lasting trouble once a minute', async () => {
    const gap = { missing: 2 }
    const steps = [0, 5, 10, 70].map((second) => step(second, { ...gap, due: due(1_000 + 1_000 * second) }))
    const { loop, warnings } = setUp(steps)
    expect(await scanSteps(loop)).toMatchObject({ missingSteps: 8, gaps: 4 })
    expect(warnings).toEqual([
      '2 steps are missing before 1970-01-01T00:00:00.000Z',
      '2 steps are missing before 1970-01-01T00:01:10.000Z (and 2 times since the last warning)',
    ])
  })
})

describe('what a crash left unpublished', () => {
  const archived = async (...numbers: number[]) => {
    const archive = new MemoryArchive()
    for (const scanNumber of numbers) await archive.write(sampleScan({ scanNumber }))
    return archive
  }

  it.each([
    ['one behind', 2, [3]],
    ['several behind', 1, [2, 3]],
    ['none behind', 3, []],
    ['ahead', 9, []],
    ['without a memory', undefined, []],
  ])('is published once, in order: %s', async (_, last, expected) => {
    const sink = memorySink(last)
    expect(await publishMissed(await archived(1, 2, 3), sink, new FakeClock())).toBe(expected.length)
    expect(sink.published.map((scan) => scan.scan_number)).toEqual(expected)
  })
})
