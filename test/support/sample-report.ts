import { readFileSync } from 'node:fs'
import { CHAMPION_HASH, DEFAULT_PARAMETERS } from '../../src/core/engine/parameters.js'
import type { BacktestReport, Exposure, TradeGroup } from '../../src/ports/vocabulary/report.js'
import type { DayRecord, EntryRecord, ExitReason, Figures, Trade } from '../../src/ports/vocabulary/trades.js'

/** The first bar of the May 2025 recording; bars are a minute apart without a hole. */
const RECORDING_START_MS = Date.UTC(2025, 4, 9, 18, 18)
const BAR_MS = 60_000
const DAY_MS = 86_400_000

type GoldenRow = Readonly<Record<string, number | string | boolean | null>>

interface GoldenRun {
  readonly trades: readonly GoldenRow[]
  readonly days: readonly GoldenRow[]
  readonly final: { readonly rng_draws: number; readonly bars: number; readonly universe: readonly string[] }
}

/** A report over the 201 real trades of May 2025 that the golden run expects, 26 days. */
export function sampleReport(changes: Partial<BacktestReport> = {}): BacktestReport {
  const golden = readGolden()
  const trades = golden.trades.map(toTrade)
  const days = golden.days.map((row) => camelCased(row) as unknown as DayRecord)
  return {
    ...reportOf({ trades, days, initialCapital: 25_000 }),
    universe: golden.final.universe,
    bars: golden.final.bars,
    rngDraws: golden.final.rng_draws,
    ...changes,
  }
}

/** A run that never entered: `dayCount` days without a trade. */
export function reportWithoutTrades(dayCount = 3): BacktestReport {
  return reportOf({ trades: [], days: daysOf([], dayCount, 25_000), initialCapital: 25_000 })
}

/** A run that lost more than it had, on its last days, with one open position left. */
export function ruinedReport(): BacktestReport {
  const trades = repeatedTrades(40).map((trade, i) => ({
    ...trade,
    net: i < 20 ? trade.net : -Math.abs(trade.net) - 2_400,
  }))
  const chained = chain(trades, 25_000)
  const report = reportOf({ trades: chained, days: daysOf(chained, 6, 25_000), initialCapital: 25_000 })
  return { ...report, openPosition: entryOf(chained[0]!) }
}

/** A run of only wins: an infinite profit factor. */
export function flawlessReport(): BacktestReport {
  const trades = chain(
    repeatedTrades(12).map((trade) => ({ ...trade, net: Math.abs(trade.net) + 60, reason: 'FIXED_TP' as const })),
    25_000,
  )
  return reportOf({ trades, days: daysOf(trades, 1, 25_000), initialCapital: 25_000 })
}

/** The real trades over and over until there are `count`, over `dayCount` days, both directions. */
export function longReport(count: number, dayCount: number): BacktestReport {
  const span = (dayCount * DAY_MS) / BAR_MS
  const trades = chain(
    repeatedTrades(count).map((trade, i) => {
      const entryBar = Math.floor((i * span) / count)
      const exitBar = Math.min(entryBar + trade.barsHeld, Math.floor(((i + 1) * span) / count))
      const direction = i % 3 === 0 ? (1 as const) : (-1 as const)
      return {
        ...trade,
        direction,
        entryBar,
        exitBar,
        barsHeld: exitBar - entryBar,
        ...timesOf(entryBar, exitBar),
        net: trade.net * 0.4,
      }
    }),
    25_000,
  )
  return reportOf({ trades, days: daysOf(trades, dayCount, 25_000), initialCapital: 25_000 })
}

/** Every string a report takes from outside is an attack on the page. */
export function hostileReport(): BacktestReport {
  const attack = `</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1">'"&\u2028`
  const report = sampleReport()
  const trades = report.trades.map((trade, i) => (i % 5 === 0 ? { ...trade, asset: attack } : trade))
  return {
    ...report,
    ...reportOf({ trades, days: report.days, initialCapital: report.initialCapital }),
    engineVersion: attack,
    strategy: attack,
    research: true,
    drift: [`fraction: 0.2 -> ${attack}`],
    hashes: { champion: attack, parameters: attack, config: attack, code: attack, data: attack },
    parameters: { ...report.parameters, [attack]: attack },
    settings: { ...report.settings, [attack]: attack, '__proto__ ': 1 },
    universe: [attack, '=HYPERLINK("http://example.invalid")'],
    skippedDays: [{ date: '2025-05-20', file: `/data/${attack}.parquet`, error: attack }],
    openPosition: { ...entryOf(report.trades[0]!), asset: attack },
  }
}

/** The sample with bar indices alone, as for days that carry no timestamps. */
export function reportWithoutTimestamps(): BacktestReport {
  const report = sampleReport()
  return {
    ...report,
    barSeconds: null,
    maxHoldSeconds: null,
    trades: report.trades.map((trade) => ({ ...trade, entryTimeMs: null, exitTimeMs: null })),
  }
}

/** The sample as a research run with drifted parameters, skipped days and an open position. */
export function researchReport(): BacktestReport {
  const report = sampleReport()
  return {
    ...report,
    research: true,
    drift: ['fixed_tp_pct: 0.0095 -> 0.012', 'max_hold_bars: 120 -> 90'],
    parameters: { ...report.parameters, fixed_tp_pct: 0.012, max_hold_bars: 90 },
    maxHoldSeconds: 5_400,
    hashes: { ...report.hashes, parameters: 'b7e2f0a94c1d8e35' },
    skippedDays: [
      { date: '2025-06-04', file: 'days/2025-06-04.parquet', error: 'column vel_div is missing' },
      { date: '2025-06-05', file: 'days/2025-06-05.parquet', error: 'timestamps do not increase at row 812' },
    ],
    openPosition: { ...entryOf(report.trades.at(-1)!), entryBar: report.bars - 40 },
    forewarnerDays: { OK: 22, ORANGE: 3, RED: 1 },
  }
}

function readGolden(): GoldenRun {
  const url = new URL('../../fixtures/golden/real-may-2025/expected.json', import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8'))
}

function toTrade(row: GoldenRow): Trade {
  const trade = camelCased(row) as unknown as Trade
  const slip = trade.reason === 'STOP_LOSS' || trade.reason === 'HIBERNATE_HALT' ? 0.0005 : 0.0002
  const barPrice = trade.exitPrice / (1 - trade.direction * slip)
  const refunded = trade.reason === 'FIXED_TP' || trade.reason === 'MAX_HOLD'
  return {
    ...trade,
    ...timesOf(trade.entryBar, trade.exitBar),
    slippageUsd: (trade.notional * slip * barPrice) / trade.entryPrice,
    refundUsd: refunded ? trade.notional * slip * 0.5 : 0,
    edgeUsd: trade.rng !== null && trade.rng < 0.4 ? trade.notional * 0.0005 : 0,
  }
}

function timesOf(entryBar: number, exitBar: number): { entryTimeMs: number; exitTimeMs: number } {
  return { entryTimeMs: RECORDING_START_MS + entryBar * BAR_MS, exitTimeMs: RECORDING_START_MS + exitBar * BAR_MS }
}

function camelCased(row: GoldenRow): Record<string, unknown> {
  const rename = (key: string) => key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [rename(key), value]))
}

function repeatedTrades(count: number): Trade[] {
  const real = readGolden().trades.map(toTrade)
  return Array.from({ length: count }, (_, i) => real[i % real.length]!)
}

/** Capital carried from trade to trade, and a raw result that agrees with each trade's net. */
function chain(trades: readonly Trade[], initialCapital: number): Trade[] {
  let capital = initialCapital
  return trades.map((trade) => {
    const capitalBefore = capital
    capital += trade.net
    const pnlPctRaw = (trade.net + trade.fees) / trade.notional
    return { ...trade, pnlPctRaw, capitalBefore, capitalAfter: capital }
  })
}

function daysOf(trades: readonly Trade[], dayCount: number, initialCapital: number): DayRecord[] {
  const first = Math.floor(RECORDING_START_MS / DAY_MS)
  let capital = initialCapital
  return Array.from({ length: dayCount }, (_, i) => {
    const isDay = (timeMs: number | null) => dayIndexOf(timeMs ?? 0, first, dayCount) === i
    const closed = trades.filter((trade) => isDay(trade.exitTimeMs))
    const capitalStart = capital
    const pnl = closed.reduce((sum, trade) => sum + trade.net, 0)
    capital += pnl
    return {
      date: new Date((first + i) * DAY_MS).toISOString().slice(0, 10),
      bars: 1440,
      pnl,
      capitalStart,
      capital,
      trades: closed.length,
      entries: trades.filter((trade) => isDay(trade.entryTimeMs)).length,
      boostStart: 1,
      betaStart: 0,
      boost: 1,
      beta: 0,
      mcStatus: 'OK',
      forewarnerMaxLeverage: null,
    }
  })
}

function dayIndexOf(timeMs: number, first: number, dayCount: number): number {
  return Math.min(Math.floor(timeMs / DAY_MS) - first, dayCount - 1)
}

function reportOf(run: {
  readonly trades: readonly Trade[]
  readonly days: readonly DayRecord[]
  readonly initialCapital: number
}): BacktestReport {
  const { trades, days, initialCapital } = run
  const withoutEdge = chain(
    trades.map((trade) => ({ ...trade, net: trade.net - trade.edgeUsd })),
    initialCapital,
  )
  const sum = (pick: (trade: Trade) => number) => trades.reduce((total, trade) => total + pick(trade), 0)
  const costs = {
    slippage: sum((trade) => trade.slippageUsd),
    refund: sum((trade) => trade.refundUsd),
    edge: sum((trade) => trade.edgeUsd),
    entryFees: sum((trade) => trade.entryFee),
    exitFees: sum((trade) => trade.exitFee),
    net: sum((trade) => trade.net),
  }
  return {
    schema: 'dolphin.backtest/1',
    engineVersion: '0.1.0',
    strategy: 'champion SHORT',
    direction: -1,
    research: false,
    drift: [],
    hashes: {
      champion: CHAMPION_HASH,
      parameters: CHAMPION_HASH,
      config: '7d1a54127b222502f5b79b5fb0803061152a44f92b37e23c6527baf665d4da9a',
      code: '1b4f0e9851971998e732078544c96b36c3d01cedf7caa332359d6f1d83567014',
      data: '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',
    },
    parameters: { ...DEFAULT_PARAMETERS },
    settings: {
      vol_gate: 'warm-up 100 bars',
      breaker: null,
      forewarner: false,
      order_book: null,
      initial_capital: initialCapital,
    },
    fills: 'simulated',
    initialCapital,
    finalCapital: trades.at(-1)?.capitalAfter ?? initialCapital,
    from: days[0]?.date ?? null,
    to: days.at(-1)?.date ?? null,
    bars: days.reduce((total, day) => total + day.bars, 0),
    barSeconds: 60,
    maxHoldSeconds: 7_200,
    universe: [...new Set(trades.map((trade) => trade.asset))],
    rules: { liquidation: 'cross', delisting: 'close', onGap: 'carry' },
    calendar: { days: days.length, missingDays: 0, sharpe: 1.5, fewDays: days.length < 30 },
    dayNotes: [],
    figures: figuresOf(
      trades,
      days.map((day) => day.pnl),
      initialCapital,
    ),
    figuresWithoutEdge: figuresOf(withoutEdge, dailyPnlOf(withoutEdge, days), initialCapital),
    markToMarket: markedOf(trades, initialCapital),
    baseline: {
      strategy: 'buy-and-hold',
      asset: 'BTCUSDT',
      finalCapital: 25_900,
      roi: 0.036,
      maxDrawdown: 0.081,
      sharpe: 0.74,
    },
    exits: groupsBy(trades, (trade) => trade.reason) as (TradeGroup & { key: ExitReason })[],
    assets: groupsBy(trades, (trade) => trade.asset),
    costs: {
      gross: costs.net + costs.entryFees + costs.exitFees - costs.edge - costs.refund + costs.slippage,
      ...costs,
    },
    exposure: exposureOf(trades, days),
    days,
    trades,
    openPosition: null,
    rngDraws: trades.length,
    skippedDays: [],
    forewarnerDays: { OK: days.length, ORANGE: 0, RED: 0 },
  }
}

/** Each trade dips while it is open, and is worth its net when it closes. */
function markedOf(trades: readonly Trade[], initialCapital: number): BacktestReport['markToMarket'] {
  const dips = trades.flatMap((trade) => {
    const { exitBar, exitTimeMs, capitalBefore, capitalAfter, net } = trade
    const dip = capitalBefore - Math.abs(net) / 2 - 15
    const held = { bar: exitBar - 1, timeMs: exitTimeMs === null ? null : exitTimeMs - BAR_MS, equity: dip }
    return [held, { bar: exitBar, timeMs: exitTimeMs, equity: capitalAfter }]
  })
  // A run keeps some two thousand at most.
  const stride = Math.ceil(dips.length / 2048)
  const points = dips.filter((_, i) => i % stride === 0 || i === dips.length - 1)
  const equity = points.map((point) => point.equity)
  let peak = initialCapital
  let maxDrawdown = 0
  for (const value of equity) {
    peak = Math.max(peak, value)
    maxDrawdown = Math.max(maxDrawdown, peak > 0 ? (peak - value) / peak : 0)
  }
  const bars = points.map(({ bar }) => bar)
  const timesMs = points.map(({ timeMs }) => timeMs)
  const finalEquity = equity.at(-1) ?? initialCapital
  return { finalEquity, maxDrawdown, curve: { barsPerPoint: 1, bars, timesMs, equity, low: equity } }
}

function dailyPnlOf(trades: readonly Trade[], days: readonly DayRecord[]): number[] {
  const first = Date.parse(days[0]?.date ?? '1970-01-01') / DAY_MS
  const pnl = days.map(() => 0)
  for (const trade of trades) pnl[dayIndexOf(trade.exitTimeMs ?? 0, first, days.length)]! += trade.net
  return pnl
}

function figuresOf(trades: readonly Trade[], dailyPnl: readonly number[], initialCapital: number): Figures {
  let capital = initialCapital
  const dailyReturns = dailyPnl.map((pnl) => {
    const start = capital
    capital += pnl
    return start > 0 ? pnl / start : 0
  })
  const mean = dailyReturns.reduce((a, b) => a + b, 0) / (dailyReturns.length || 1)
  const deviation = Math.sqrt(dailyReturns.reduce((a, b) => a + (b - mean) ** 2, 0) / (dailyReturns.length || 1))
  const wins = trades.filter((trade) => trade.net > 0)
  const won = wins.reduce((total, trade) => total + trade.net, 0)
  const lost = trades.reduce((total, trade) => total + Math.min(0, trade.net), 0)
  return {
    roi: (trades.at(-1)?.capitalAfter ?? initialCapital) / initialCapital - 1,
    profitFactor: trades.length === 0 ? 0 : lost === 0 ? null : won / -lost,
    winRate: trades.length === 0 ? 0 : wins.length / trades.length,
    maxDrawdown: maxDrawdownOf(trades, initialCapital),
    sharpe: dailyReturns.length < 2 || deviation === 0 ? 0 : (mean / deviation) * Math.sqrt(365),
    trades: trades.length,
    wins: wins.length,
    dailyReturns,
    tradeReturns: trades.map((trade) => trade.net / trade.capitalBefore),
  }
}

function maxDrawdownOf(trades: readonly Trade[], initialCapital: number): number {
  let peak = initialCapital
  let worst = 0
  for (const trade of trades) {
    peak = Math.max(peak, trade.capitalAfter)
    worst = Math.max(worst, (peak - trade.capitalAfter) / peak)
  }
  return worst
}

function groupsBy(trades: readonly Trade[], keyOf: (trade: Trade) => string): TradeGroup[] {
  const keys = [...new Set(trades.map(keyOf))].sort()
  return keys.map((key) => {
    const group = trades.filter((trade) => keyOf(trade) === key)
    return {
      key,
      trades: group.length,
      wins: group.filter((trade) => trade.net > 0).length,
      net: group.reduce((total, trade) => total + trade.net, 0),
      meanBarsHeld: group.reduce((total, trade) => total + trade.barsHeld, 0) / group.length,
    }
  })
}

function exposureOf(trades: readonly Trade[], days: readonly DayRecord[]): Exposure {
  const bars = days.reduce((total, day) => total + day.bars, 0)
  const ratios = trades.map((trade) => trade.notional / trade.capitalBefore)
  const leverages = trades.map((trade) => trade.leverage)
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / (values.length || 1)
  return {
    timeInMarket: bars === 0 ? 0 : trades.reduce((total, trade) => total + trade.barsHeld, 0) / bars,
    meanNotionalToCapital: mean(ratios),
    maxNotionalToCapital: ratios.reduce((a, b) => Math.max(a, b), 0),
    meanLeverage: mean(leverages),
    maxLeverage: leverages.reduce((a, b) => Math.max(a, b), 0),
  }
}

function entryOf(trade: Trade): EntryRecord {
  const { asset, direction, entryBar, entryTimeMs, entryPrice, notional, leverage, fraction, bucket, strength } = trade
  const { confidence, isExtreme, dc, ars, arsAdjusted, alignment, velDiv, regimeSizeMult, obMult } = trade
  const { leverageCeiling, bucketMult, streakMult, trendMult } = trade
  return {
    ...{ asset, direction, entryBar, entryTimeMs, entryPrice, notional, leverage, fraction, bucket, strength },
    ...{ confidence, isExtreme, dc, ars, arsAdjusted, alignment, velDiv, regimeSizeMult, obMult },
    ...{ leverageCeiling, bucketMult, streakMult, trendMult },
  }
}
