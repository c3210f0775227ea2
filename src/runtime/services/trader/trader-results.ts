import { clipped } from '../../../base/clipped.js'
import { type DecisionRecord, tradeFacts } from '../../../core/decision/records.js'
import type { DecisionState } from '../../../core/decision/state.js'
import type { DocumentOf } from '../../../core/grid/document.js'
import { GRID_MAPS, RESULT_KEYS, STATE_KEYS, type StrategyColour } from '../../../core/grid/names.js'
import { DAILY_RESULT, SIGNALS, TRADER_STATE } from '../../../core/grid/trader-documents.js'
import type { SessionStart } from '../../../core/performance/daily-book.js'
import { PerformanceTracker } from '../../../core/performance/performance-tracker.js'
import { TradeJournal } from '../../../core/performance/trade-journal.js'
import type { Mandate } from '../../../ports/strategy.js'
import type { TradeClosed } from '../../../ports/vocabulary/session.js'

/** Where the newest text of a key is written, sooner or later; it never waits and never throws. */
export type Put = (map: string, key: string, text: string) => void

export interface TraderResultsParts {
  readonly strategy: string
  readonly colour: StrategyColour
  /** First 16 hex digits of the SHA-256 of the parameters. */
  readonly parametersHash: string
  readonly start: SessionStart
  readonly put: Put
  /** UTC ms. */
  nowMs(): number
  /** The strategies' state as plain JSON: what a restart without a journal could go on from. */
  snapshot(): unknown
  /** Boost and beta in force. */
  boost(): { readonly boost: number; readonly beta: number }
  /** The most leverage that an entry may have now. */
  leverageCeiling(): number
  /** Numbers of scans that never came, so far. */
  scansMissed(): number
}

/**
 * What a trader has come to, written into the grid for whoever displays it, measures drawdown by it, or looks back at a day. The
 * journal holds the same and more: this is a copy, made off the way of bars.
 *
 * Source: system bible §14.7, §15.1; spec "The grid".
 */
export class TraderResults {
  private readonly parts: TraderResultsParts
  private readonly journal: TradeJournal
  private readonly tracker: PerformanceTracker
  private state: (() => DecisionState) | undefined
  private mandates: readonly Mandate[] = []
  private scanNumber: number | undefined
  /** Of trades that are open: what they were allowed. */
  private readonly ceilings = new Map<string, number>()
  /** Of the day of the last bar: what a forewarner learns from. */
  private closedToday: ClosedTrade[] = []
  private closedOn = ''
  private staleStates = new Map<string, number>()
  private bars = 0
  private hasNews = false
  private snapshotDueMs = 0
  private lastSnapshot: unknown = null

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
      this.bars = record.bar.day === undefined ? this.bars + 1 : 1
      this.hasNews = true
    }
    if (opened !== undefined) {
      this.journal.open(opened)
      this.ceilings.set(opened.tradeId, this.parts.leverageCeiling())
    }
    if (closed !== undefined) this.close(closed)
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

  /** A gate moved during a bar of that date: its result is no ground for live orders. */
  staleState(date: string): void {
    this.staleStates.set(date, (this.staleStates.get(date) ?? 0) + 1)
    this.hasNews = true
  }

  /** Writes what has changed since the last time; `isLast` writes the strategies' state, too. */
  write(isLast = false): void {
    const state = this.state?.()
    if (state === undefined || state.bar < 0 || !(this.hasNews || isLast)) return
    this.hasNews = false
    const { put, colour, strategy } = this.parts
    const atMs = this.parts.nowMs()
    const performance = this.tracker.snapshot(state.barAtMs)
    const today = this.journal.daily(state.barAtMs).at(-1)!
    const common = {
      capital: Number(performance.capitalUsd),
      date: today.date,
      pnl: Number(today.netPnl),
      trades: today.trades,
      posture: state.posture,
      updated_at: new Date(atMs).toISOString(),
    }
    const scanned = this.scanNumber === undefined ? {} : { scan_number: this.scanNumber }
    put(
      GRID_MAPS.state(colour),
      STATE_KEYS.live,
      TRADER_STATE.write({
        ...common,
        ...scanned,
        strategy,
        param_hash: this.parts.parametersHash,
        peak_capital: Number(performance.peakCapitalUsd),
        drawdown: Math.min(1, performance.currentDrawdownPct),
        engine_state: this.engineState(atMs, isLast),
        position: positionOf(state),
        mode: state.mode,
        session_pnl: Number(performance.netPnl),
        bar: state.bar,
        journal_sequence: state.records,
      }),
    )
    const staleStates = this.staleStates.get(today.date) ?? 0
    put(
      GRID_MAPS.pnl(colour),
      RESULT_KEYS.live(today.date),
      DAILY_RESULT.write({
        ...common,
        ...this.parts.boost(),
        mc_status: state.forewarner,
        bars: this.bars,
        scans_missed: this.parts.scansMissed(),
        stale_state_events: staleStates,
        closed_trades: today.date === this.closedOn ? this.closedToday : [],
        ...(staleStates > 0 ? { stale_state: true } : {}),
      }),
    )
    put(GRID_MAPS.signals, strategy, this.signals(state, scanned))
  }

  private close(closed: TradeClosed): void {
    const { closedAtMs, tradeId } = closed
    const trade = this.journal.close(closed)
    this.tracker.add(trade)
    const date = new Date(closedAtMs).toISOString().slice(0, 10)
    if (date !== this.closedOn) this.closedToday = []
    this.closedOn = date
    this.closedToday.push({
      exit_time_ms: closedAtMs,
      net: Number(trade.netPnl),
      capital_before: Number(trade.capitalUsd),
      leverage_ceiling: this.ceilings.get(tradeId) ?? this.parts.leverageCeiling(),
    })
    this.ceilings.delete(tradeId)
  }

  private signals(state: DecisionState, scanned: { readonly scan_number?: number }): string {
    return SIGNALS.write({
      strategy: this.parts.strategy,
      timestamp_ms: state.barAtMs,
      bar: state.bar,
      ...scanned,
      mandates: this.mandates.map(({ symbol, type, authority, reason, direction, notionalUsd, price }) => ({
        symbol,
        type,
        authority,
        reason: clipped(reason, REASON_MAX),
        ...(direction === undefined ? {} : { direction }),
        ...(notionalUsd === undefined ? {} : { notional_usd: notionalUsd }),
        ...(price === undefined ? {} : { price }),
      })),
    })
  }

  /** It is large: taken anew once a minute, after every trade, and at the end. */
  private engineState(atMs: number, isLast: boolean): Readonly<Record<string, unknown>> | null {
    if (isLast || atMs >= this.snapshotDueMs) {
      this.snapshotDueMs = atMs + SNAPSHOT_MS
      const { snapshot } = this.parts
      this.lastSnapshot = snapshot()
    }
    return this.lastSnapshot as Readonly<Record<string, unknown>> | null
  }
}

type ClosedTrade = NonNullable<DocumentOf<typeof DAILY_RESULT>['closed_trades']>[number]

const SNAPSHOT_MS = 60_000
/** Of a strategy's own words, characters. */
const REASON_MAX = 500

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
