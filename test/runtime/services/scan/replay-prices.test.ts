import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../../src/adapters/clock/system-clock.js'
import type { DayColumns } from '../../../../src/ports/days.js'
import type { PriceStep } from '../../../../src/ports/prices.js'
import { replayPrices } from '../../../../src/runtime/services/scan/replay-prices.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { leaveTime } from '../../../support/until.js'

const SECOND = 1_000_000_000n
/** Midnight of 2026-01-05, and the next one in seconds after it. */
const START = 1_767_571_200n * SECOND
const MIDNIGHT = 86_400

/** A day whose bars lie at these seconds after START; each asset's price is its position times 100 plus the bar. */
function day(date: string, seconds: readonly number[], assets = ['A', 'B']): DayColumns {
  return {
    date,
    bars: seconds.length,
    timestampNs: BigInt64Array.from(seconds, (second) => START + BigInt(second) * SECOND),
    velDiv: new Float64Array(seconds.length),
    eigen: {},
    assets,
    prices: assets.map((_, asset) => Float64Array.from(seconds, (_, bar) => (asset + 1) * 100 + bar)),
  }
}

async function collect(steps: AsyncIterable<PriceStep>): Promise<(PriceStep & { at: number })[]> {
  const all: (PriceStep & { at: number })[] = []
  for await (const step of steps) {
    all.push({ ...step, prices: step.prices.slice(), at: Number((step.timestampNs - START) / SECOND) })
  }
  return all
}

const clock = new FakeClock()
const unpaced = { symbols: ['A', 'B'], speed: 'max', clock } as const

describe('a replay', () => {
  it('gives every step in order, prices in the order of the symbols, NaN where a day lacks one', async () => {
    const days = [
      day('2026-01-05', [MIDNIGHT - 10, MIDNIGHT - 5], ['B', 'X', 'A']),
      day('2026-01-06', [MIDNIGHT, MIDNIGHT + 5], ['A']),
    ]
    const steps = await collect(replayPrices({ ...unpaced, days }).steps())
    expect(steps.map(({ at, prices, missing, due }) => [at, [...prices], missing, due])).toEqual([
      [MIDNIGHT - 10, [300, 100], 0, undefined],
      [MIDNIGHT - 5, [301, 101], 0, undefined],
      [MIDNIGHT, [100, NaN], 0, undefined],
      [MIDNIGHT + 5, [101, NaN], 0, undefined],
    ])
  })

  it('counts steps that were not recorded, also over midnight, and forgives jitter', async () => {
    const evening = [-50, -45, -40, -33, -30, -10, -5].map((second) => MIDNIGHT + second)
    const morning = [15, 20, 25].map((second) => MIDNIGHT + second)
    const days = [day('2026-01-05', evening), day('2026-01-06', morning)]
    const steps = await collect(replayPrices({ ...unpaced, days }).steps())
    expect(steps.flatMap(({ at, missing }) => (missing > 0 ? [[at - MIDNIGHT, missing]] : []))).toEqual([
      [-10, 3],
      [15, 3],
    ])
  })

  it('leaves out what lies before its start, and counts no gap there', async () => {
    const days = [day('2026-01-05', [0, 5, 100, 105])]
    const steps = await collect(replayPrices({ ...unpaced, days, sinceNs: START + 100n * SECOND }).steps())
    expect(steps.map(({ at, missing }) => [at, missing])).toEqual([
      [100, 0],
      [105, 0],
    ])
  })

  it.each([
    [1, [0, 5_000, 5_000, 20_000]],
    [10, [0, 500, 500, 2_000]],
    [0.5, [0, 10_000, 10_000, 40_000]],
  ])('at speed %d sleeps from step to step, gaps included', async (speed, sleeps) => {
    const clock = new FakeClock()
    const steps = await collect(
      replayPrices({ ...unpaced, speed, clock, days: [day('2026-01-05', [0, 5, 10, 30])] }).steps(),
    )
    expect(clock.sleeps).toEqual(sleeps)
    expect(steps.map(({ due }) => due)).toEqual(
      [0, 5, 10, 30].map((second) => ({ atMs: 1_000 + (second * 1_000) / speed, intervalMs: 5_000 / speed })),
    )
  })

  it('gives history at once and paces from its moment on', async () => {
    const clock = new FakeClock()
    const days = [day('2026-01-05', [0, 5, 10, 15])]
    const pacedFromNs = START + 10n * SECOND
    const steps = await collect(replayPrices({ ...unpaced, speed: 1, clock, days, pacedFromNs }).steps())
    expect(clock.sleeps).toEqual([0, 5_000])
    expect(steps.map(({ due }) => due?.atMs)).toEqual([undefined, undefined, 1_000, 6_000])
  })

  it('catches up after a slow consumer and leaves no step out', async () => {
    const clock = new FakeClock()
    const seen: number[] = []
    const replay = replayPrices({ ...unpaced, speed: 1, clock, days: [day('2026-01-05', [0, 5, 10, 15])] })
    for await (const { due } of replay.steps()) {
      seen.push(clock.ms - due!.atMs)
      if (seen.length === 1) clock.ms += 12_000
    }
    expect(seen).toEqual([0, 7_000, 2_000, 0])
  })

  it('ends with the reason when it is aborted, also while it waits', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const days = [day('2026-01-05', [0, 3_600])]
    const replay = replayPrices({ ...unpaced, speed: 1, clock: systemClock, days }).steps(controller.signal)
    const iterator = replay[Symbol.asyncIterator]()
    expect((await iterator.next()).done).toBe(false)
    const next = iterator.next()
    await leaveTime(10)
    controller.abort(reason)
    await expect(next).rejects.toBe(reason)
  })

  it.each([
    [
      'days out of order',
      [day('2026-01-06', [MIDNIGHT]), day('2026-01-05', [5])],
      'day 2026-01-05: expected a day after 2026-01-06, found 2026-01-05',
    ],
    [
      'a day without times',
      [{ ...day('2026-01-05', [0]), timestampNs: undefined } as unknown as DayColumns],
      "day 2026-01-05, column 'timestamp': expected a time for every bar, found no such column",
    ],
    [
      'times in disorder, and names the file',
      [{ ...day('2026-01-05', [5, 0]), path: 'in/2026-01-05.parquet' }],
      "in/2026-01-05.parquet, column 'timestamp', row 1: expected times that rise from row to row",
    ],
    ['a time of another day', [day('2026-01-05', [MIDNIGHT])], 'expected times inside 2026-01-05 UTC'],
  ])('refuses %s', async (_, days, message) => {
    await expect(collect(replayPrices({ ...unpaced, days }).steps())).rejects.toThrow(message)
  })
})
