import type { TradeDirection } from '../../base/direction.js'
import type { DecimalText } from '../../base/exact.js'
import type { PositionId } from './ids.js'
import type { EntryRejectReason, FillPurpose } from './messages.js'
import type { FillMode } from './paper.js'
import type { OwnStrategy } from './report.js'

export type { TradeDirection } from '../../base/direction.js'

/** An entry that has begun to fill. Source: module contracts, layer 6 ("trade open events"). */
export interface TradeOpened {
  readonly tradeId: PositionId
  readonly symbol: string
  readonly strategy: string
  readonly direction: TradeDirection
  /** UTC ms of the first fill. */
  readonly openedAtMs: number
  /** The bar whose decision it was: its number in the session and its time, UTC ms. */
  readonly entryBar: number
  readonly entryBarAtMs: number
  /** USD: the price that the decision was made at. */
  readonly requestedPrice: DecimalText
  /** USD that the strategy asked to put behind it, before lots and limits. */
  readonly targetNotionalUsd: DecimalText
  /** Base units that were ordered. */
  readonly orderedQuantity: DecimalText
}

/** The position of a trade is flat again: sums over all of its fills. */
export interface TradeClosed {
  readonly tradeId: PositionId
  /** UTC ms of the last fill. */
  readonly closedAtMs: number
  /** The bar that was current when the exit was decided or, for a fill between bars, happened. */
  readonly exitBar: number
  /** USD: the decision's price or the protective level; null when there was none. */
  readonly requestedPrice: DecimalText | null
  /** Base units bought and sold again. */
  readonly quantity: DecimalText
  /** Sum of price × quantity over the entry's fills, and over the exit's, USD. */
  readonly entryValueUsd: DecimalText
  readonly exitValueUsd: DecimalText
  /** USD paid; negative is a rebate. */
  readonly entryFeesUsd: DecimalText
  readonly exitFeesUsd: DecimalText
  /** USD received; negative was paid. */
  readonly fundingUsd: DecimalText
  /** What kind of fill ended it. */
  readonly purpose: FillPurpose
  /** Why, in the strategy's terms or in those of what ended it (`FIXED_TP`, `MAX_HOLD`, `comms_fail_safe_flatten`). */
  readonly reason: string
}

/** A closed trade. Source: module contracts, layer 6 (`TradeRecord`), and what explains its result. */
export interface TradeRecord {
  readonly tradeId: PositionId
  readonly symbol: string
  readonly strategy: string
  readonly direction: TradeDirection
  readonly entryTimeNs: DecimalText
  /** Average over the fills, USD; rounded to 40 digits where the division does not end. */
  readonly entryPrice: DecimalText
  readonly exitTimeNs: DecimalText
  readonly exitPrice: DecimalText
  /** USD: what the prices alone brought. */
  readonly realizedPnl: DecimalText
  /** USD: `realizedPnl − entryFeesUsd − exitFeesUsd + fundingUsd`, exactly. */
  readonly netPnl: DecimalText
  readonly quantity: DecimalText
  readonly entryValueUsd: DecimalText
  readonly exitValueUsd: DecimalText
  readonly entryFeesUsd: DecimalText
  readonly exitFeesUsd: DecimalText
  readonly fundingUsd: DecimalText
  /** The strategies' bar, counted from 0. */
  readonly entryBar: number
  readonly entryBarAtMs: number
  /** Counted like `entryBar`. */
  readonly exitBar: number
  readonly entryRequestedPrice: DecimalText
  readonly exitRequestedPrice: DecimalText | null
  readonly targetNotionalUsd: DecimalText
  readonly orderedQuantity: DecimalText
  /** Realised capital when it opened. */
  readonly capitalUsd: DecimalText
  /** Bps of the requested price; positive is against us. Null where nothing was requested. */
  readonly entrySlippageBps: number
  readonly exitSlippageBps: number | null
  readonly purpose: FillPurpose
  readonly reason: string
}

/** An entry that a strategy asked for and that did not happen: nothing filled. */
export interface MissedEntry {
  readonly strategy: string
  readonly symbol: string
  readonly direction: TradeDirection
  /** The strategies' bar, counted from 0. */
  readonly entryBar: number
  readonly entryBarAtMs: number
  readonly requestedPrice: DecimalText
  readonly targetNotionalUsd: DecimalText
  readonly reason: EntryRejectReason
  readonly detail: string
}

/** Trades closed on one UTC day. Source: module contracts, layer 6 (`DailyStats`). USD; shares are fractions of 1. */
export interface DailyStats {
  readonly date: string
  /** Count. */
  readonly trades: number
  /** Trades with a net above zero. */
  readonly wins: number
  /** Trades with a net below zero. */
  readonly losses: number
  readonly realizedPnl: DecimalText
  readonly feesUsd: DecimalText
  readonly fundingUsd: DecimalText
  readonly netPnl: DecimalText
  readonly capitalStartUsd: DecimalText
  readonly capitalEndUsd: DecimalText
  /** Net over the capital at its start; 0 when there was none. */
  readonly returnPct: number
  /** The deepest fall from the session's peak that this day's closes saw. */
  readonly drawdownPctMax: number
}

/**
 * Performance of closed trades on realised capital. Source: module contracts, layer 6 (`PerformanceSnapshot`). Money in
 * USD; rates and `Pct` are fractions of 1.
 */
export interface PerformanceSnapshot {
  readonly atMs: number
  /** Count. */
  readonly totalTrades: number
  /** Trades with a net above zero. */
  readonly wins: number
  /** Trades with a net below zero. */
  readonly losses: number
  /** 0 without trades. */
  readonly winRate: number
  /** Gains over losses; null (infinite) when nothing was lost, 0 when nothing was won either. */
  readonly profitFactor: number | null
  /** Trades whose net is exactly zero. */
  readonly breakeven: number
  /** Of the last 20 trades; 0 without trades. */
  readonly winRate20: number
  /** Mean win over mean loss; absent where nothing was won, or nothing lost. */
  readonly winLossRatio?: number
  /** Daily returns of the last 30 UTC days, days without trades included: mean / population deviation × √365. 0 below 5 days. */
  readonly sharpeRatio30d: number
  /** Of the last 90. */
  readonly sharpeRatio90d: number
  /** Mean of net over what the stop would have lost; absent where no stop is known. */
  readonly meanRMultiple?: number
  /** By strategy, in the order in which they first closed a trade. */
  readonly byStrategy: readonly StrategyPerformance[]
  /** Fall from the peak of the capital, a fraction of the peak. */
  readonly currentDrawdownPct: number
  /** The deepest of them. */
  readonly drawdownPctMax: number
  readonly capitalUsd: DecimalText
  readonly peakCapitalUsd: DecimalText
  readonly netPnl: DecimalText
  readonly realizedPnl: DecimalText
  readonly feesUsd: DecimalText
  readonly fundingUsd: DecimalText
  /** Net per trade. */
  readonly expectancyUsd: number
  readonly averageWinUsd: number
  readonly averageLossUsd: number
  readonly largestWinUsd: DecimalText
  readonly largestLossUsd: DecimalText
  /** Wins in a row at the end, or losses as a negative number. */
  readonly streak: number
  /** Trades. */
  readonly longestWinStreak: number
  /** Trades. */
  readonly longestLossStreak: number
  readonly meanHoldMs: number
  /** Share of the time since the session began with a position open. */
  readonly timeInMarket: number
  /** Sum of entry and exit values. */
  readonly turnoverUsd: DecimalText
}

/** What one strategy's closed trades came to. */
export interface StrategyPerformance {
  readonly strategy: string
  /** Count. */
  readonly trades: number
  /** Trades with a net above zero. */
  readonly wins: number
  /** Trades with a net below zero. */
  readonly losses: number
  /** USD. */
  readonly netPnl: DecimalText
}

export interface SessionDay {
  readonly date: string
  /** Of its file, lower-case hex. */
  readonly sha256: string
  /** Where the file was, for whoever looks for it again; it may have moved since. */
  readonly path?: string
}

/** Where the prices of a live session are from, and who fills its orders. */
export interface LiveMarket {
  /** `production`, `demo`, or the address of the exchange. */
  readonly exchange: string
  /** Usual time from bar to bar, ms. */
  readonly stepMs: number
  /** A paper exchange that is shown the real quotes, or the exchange itself. */
  readonly fills: 'paper' | 'exchange'
  /** USD in the exchange's account when the session began; absent on paper. */
  readonly walletBalanceUsd?: DecimalText
}

/** Everything that a session ran with. No secrets: what signs requests does not belong here. */
export interface SessionSettings {
  readonly schema: 'dolphin.session/1'
  readonly sessionId: string
  readonly startedAtMs: number
  readonly engineVersion: string
  readonly strategy: string
  /** Absent: the champion. */
  readonly ownStrategy?: OwnStrategy
  readonly direction: TradeDirection
  readonly initialCapitalUsd: DecimalText
  readonly fills: FillMode
  /** Of everything that is drawn at random. */
  readonly seed: number
  /** Of a session at live prices; absent: its prices were recorded, or somebody else's scans. */
  readonly live?: LiveMarket
  readonly hashes: {
    /** SHA-256 of the champion parameters, first 16 hex digits, and of those in force. */
    readonly champion: string
    readonly parameters: string
    /** SHA-256 of every setting that decides, and of the built code, hex. */
    readonly config: string
    readonly code: string
  }
  /** The recorded days it replays, in order; empty for a session on live data. */
  readonly days: readonly SessionDay[]
  /**
   * The options of `dolphin backtest` that decide (`config`, `set`, `factors`, …) as they were given, without days and
   * outputs: what the bulk run of the same days needs.
   */
  readonly options: Readonly<Record<string, string | boolean | readonly string[]>>
  /** Venue, risk and execution settings, for the record. */
  readonly venue: Readonly<Record<string, unknown>>
}

export interface SessionSummary {
  readonly schema: 'dolphin.session-summary/1'
  readonly sessionId: string
  /** Whether the session came to its end; false in the middle of one, and after a crash. */
  readonly finished: boolean
  readonly updatedAtMs: number
  /** Count. */
  readonly missedEntries: number
  /** What was open when this was written. */
  readonly openTrades: readonly TradeOpened[]
  readonly performance: PerformanceSnapshot
}

/** A session folder, read whole. */
export interface Session {
  readonly folder: string
  readonly settings: SessionSettings
  readonly trades: readonly TradeRecord[]
  readonly missedEntries: readonly MissedEntry[]
  /** Absent until the session has written one. */
  readonly summary: SessionSummary | undefined
}
