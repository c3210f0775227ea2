import { dateOfEpochMs } from '../../../base/utc-date.js'
import { type DecisionRecord, tradeFacts } from '../../../core/decision/records.js'
import type { DecisionState } from '../../../core/decision/state.js'
import { GRID_MAPS, RESULT_KEYS, STATE_KEYS, type StrategyColour } from '../../../core/grid/names.js'
import { signalsOf } from '../../../core/grid/signals.js'
import { DAILY_RESULT, SIGNALS, TRADER_STATE } from '../../../core/grid/trader-documents.js'
import type { SessionStart } from '../../../core/performance/daily-book.js'
import { PerformanceTracker } from '../../../core/performance/performance-tracker.js'
import { TradeJournal } from '../../../core/performance/trade-journal.js'
import type { Mandate } from '../../../ports/strategy.js'
import type { DailyStats } from '../../../ports/vocabulary/session.js'
import { type ClosedTrade, type TraderDay, TraderDays } from './trader-days.js'

/** Where the newest text of a key is written, sooner or later; it never waits and never throws. */
export type Put = (map: string, key: string, text: string) => void

export interface TraderResultsParts {
  readonly strategy: string
  readonly colour: StrategyColour
  /** First 16 hex digits of the SHA-256 of the parameters. */
  readonly parametersHash: string
  readonly start: SessionStart
  /** Of the strategy: before the day's boost, and what no day trades with. */
  readonly leverage: { readonly max: number; readonly absoluteMax: number }
  readonly put: Put
  /** UTC ms. */
  nowMs(): number
  /** The strategies' state as plain JSON, or null: what a restart without a journal could go on from. */
  snapshot(): unknown
  /** Numbers of scans that never came, so far. */
  scansMissed(): number
  /** A document that could not be written, and why: the session goes on without it. */
  failed(text: string): void
}

/**
 * What a trader has come to, written into the grid for whoever displays it, measures drawdown by it, or looks back at a day. The
 * journal holds the same and more: this is a copy, made off the way of bars, and nothing that is wrong with it stops a session.
 *
 * Source: system bible §14.7, §15.1; spec "The grid".
 */
export class TraderResults {
  private readonly parts: TraderResultsParts
  private readonly journal: TradeJournal
  private readonly tracker: PerformanceTracker
  private readonly days = new TraderDays()
  private state: (() => DecisionState) | undefined
  private mandates: readonly Mandate[] = []
  private scanNumber: number | undefined
  private hasNews = false
  private snapshotDueMs = 0
  private lastSnapshot: Readonly<Record<string, unknown>> | null = null

  constructor(parts: TraderResultsParts) {
    this.parts = parts
    this.journal = new TradeJournal(parts.start)
    this.tracker = new PerformanceTracker(parts.start)
  }

  attach(state: () => DecisionState): void {
    this.state = state
  }

  recorded(record: DecisionRecord): void {
    const { opened, closed } = tradeFacts(record)
    if (record.type === 'bar') {
      this.journal.bar(record.bar.timestampMs)
      this.tracker.bar(record.bar.timestampMs)
      this.days.bar(record, this.parts.scansMissed())
      this.hasNews = true
    }
    if (opened !== undefined) {
      this.journal.open(opened)
      this.days.opened(opened.tradeId)
    }
    if (closed !== undefined) {
      const trade = this.journal.close(closed)
      this.tracker.add(trade)
      this.days.closed(trade)
    }
    if (opened !== undefined || closed !== undefined) {
      this.hasNews = true
      this.snapshotDueMs = 0
    }
  }

  /** Of the last bar; and of which scan that was. */
  decided(mandates: readonly Mandate[], scanNumber: number | undefined): void {
    this.mandates = mandates
    this.scanNumber = scanNumber
  }

  /** A gate moved during the last bar: the day's result is no ground for live orders. */
  staleState(): void {
    this.days.staleState()
    this.hasNews = true
  }

  /**
   * Writes what has changed since the last time: also the results of days that have ended meanwhile, each as it ended. `isLast`
   * writes the strategies' state, too.
   */
  write(isLast = false): void {
    const state = this.state?.()
    if (state === undefined || state.bar < 0 || !(this.hasNews || isLast)) return
    this.hasNews = false
    const { put, colour, strategy } = this.parts
    const atMs = this.parts.nowMs()
    const daily = new Map(this.journal.daily(state.barAtMs).map((day) => [day.date, day]))
    const document = (map: string, key: string, text: () => string): void => {
      this.attempt(`${map}[${key}]`, () => put(map, key, text()))
    }
    for (const day of this.days.takeChanged()) {
      const stats = daily.get(day.date)
      if (stats === undefined) continue
      document(GRID_MAPS.pnl(colour), RESULT_KEYS.live(day.date), () => this.result(day, stats, atMs))
    }
    const today = daily.get(dateOfEpochMs(state.barAtMs))
    if (today !== undefined) {
      document(GRID_MAPS.state(colour), STATE_KEYS.live, () => this.traderState(state, today, { atMs, isLast }))
    }
    document(GRID_MAPS.signals, strategy, () => SIGNALS.write(signalsOf(this.signalled(state))))
  }

  private signalled({ barAtMs, bar }: DecisionState) {
    const { mandates, scanNumber, parts } = this
    return { strategy: parts.strategy, mandates, barAtMs, bar, scanNumber }
  }

  private result(day: TraderDay, stats: DailyStats, atMs: number): string {
    const { date, posture, boost, beta, forewarner, bars, scansMissed, staleStates } = day
    return DAILY_RESULT.write({
      date,
      capital: Number(stats.capitalEndUsd),
      pnl: Number(stats.netPnl),
      trades: stats.trades,
      posture,
      updated_at: new Date(atMs).toISOString(),
      boost,
      beta,
      mc_status: forewarner,
      bars,
      scans_missed: scansMissed,
      stale_state_events: staleStates,
      ...(staleStates > 0 ? { stale_state: true } : {}),
      closed_trades: this.evidence(day.closed),
    })
  }

  /** What a forewarner learns from; nothing can be learned from a trade that was made without capital. */
  private evidence(closed: readonly ClosedTrade[]) {
    const { max, absoluteMax } = this.parts.leverage
    return closed
      .filter(({ trade }) => Number(trade.capitalUsd) > 0)
      .slice(-EVIDENCE_MAX)
      .map(({ trade, boost }) => ({
        exit_time_ms: Number(BigInt(trade.exitTimeNs) / 1_000_000n),
        net: Number(trade.netPnl),
        capital_before: Number(trade.capitalUsd),
        leverage_ceiling: Math.min(absoluteMax, max * boost),
      }))
  }

  private traderState(
    state: DecisionState,
    today: DailyStats,
    { atMs, isLast }: { readonly atMs: number; readonly isLast: boolean },
  ): string {
    const performance = this.tracker.snapshot(state.barAtMs)
    return TRADER_STATE.write({
      strategy: this.parts.strategy,
      param_hash: this.parts.parametersHash,
      capital: Number(performance.capitalUsd),
      date: today.date,
      pnl: Number(today.netPnl),
      trades: today.trades,
      posture: state.posture,
      updated_at: new Date(atMs).toISOString(),
      ...(this.scanNumber === undefined ? {} : { scan_number: this.scanNumber }),
      peak_capital: Number(performance.peakCapitalUsd),
      drawdown: Math.min(1, performance.currentDrawdownPct),
      engine_state: this.engineState(atMs, isLast),
      position: positionOf(state),
      mode: state.mode,
      session_pnl: Number(performance.netPnl),
      bar: state.bar,
      journal_sequence: state.records,
    })
  }

  /** It is large: taken anew once a minute, after every trade, and at the end. */
  private engineState(atMs: number, isLast: boolean): Readonly<Record<string, unknown>> | null {
    if (isLast || atMs >= this.snapshotDueMs) {
      this.snapshotDueMs = atMs + SNAPSHOT_MS
      this.attempt("the strategies' state", () => {
        this.lastSnapshot = this.parts.snapshot() as Readonly<Record<string, unknown>> | null
      })
    }
    return this.lastSnapshot
  }

  private attempt(what: string, write: () => void): void {
    try {
      write()
    } catch (error) {
      this.parts.failed(`${what} is not written: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

const SNAPSHOT_MS = 60_000
/** Closed trades in the result of a day. */
const EVIDENCE_MAX = 10_000

function positionOf({ position, holding }: DecisionState) {
  if (position?.direction == null || position.entryPrice === null) return null
  const { symbol, direction, entryPrice, quantity } = position
  return {
    symbol,
    direction,
    entry_price: Number(entryPrice),
    quantity: Number(quantity),
    notional_usd: Number(entryPrice) * Number(quantity),
    ...(holding === null ? {} : { position_id: holding.positionId }),
    ...(holding?.openedAtMs == null ? {} : { opened_at: new Date(holding.openedAtMs).toISOString() }),
  }
}
