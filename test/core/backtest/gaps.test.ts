import { describe, expect, test } from 'vitest'
import { Backtest } from '../../../src/core/backtest/backtest.js'
import { type Gap, GapWatch, withGaps } from '../../../src/core/backtest/gaps.js'
import type { BacktestSettings } from '../../../src/core/backtest/settings.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { BacktestReport } from '../../../src/ports/vocabulary/report.js'
import type { Trade } from '../../../src/ports/vocabulary/trades.js'
import { dayOf, marketOf } from '../../support/markets.js'

/** A day of bars a minute apart, from an hour on; `skipped` minutes are left out. */
function minutes(date: string, hour: number, bars: number, skipped: readonly number[] = []): DayColumns {
  const startNs = BigInt(Date.parse(`${date}T${String(hour).padStart(2, '0')}:00:00Z`)) * 1_000_000n
  const times = Array.from({ length: bars }, (_, i) => i).filter((minute) => !skipped.includes(minute))
  const day = dayOf(date, new Float64Array(times.length), { BTCUSDT: new Float64Array(times.length).fill(1) })
  return { ...day, timestampNs: BigInt64Array.from(times, (minute) => startNs + BigInt(minute) * 60_000_000_000n) }
}

const withoutTimes = (date: string, bars: number): DayColumns =>
  dayOf(date, new Float64Array(bars), { BTCUSDT: new Float64Array(bars).fill(1) }, false)

/** The gaps of days that follow each other, as a run numbers their bars. */
function gapsOf(days: readonly DayColumns[]): Gap[] {
  const watch = new GapWatch()
  let bars = 0
  return days.flatMap((day) => {
    const found = watch.next(day, bars)
    bars += day.bars
    return found
  })
}

const HOUR_MS = 3_600_000

describe('gaps between bars', () => {
  test.each<[string, DayColumns[], Gap[]]>([
    ['none', [], []],
    ['days that run on', [minutes('2026-01-01', 23, 60), minutes('2026-01-02', 0, 60)], []],
    [
      'a missing day, from the bar before it to the bar after it',
      [minutes('2026-01-01', 23, 60), minutes('2026-01-03', 0, 60)],
      [{ bar: 60, row: 0, ms: 24 * HOUR_MS + 60_000 }],
    ],
    [
      'the missing hours of a day that ends early',
      [minutes('2026-01-01', 11, 60), minutes('2026-01-02', 0, 60)],
      [{ bar: 60, row: 0, ms: 12 * HOUR_MS + 60_000 }],
    ],
    ['a step of five usual ones is none', [minutes('2026-01-01', 0, 60, [10, 11, 12, 13])], []],
    ['a longer one is', [minutes('2026-01-01', 0, 60, [10, 11, 12, 13, 14])], [{ bar: 10, row: 10, ms: 360_000 }]],
    [
      'days without times: those that are missing',
      [withoutTimes('2026-01-01', 10), withoutTimes('2026-01-02', 10), withoutTimes('2026-01-05', 10)],
      [{ bar: 20, row: 0, ms: 48 * HOUR_MS }],
    ],
    [
      'a day without bars is a missing one',
      [withoutTimes('2026-01-01', 10), withoutTimes('2026-01-02', 0), withoutTimes('2026-01-03', 10)],
      [{ bar: 10, row: 0, ms: 24 * HOUR_MS }],
    ],
  ])('%s', (_, days, expected) => {
    expect(gapsOf(days)).toEqual(expected)
  })

  test('a trade is held over the gaps after its entry and up to its exit', () => {
    const trade = { entryBar: 10, exitBar: 20 } as Trade
    const at = (bar: number): Gap => ({ bar, row: 0, ms: 1000 })
    expect(withGaps(trade, [at(10), at(21)])).toBe(trade)
    expect(withGaps(trade, [at(11), at(20)])).toEqual({ ...trade, gapMs: 2000 })
  })
})

const SHAPE = {
  seed: 11,
  dayBars: [300, 300, 300],
  assets: 3,
  holes: 0,
  orderBook: false,
  timestamps: true,
  parameters: { lookback: 30, max_hold_bars: 60, min_irp_alignment: 0.1 },
  initialCapital: 1000,
}

/** The market's days at dates and rows of one's choosing: what is left out is a gap. */
function report(extras: Partial<BacktestSettings>, days: readonly DayColumns[]): BacktestReport {
  const settings: BacktestSettings = {
    strategy: 'blue',
    direction: -1,
    posture: 'APEX',
    initialCapital: 1000,
    parameters: { ...DEFAULT_PARAMETERS, ...SHAPE.parameters },
    ...extras,
  }
  const backtest = new Backtest(settings)
  for (const day of days) backtest.addDay(day, day.date)
  return backtest.finish({ engineVersion: '1', codeHash: 'c', settings: {} })
}

/** The last days of a month later: everything between is missing. */
function later(day: DayColumns, days: number): DayColumns {
  const date = new Date(Date.parse(day.date) + days * 24 * HOUR_MS).toISOString().slice(0, 10)
  const shift = BigInt(days) * 86_400_000_000_000n
  return { ...day, date, timestampNs: day.timestampNs!.map((time) => time + shift) }
}

describe('a run over days of which some are missing', () => {
  /** Markets whose position is open at the end of the first day. */
  const seeds = Array.from({ length: 60 }, (_, seed) => seed)
  const cases = seeds.flatMap((seed) => {
    const [first, second] = marketOf({ ...SHAPE, seed }).days.map(({ columns }) => columns)
    const days = [first!, later(second!, 8)]
    const carried = report({}, days)
    return carried.trades.some(({ gapMs }) => gapMs !== undefined) ? [{ days, carried }] : []
  })

  test('a carried position names the time, in its trade alone', () => {
    expect(cases.length).toBeGreaterThan(3)
    for (const { days, carried } of cases) {
      const held = carried.trades.filter(({ gapMs }) => gapMs !== undefined)
      expect(held).toHaveLength(1)
      const [trade] = held
      expect(trade!.entryBar).toBeLessThan(days[0]!.bars)
      expect(trade!.exitBar).toBeGreaterThanOrEqual(days[0]!.bars)
      expect(trade!.gapMs).toBe(Number(days[1]!.timestampNs![0]! - days[0]!.timestampNs!.at(-1)!) / 1e6)
      expect(carried.calendar).toMatchObject({ days: 10, missingDays: 8, fewDays: true })
    }
  })

  test.each([undefined, (notionalUsd: number, price: number) => notionalUsd / price])(
    'with --on-gap close it ends at the last price before, on the day before, and the money adds up',
    (barPriceFills) => {
      for (const { days, carried } of cases) {
        const fills = barPriceFills === undefined ? {} : { barPriceFills }
        const closed = report({ onGap: 'close', ...fills }, days)
        const ended = closed.trades.filter(({ reason }) => reason === 'DATA_GAP')
        expect(ended).toHaveLength(1)
        const [trade] = ended
        const first = days[0]!
        const price = first.prices[first.assets.indexOf(trade!.asset)]!.at(-1)!
        expect(trade!.exitBar).toBe(first.bars - 1)
        expect(trade!.exitTimeMs).toBe(Number(first.timestampNs!.at(-1)! / 1_000_000n))
        expect(trade!.exitPrice).toBe(barPriceFills === undefined ? price * (1 - trade!.direction * 0.0002) : price)
        expect(closed.trades.every(({ gapMs }) => gapMs === undefined)).toBe(true)
        expect(closed.days[0]!.trades + closed.days[1]!.trades).toBe(closed.trades.length)
        expect(closed.days[1]!.capitalStart).toBe(closed.days[0]!.capital)
        expect(closed.rules.onGap).toBe('close')
        expect(closed.trades[0]!.entryBar).toBe(carried.trades[0]!.entryBar)
      }
    },
  )

  test('a hole inside a day ends a position, too', () => {
    let ended = 0
    for (const seed of seeds.slice(0, 30)) {
      const [day] = marketOf({ ...SHAPE, seed }).days.map(({ columns }) => columns)
      const times = day!.timestampNs!.map((time, row) => (row < 200 ? time : time + 3_600_000_000_000n))
      const { trades } = report({ onGap: 'close' }, [{ ...day!, timestampNs: times }])
      for (const trade of trades) {
        expect(trade.entryBar < 200 && trade.exitBar >= 200).toBe(false)
        if (trade.reason === 'DATA_GAP') ended++
      }
    }
    expect(ended).toBeGreaterThan(3)
  })

  test('without a gap the run is the one that carries, byte for byte but for the rule', () => {
    for (const seed of seeds.slice(0, 10)) {
      const days = marketOf({ ...SHAPE, seed, dayBars: [300] }).days.map(({ columns }) => columns)
      const bytes = (onGap: 'carry' | 'close') => {
        const { rules: _, hashes, ...rest } = report({ onGap }, days)
        return JSON.stringify([rest, { ...hashes, config: '' }])
      }
      expect(bytes('close')).toBe(bytes('carry'))
    }
  })
})
