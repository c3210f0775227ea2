import { describe, expect, it } from 'vitest'
import { type BreakerTable, DailyBreaker } from '../../../src/core/breaker/breaker.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { VolGate } from '../../../src/core/signal/vol-gate.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { StrategyBar } from '../../../src/ports/strategy.js'
import { type BarSettings, SessionBars } from '../../../src/runtime/session/session-bars.js'
import { barsOf } from '../../support/strategy-bars.js'

const MINUTE_NS = 60_000_000_000n

const SETTINGS: BarSettings = { posture: 'APEX', parameters: DEFAULT_PARAMETERS }

function day(date: string, bars: number, more: Partial<DayColumns> = {}): DayColumns {
  const first = BigInt(Date.parse(`${date}T00:00:00Z`)) * 1_000_000n
  return {
    date,
    bars,
    timestampNs: BigInt64Array.from({ length: bars }, (_, i) => first + BigInt(i) * MINUTE_NS),
    velDiv: Float64Array.from({ length: bars }, (_, i) => -i / 1000),
    eigen: {},
    assets: ['BTCUSDT', 'ETHUSDT'],
    prices: [
      new Float64Array(bars).fill(100),
      Float64Array.from({ length: bars }, (_, i) => (i === 1 ? Number.NaN : i)),
    ],
    ...more,
  }
}

function all(days: readonly DayColumns[], settings: BarSettings = SETTINGS): StrategyBar[] {
  const feed = new SessionBars(settings)
  return days.flatMap((columns) => {
    feed.beginDay(columns)
    return Array.from({ length: columns.bars }, (_, row) => feed.bar(row))
  })
}

describe('the bars of a session', () => {
  it('are the rows of its days, numbered on from day to day; the first of a day says so', () => {
    const days = [day('2026-03-01', 150), day('2026-03-02', 120)]
    expect(all(days)).toEqual([...barsOf(days)])
    expect(
      all(days)
        .filter((bar) => bar.day !== undefined)
        .map(({ bar, day: begun }) => [bar, begun?.date]),
    ).toEqual([
      [0, '2026-03-01'],
      [150, '2026-03-02'],
    ])
  })

  it('begin each day with what the breaker knows of it', () => {
    const table: BreakerTable = {
      factors: new Map([['2026-03-02', { fundingBtc: -0.0002, dvolBtc: 90, fng: 10, taker: 0.7 }]]),
      w750: new Map(),
      betaPolicy: 'expanding',
    }
    const breaker = new DailyBreaker(table)
    const begun = all([day('2026-03-01', 1), day('2026-03-02', 1)], { ...SETTINGS, breaker }).map((bar) => bar.day)
    expect(begun[0]).toMatchObject({ date: '2026-03-01', boost: 1 })
    expect(begun[1]!.boost).toBeGreaterThan(1)
    expect(begun[1]!.boost).toBe(breaker.boostForDate('2026-03-02').boost)
  })

  it('begin each day with the forewarner’s verdict on the leverage of that day', () => {
    const asked: unknown[] = []
    const forewarner = {
      assess: (query: unknown) => {
        asked.push(query)
        return { catastrophicProbability: asked.length / 10, envelopeScore: 1 }
      },
    } as unknown as NonNullable<BarSettings['forewarner']>
    const days = [day('2026-03-01', 1), day('2026-03-02', 1), day('2026-03-03', 1)]
    const begun = all(days, { ...SETTINGS, forewarner }).map((bar) => bar.day?.forewarner)
    expect(begun).toEqual(['OK', 'ORANGE', 'RED'])
    expect(asked[0]).toEqual({ date: '2026-03-01', maxLeverage: DEFAULT_PARAMETERS.max_leverage })
  })

  it('carry the verdict of the volatility gate, bar by bar', () => {
    const wild = day('2026-03-01', 200, {
      prices: [Float64Array.from({ length: 200 }, (_, i) => 100 + (i % 2)), new Float64Array(200).fill(1)],
    })
    const gate = () => new VolGate({ kind: 'fixed', threshold: 0.0001 })
    const mask = gate().maskForDay(wild)
    const bars = all([wild], { ...SETTINGS, volGate: gate() })
    expect(bars.map(({ volOk }) => Number(volOk))).toEqual([...mask!])
    expect(new Set(mask).size).toBe(2)
  })

  it.each<[string, DayColumns, RegExp]>([
    ['a day again', day('2026-03-01', 2), /expected a day after 2026-03-01, found 2026-03-01/],
    ['an earlier day', day('2026-02-28', 2), /expected a day after 2026-03-01, found 2026-02-28/],
    ['bars of another day', { ...day('2026-03-05', 2), date: '2026-03-04' }, /times inside 2026-03-04/],
  ])('are refused from %s', (_, columns, message) => {
    expect(() => all([day('2026-03-01', 2), columns])).toThrow(message)
  })

  it('need times', () => {
    const { timestampNs: _, ...timeless } = day('2026-03-01', 2)
    expect(() => all([timeless])).toThrow(/column 'timestamp': expected a time for every bar, found no such column/)
  })
})
