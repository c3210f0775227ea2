import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Backtest } from '../../../src/core/backtest/backtest.js'
import { lotSizing } from '../../../src/core/backtest/bar-price-fills.js'
import { truncateAfter } from '../../../src/core/backtest/other-future.js'
import type { BacktestSettings } from '../../../src/core/backtest/settings.js'
import { CHAMPION_HASH, DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { MonteCarloForewarner } from '../../../src/core/forewarner/monte-carlo.js'
import type { DayColumns } from '../../../src/ports/days.js'
import { DayError } from '../../../src/ports/days.js'
import type { Instrument } from '../../../src/ports/vocabulary/instrument.js'
import type { BacktestReport } from '../../../src/ports/vocabulary/report.js'
import { dayOf, type MarketShape, marketOf, marketShape } from '../../support/markets.js'

const ABOUT = { engineVersion: '1.2.3', codeHash: 'c0de', settings: { vol_gate: 'warmup' } }
const LIVELY: MarketShape = {
  seed: 3,
  dayBars: [300, 300, 300],
  assets: 4,
  holes: 0,
  orderBook: false,
  timestamps: true,
  parameters: { lookback: 30, max_hold_bars: 10, min_irp_alignment: 0.1 },
  initialCapital: 1000,
}

function settingsOf(shape: MarketShape, extras: Partial<BacktestSettings> = {}): BacktestSettings {
  return {
    strategy: 'blue',
    direction: -1,
    posture: 'APEX',
    initialCapital: shape.initialCapital,
    parameters: { ...DEFAULT_PARAMETERS, ...shape.parameters },
    ...extras,
  }
}

function columnsOf(shape: MarketShape): DayColumns[] {
  return marketOf(shape).days.map((day) => day.columns)
}

function reportOn(shape: MarketShape, extras: Partial<BacktestSettings> = {}): BacktestReport {
  const backtest = new Backtest(settingsOf(shape, extras))
  for (const columns of columnsOf(shape)) backtest.addDay(columns, `hash of ${columns.date}`)
  return backtest.finish(ABOUT)
}

describe('the report adds up', () => {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

  test('groups, costs, days and figures all tell of the same trades', () => {
    let trades = 0
    const shapes = marketShape.map((shape) => ({ ...shape, dayBars: shape.dayBars.map((bars) => 3 * bars) }))
    fc.assert(
      fc.property(shapes, (shape) => {
        const report = reportOn(shape)
        const nets = report.trades.map((trade) => trade.net)
        const near = (found: number, expected: number) =>
          expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * (1 + shape.initialCapital))
        trades += nets.length
        near(report.finalCapital, shape.initialCapital + sum(nets))
        for (const groups of [report.exits, report.assets]) {
          near(sum(groups.map((group) => group.net)), sum(nets))
          expect(sum(groups.map((group) => group.trades))).toBe(nets.length)
          expect(sum(groups.map((group) => group.wins))).toBe(report.figures.wins)
          expect(groups.map((group) => group.net)).toEqual(groups.map((group) => group.net).sort((a, b) => b - a))
        }
        const { gross, slippage, refund, edge, entryFees, exitFees, net } = report.costs
        near(net, sum(nets))
        near(gross, sum(report.trades.map((t) => t.direction * (priceOf(t) / t.entryPrice - 1) * t.notional)))
        near(gross - slippage + refund + edge - entryFees - exitFees, net)
        expect(report.figures.trades).toBe(nets.length)
        expect(sum(report.days.map((day) => day.trades))).toBe(nets.length)
        const withoutEdge = sum(report.trades.map((trade) => trade.net - trade.edgeUsd))
        if (shape.initialCapital > 0) near(shape.initialCapital * report.figuresWithoutEdge.roi, withoutEdge)
        const { timeInMarket, meanNotionalToCapital, maxNotionalToCapital, meanLeverage, maxLeverage } = report.exposure
        expect(timeInMarket).toBeGreaterThanOrEqual(0)
        expect(timeInMarket).toBeLessThanOrEqual(1)
        expect(meanLeverage).toBeLessThanOrEqual(maxLeverage + 1e-12)
        expect(meanNotionalToCapital).toBeLessThanOrEqual(maxNotionalToCapital + 1e-12)
        expect(() => JSON.stringify(report)).not.toThrow()
      }),
      { numRuns: 60 },
    )
    expect(trades).toBeGreaterThan(50)
  })

  test('the champion is no research run; any other parameter makes one, named line by line', () => {
    const champion = reportOn({ ...LIVELY, parameters: {} })
    expect(champion).toMatchObject({
      research: false,
      drift: [],
      hashes: { champion: CHAMPION_HASH, parameters: CHAMPION_HASH, code: 'c0de' },
    })
    const research = reportOn({ ...LIVELY, parameters: { max_hold_bars: 60 } })
    expect(research).toMatchObject({ research: true, drift: ['max_hold_bars: 120 -> 60'] })
    expect(research.hashes.parameters).not.toBe(CHAMPION_HASH)
  })

  test('equal runs have equal bytes; other data, settings, capital or posture another hash', () => {
    const bytes = (report: BacktestReport) => JSON.stringify(report)
    const report = reportOn(LIVELY)
    expect(bytes(reportOn(LIVELY))).toBe(bytes(report))
    expect(reportOn({ ...LIVELY, dayBars: [300, 300] }).hashes.data).not.toBe(report.hashes.data)
    for (const extras of [{ initialCapital: 999 }, { posture: 'STALKER' as const }, { direction: 1 as const }]) {
      expect(reportOn(LIVELY, extras).hashes.config).not.toBe(report.hashes.config)
    }
  })

  test('without a day there is a report all the same', () => {
    const report = new Backtest(settingsOf(LIVELY)).finish(ABOUT)
    expect(report).toMatchObject({ from: null, to: null, bars: 0, barSeconds: null, finalCapital: 1000, trades: [] })
  })

  test('what is open at the end is reported as open, or closed on the last day if asked for', () => {
    const shape = { ...LIVELY, parameters: { ...LIVELY.parameters, max_hold_bars: 10_000, fixed_tp_pct: 5 } }
    const open = reportOn(shape)
    expect(open.openPosition).not.toBeNull()
    const closed = reportOn({ ...shape, parameters: { ...shape.parameters, close_at_end: true } })
    expect(closed.openPosition).toBeNull()
    expect(closed.trades.at(-1)).toMatchObject({ reason: 'END_OF_DATA', exitBar: closed.bars - 1 })
    expect(closed.days.at(-1)!.trades).toBe(1)
    expect(closed.days.at(-1)!.capital).toBe(closed.finalCapital)
  })
})

describe('days', () => {
  const [first, second] = columnsOf(LIVELY) as [DayColumns, DayColumns]
  const late = { ...second, timestampNs: second.timestampNs!.map((time) => time + 86_400_000_000_000n) }

  test.each<[string, DayColumns, string]>([
    ['the same day twice', first, 'day 2026-01-01: expected a day after 2026-01-01, found 2026-01-01'],
    ['an earlier day', dayOf('2025-12-31', [], {}), 'expected a day after 2026-01-01'],
    ['a day whose times are those of another', late, 'expected times inside 2026-01-02 UTC'],
  ])('%s is refused, and the run goes on as if it had not come', (_, refused, message) => {
    const backtest = new Backtest(settingsOf(LIVELY))
    backtest.addDay(first, 'a')
    expect(() => backtest.addDay(refused, 'b')).toThrow(DayError)
    expect(() => backtest.addDay(refused, 'b')).toThrow(message)
    backtest.addDay(second, 'c')
    const plain = new Backtest(settingsOf(LIVELY))
    plain.addDay(first, 'a')
    plain.addDay(second, 'c')
    expect(backtest.finish(ABOUT)).toEqual(plain.finish(ABOUT))
  })

  test('a day that was left out is on the record', () => {
    const backtest = new Backtest(settingsOf(LIVELY))
    backtest.addDay(first, 'a')
    backtest.skipDay({ date: '2026-01-02', file: 'b', error: 'torn' })
    expect(backtest.finish(ABOUT).skippedDays).toEqual([{ date: '2026-01-02', file: 'b', error: 'torn' }])
  })

  test.each([true, false])('the forewarner learns from each closed trade, with timestamps: %s', (timestamps) => {
    const forewarner = new MonteCarloForewarner({ paths: 10 })
    const report = reportOn({ ...LIVELY, timestamps }, { forewarner })
    expect(report.trades.length).toBeGreaterThan(0)
    const days = report.days.flatMap((day) => Array<number>(day.trades).fill(Date.parse(day.date) / 86_400_000))
    expect(forewarner.snapshot().evidence.map((evidence) => evidence.closedDay)).toEqual(days)
  })
})

/** The bar's price behind an exit's fill. */
function priceOf({ exitPrice, direction, reason }: BacktestReport['trades'][number]): number {
  const slip = reason === 'STOP_LOSS' || reason === 'HIBERNATE_HALT' ? 0.0005 : 0.0002
  return exitPrice / (1 - direction * slip)
}

describe('rules for what data may do', () => {
  const RULES = { liquidation: 'cross', delisting: 'close', onGap: 'close' } as const
  const SOME = new Set(['LIQUIDATION', 'DELISTED', 'DATA_GAP'])

  test('a run without such an event is the same with and without them, byte for byte but for their own fields', () => {
    let equal = 0
    fc.assert(
      fc.property(marketShape, (shape) => {
        const ruled = reportOn(shape, RULES)
        if (ruled.trades.some(({ reason }) => SOME.has(reason))) return
        equal++
        const bytes = ({ rules: _, hashes, ...rest }: BacktestReport) =>
          JSON.stringify([rest, { ...hashes, config: '' }])
        expect(bytes(ruled)).toBe(bytes(reportOn(shape)))
      }),
      { numRuns: 60 },
    )
    expect(equal).toBeGreaterThan(30)
    expect([reportOn(LIVELY).rules, reportOn(LIVELY, RULES).rules]).toEqual([
      { liquidation: 'off', delisting: 'wait', onGap: 'carry' },
      RULES,
    ])
    expect(reportOn(LIVELY, RULES).hashes.config).not.toBe(reportOn(LIVELY).hashes.config)
  })

  test('no drawdown is beyond all there was, with the edge or without it, and no bar is worth less than nothing', () => {
    let ruined = 0
    const fills = [undefined, (notionalUsd: number, price: number) => notionalUsd / price] as const
    fc.assert(
      fc.property(fc.nat(0xffff), fc.constantFrom(...fills), (seed, barPriceFills) => {
        const parameters = { ...LIVELY.parameters, stop_pct: 10, max_hold_bars: 200, lookback: 0 }
        const settings = settingsOf({ ...LIVELY, parameters }, { ...RULES, ...(barPriceFills && { barPriceFills }) })
        const backtest = new Backtest(settings)
        for (const day of columnsOf({ ...LIVELY, seed, dayBars: [300] })) {
          const prices = day.prices.map((column) => column.map((price, row) => (row < 150 ? price : 9 * price)))
          backtest.addDay({ ...day, prices }, '')
        }
        const report = backtest.finish(ABOUT)
        if (report.trades.some(({ reason }) => reason === 'LIQUIDATION')) {
          ruined++
          expect([report.finalCapital, report.markToMarket.finalEquity]).toEqual([0, 0])
          expect(report.trades.at(-1)!.reason).toBe('LIQUIDATION')
        }
        expect(report.figures.maxDrawdown).toBeLessThanOrEqual(1)
        expect(report.figuresWithoutEdge.maxDrawdown).toBeLessThanOrEqual(1)
        expect(report.markToMarket.maxDrawdown).toBeLessThanOrEqual(1)
        expect(report.markToMarket.maxDrawdown).toBeGreaterThanOrEqual(report.figures.maxDrawdown - 1e-3)
        for (const low of report.markToMarket.curve.low) expect(low).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 60 },
    )
    expect(ruined).toBeGreaterThan(5)
  })
})

describe('fills at bar prices', () => {
  const INSTRUMENT: Instrument = {
    identity: { symbol: 'ANY', exchange: 'PAPER', contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
    status: 'TRADING',
    tickSize: '0.01',
    lotSize: '0.1',
    minQuantity: '0.2',
    maxQuantity: '50',
    minNotionalUsd: '5',
    priceBand: '0.05',
    maxLeverage: 20,
    maintenanceMarginRate: '0.025',
  }

  test.each([
    ['whole lots, rounded down', 199.99, 100, 1.9],
    ['a whole number of lots as it is', 200, 100, 2],
    ['what doubles make a hair less than a lot, too', 0.3 * 100, 100, 0.3],
    ['the smallest quantity', 20, 100, 0.2],
    ['nothing below the smallest quantity', 19.99, 100, 0],
    ['nothing below the smallest notional', 4.99, 10, 0],
    ['the smallest notional', 5, 10, 0.5],
    ['nothing above the largest quantity', 5010, 100, 0],
  ])('%s: %f USD at %f are %f', (_, notionalUsd, price, quantity) => {
    expect(lotSizing(() => INSTRUMENT)(notionalUsd, price, 'ANY')).toBe(quantity)
  })

  test('are marked, change the hash of the configuration, and draw nothing', () => {
    const simulated = reportOn(LIVELY)
    const filled = reportOn(LIVELY, { barPriceFills: (notionalUsd, price) => notionalUsd / price })
    expect([simulated.fills, filled.fills]).toEqual(['simulated', 'bar-price'])
    expect(filled.hashes.config).not.toBe(simulated.hashes.config)
    expect(filled.hashes.parameters).toBe(simulated.hashes.parameters)
    expect([filled.rngDraws, filled.research]).toEqual([0, simulated.research])
    expect(filled.costs).toMatchObject({ slippage: 0, refund: 0, edge: 0, entryFees: 0, exitFees: 0 })
    expect(filled.trades.length).toBeGreaterThan(10)
  })

  test('an order that cannot be placed is no entry, on any bar', () => {
    const { trades, openPosition, days } = reportOn(LIVELY, { barPriceFills: () => 0 })
    expect([trades, openPosition, days.map(({ entries }) => entries)]).toEqual([[], null, [0, 0, 0]])
  })

  test('what is open at the end is closed at its last price when asked for', () => {
    let closed = 0
    for (let seed = 0; seed < 20; seed++) {
      const shape = { ...LIVELY, seed, parameters: { ...LIVELY.parameters, close_at_end: true } }
      const { trades, openPosition, days, finalCapital, initialCapital } = reportOn(shape, {
        barPriceFills: (notionalUsd, price) => notionalUsd / price,
      })
      expect(openPosition).toBeNull()
      if (trades.at(-1)?.reason !== 'END_OF_DATA') continue
      closed++
      expect(trades.at(-1)!.exitBar).toBe(899)
      expect(days.reduce((total, day) => total + day.trades, 0)).toBe(trades.length)
      expect(trades.reduce((capital, trade) => capital + trade.net, initialCapital)).toBe(finalCapital)
    }
    expect(closed).toBeGreaterThan(0)
  })

  test('what its last bar has closed is not closed again', () => {
    const parameters = { ...LIVELY.parameters, close_at_end: true }
    const barPriceFills = (notionalUsd: number, price: number) => notionalUsd / price
    const { trades } = reportOn(LIVELY, { barPriceFills })
    const settings = settingsOf({ ...LIVELY, parameters }, { barPriceFills })
    for (const { exitBar } of trades.slice(0, 5)) {
      const backtest = new Backtest(settings)
      const [first] = columnsOf(LIVELY)
      if (exitBar >= first!.bars) break
      backtest.addDay(truncateAfter(first!, exitBar), '')
      expect(backtest.finish(ABOUT).trades.at(-1)!.exitBar).toBe(exitBar)
    }
    expect(trades[0]!.exitBar).toBeLessThan(300)
  })
})
