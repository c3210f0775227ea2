import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { present } from '../../base/present.js'
import type {
  BacktestReport,
  CostAttribution,
  Exposure,
  MarkedEquity,
  TradeGroup,
} from '../../ports/vocabulary/report.js'
import type { DayRecord, EntryRecord, Figures, Trade } from '../../ports/vocabulary/trades.js'
import { incompleteRun } from '../days/incomplete-days.js'
import { CHAMPION_HASH, drift, parametersHash } from '../engine/parameters.js'
import { lowerMedian } from '../numeric/percentile.js'
import { calendarOf } from '../performance/calendar.js'
import { figures } from '../performance/figures.js'
import type { RunDays } from './run-days.js'
import { type BacktestSettings, rulesOf } from './settings.js'

/** What the caller knows about the run and the core does not. */
export interface RunAbout {
  readonly engineVersion: string
  /** SHA-256 of the built code, hex. */
  readonly codeHash: string
  /** Settings of the run for the record: vol gate, breaker, forewarner, order book. */
  readonly settings: BacktestReport['settings']
  /** Of a run that is not the engine's. */
  readonly ownStrategy?: BacktestReport['ownStrategy']
}

export interface FinishedRun {
  readonly about: RunAbout
  readonly settings: BacktestSettings
  readonly days: RunDays
  readonly trades: readonly Trade[]
  readonly markToMarket: MarkedEquity
  readonly universe: readonly string[]
  readonly openPosition: EntryRecord | undefined
  readonly bars: number
  readonly rngDraws: number
  /** Decided by a strategy of somebody's own, whatever the engine's parameters are. */
  readonly isOwnStrategy?: boolean
}

export function buildReport(run: FinishedRun): BacktestReport {
  const { about, settings, trades } = run
  const { records: days, skipped: skippedDays } = run.days
  const { parameters, initialCapital } = settings
  const drifted = drift(parameters)
  const parameterHash = parametersHash(parameters)
  const fills = settings.barPriceFills === undefined ? 'simulated' : 'bar-price'
  const rules = rulesOf(settings)
  const all = { initialCapital, days, trades, isCross: rules.liquidation === 'cross' }
  const figuresWithEdge = figuresBy(all, (trade) => trade.net)
  const barSeconds = lowerMedian(run.days.stepSeconds) ?? null
  return {
    schema: 'dolphin.backtest/1',
    engineVersion: about.engineVersion,
    strategy: settings.strategy,
    ...present({ ownStrategy: about.ownStrategy }),
    direction: settings.direction,
    research: drifted.length > 0 || run.isOwnStrategy === true,
    drift: drifted,
    hashes: {
      champion: CHAMPION_HASH,
      parameters: parameterHash,
      config: hashText(
        canonicalJson({
          parameters,
          settings: about.settings,
          initialCapital,
          direction: settings.direction,
          posture: settings.posture,
          ...(fills === 'simulated' ? {} : { fills }),
          rules,
          ...present({ ownStrategy: about.ownStrategy && decidingOf(about.ownStrategy) }),
        }),
      ),
      code: about.codeHash,
      data: hashText(run.days.hashes.join('\n')),
    },
    parameters: { ...parameters },
    settings: about.settings,
    fills,
    initialCapital,
    finalCapital: days.length === 0 ? initialCapital : days.at(-1)!.capital,
    from: days[0]?.date ?? null,
    to: days.at(-1)?.date ?? null,
    bars: run.bars,
    barSeconds,
    maxHoldSeconds: barSeconds === null ? null : barSeconds * parameters.max_hold_bars,
    universe: run.universe,
    rules,
    calendar: calendarOf(days, figuresWithEdge.dailyReturns),
    dayNotes: incompleteRun(
      run.days.extents,
      skippedDays.map(({ date }) => date),
    ).map(({ date, check, message }) => ({ date, check, message })),
    figures: figuresWithEdge,
    figuresWithoutEdge: figuresBy(all, (trade) => trade.net - trade.edgeUsd),
    markToMarket: run.markToMarket,
    baseline: run.days.baseline.result(),
    exits: groupTrades(trades, (trade) => trade.ownReason ?? trade.reason),
    assets: groupTrades(trades, (trade) => trade.asset),
    costs: attributeCosts(trades),
    exposure: exposure(run),
    days,
    trades,
    openPosition: run.openPosition ?? null,
    rngDraws: run.rngDraws,
    skippedDays,
    forewarnerDays: {
      OK: days.filter((day) => day.mcStatus === 'OK').length,
      ORANGE: days.filter((day) => day.mcStatus === 'ORANGE').length,
      RED: days.filter((day) => day.mcStatus === 'RED').length,
    },
  }
}

/** What of it decides: its place does not. */
function decidingOf({ sha256: file, parameters: own }: NonNullable<BacktestReport['ownStrategy']>) {
  return { sha256: file, parameters: own }
}

/**
 * Figures over the same trades and days with another result per trade. An account that is liquidated loses what it has,
 * however much that is by then, and never more.
 */
function figuresBy(
  {
    initialCapital,
    days,
    trades,
    isCross,
  }: Pick<FinishedRun, 'trades'> & {
    readonly initialCapital: number
    readonly days: readonly DayRecord[]
    readonly isCross: boolean
  },
  resultOf: (trade: Trade) => number,
): Figures {
  let next = 0
  let capital = initialCapital
  const netsPerDay = days.map((day) => {
    const nets = trades.slice(next, next + day.trades).map((trade) => {
      const result = resultOf(trade)
      const isRuin = isCross && (trade.reason === 'LIQUIDATION' || capital + result < 0)
      const net = isRuin ? -capital : result
      capital += net
      return net
    })
    next += day.trades
    return nets
  })
  return figures(initialCapital, netsPerDay)
}

/** Totals per key, largest result first; ties by key. */
function groupTrades(trades: readonly Trade[], keyOf: (trade: Trade) => string): TradeGroup[] {
  const groups = new Map<string, { trades: number; wins: number; net: number; bars: number }>()
  for (const trade of trades) {
    const key = keyOf(trade)
    const group = groups.get(key) ?? { trades: 0, wins: 0, net: 0, bars: 0 }
    group.trades++
    group.wins += trade.net > 0 ? 1 : 0
    group.net += trade.net
    group.bars += trade.barsHeld
    groups.set(key, group)
  }
  return [...groups]
    .map(([key, { bars, ...group }]) => ({ key, ...group, meanBarsHeld: bars / group.trades }))
    .sort((a, b) => b.net - a.net || (a.key < b.key ? -1 : 1))
}

function attributeCosts(trades: readonly Trade[]): CostAttribution {
  const sum = (pick: (trade: Trade) => number) => trades.reduce((total, trade) => total + pick(trade), 0)
  const costs = {
    slippage: sum((trade) => trade.slippageUsd),
    refund: sum((trade) => trade.refundUsd),
    edge: sum((trade) => trade.edgeUsd),
    entryFees: sum((trade) => trade.entryFee),
    exitFees: sum((trade) => trade.exitFee),
    net: sum((trade) => trade.net),
  }
  const gross = costs.net + costs.slippage - costs.refund - costs.edge + costs.entryFees + costs.exitFees
  return { gross, ...costs }
}

function exposure(run: FinishedRun): Exposure {
  const open = run.openPosition
  const entries: readonly EntryRecord[] = open === undefined ? run.trades : [...run.trades, open]
  const barsHeld =
    run.trades.reduce((total, trade) => total + trade.barsHeld, 0) +
    (open === undefined ? 0 : run.bars - 1 - open.entryBar)
  const notionals = entries.map((entry) => entry.fraction * entry.leverage)
  const leverages = entries.map((entry) => entry.leverage)
  return {
    timeInMarket: run.bars === 0 ? 0 : barsHeld / run.bars,
    meanNotionalToCapital: mean(notionals),
    maxNotionalToCapital: largest(notionals),
    meanLeverage: mean(leverages),
    maxLeverage: largest(leverages),
  }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length
}

function largest(values: readonly number[]): number {
  return values.reduce((high, value) => Math.max(high, value), 0)
}

function hashText(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}
