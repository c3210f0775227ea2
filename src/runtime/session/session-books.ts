import { directionSign } from '../../base/direction.js'
import { Exact } from '../../base/exact.js'
import { regimeAlert } from '../../core/assumptions/assumption-alerts.js'
import { CalibratedParameter } from '../../core/assumptions/calibrated-parameter.js'
import { shippedParameters } from '../../core/assumptions/shipped-assumptions.js'
import { SystemRegimeTracker } from '../../core/assumptions/system-regime.js'
import { type DecisionRecord, tradeFacts } from '../../core/decision/records.js'
import { performanceAlerts } from '../../core/mode/alert-limits.js'
import type { SessionStart } from '../../core/performance/daily-book.js'
import { PerformanceTracker } from '../../core/performance/performance-tracker.js'
import { TradeJournal } from '../../core/performance/trade-journal.js'
import type { SystemHealth } from '../../core/status/health-view.js'
import type { SessionLog } from '../../ports/session-log.js'
import type { Alert, AlertLevel } from '../../ports/vocabulary/alerts.js'
import type { DailyStats, PerformanceSnapshot, TradeOpened, TradeRecord } from '../../ports/vocabulary/session.js'

/** The books of a session: made of the decision side's records and nothing else, so a journal read again gives the same. */
export class SessionBooks {
  private readonly log: SessionLog
  private readonly journal: TradeJournal
  private readonly tracker: PerformanceTracker
  private readonly regime: SystemRegimeTracker
  private readonly parameters: readonly CalibratedParameter[]
  private readonly missed = new Map<string, number>()
  private readonly disagreements = new Map<string, number>()
  private readonly alerts: Record<AlertLevel, number> = { INFO: 0, WARNING: 0, ERROR: 0, CRITICAL: 0, EMERGENCY: 0 }
  private slippage = new Exact(0)
  private agreements = 0
  private linkSessions = 0

  constructor(start: SessionStart, log: SessionLog) {
    this.log = log
    this.journal = new TradeJournal(start)
    this.tracker = new PerformanceTracker(start)
    this.regime = new SystemRegimeTracker(start.expectedWinRate)
    this.parameters = shippedParameters(start.expectedWinRate).map((each) => new CalibratedParameter(each))
  }

  /** Takes a record; answers with what it makes of the session's performance, where that calls for an alert. */
  record(record: DecisionRecord): readonly Alert[] {
    if (record.type === 'bar') {
      this.journal.bar(record.bar.timestampMs)
      this.tracker.bar(record.bar.timestampMs)
    }
    const { opened, closed, missed = [] } = tradeFacts(record)
    if (opened !== undefined) this.journal.open(opened)
    const alerts = closed === undefined ? [] : this.close(this.journal.close(closed), record.atMs)
    for (const entry of missed) {
      count(this.missed, entry.reason)
      this.log.missedEntry(entry)
    }
    if (record.type === 'disagreed') count(this.disagreements, record.decision.decision)
    else if (record.type === 'agreed') this.agreements += record.times ?? 1
    else if (record.type === 'session') this.linkSessions++
    return alerts
  }

  alert({ level }: Alert): void {
    this.alerts[level]++
  }

  /** Writes days and summary as they stand at a moment, UTC ms. */
  write(atMs: number, finished: boolean): void {
    this.log.daily(this.journal.daily(atMs))
    this.log.summary({
      finished,
      updatedAtMs: atMs,
      openTrades: this.journal.openTrades,
      performance: this.tracker.snapshot(atMs),
    })
  }

  /** Closed ones, the oldest first. */
  get trades(): readonly TradeRecord[] {
    return this.journal.trades
  }

  /** What the trades so far make of the system, and of what it was calibrated with. */
  get health(): SystemHealth {
    return { regime: this.regime.reading, parameters: this.parameters.map(({ reading }) => reading) }
  }

  figures(atMs: number): SessionFigures {
    return {
      performance: this.tracker.snapshot(atMs),
      trades: this.journal.trades,
      open: this.journal.openTrades,
      daily: this.journal.daily(atMs),
      missed: [...this.missed.values()].reduce((sum, entries) => sum + entries, 0),
      missedByReason: byFrequency(this.missed),
      slippageUsd: this.slippage.toFixed(),
      alerts: { ...this.alerts },
      disagreements: byFrequency(this.disagreements),
      agreements: this.agreements,
      linkSessions: this.linkSessions,
    }
  }

  private close(trade: TradeRecord, atMs: number): readonly Alert[] {
    const before = this.tracker.snapshot(atMs)
    this.tracker.add(trade)
    this.log.trade(trade)
    this.slippage = this.slippage.plus(slippageOf(trade))
    return [...performanceAlerts(before, this.tracker.snapshot(atMs)), ...this.learn(trade, atMs)]
  }

  private learn(trade: TradeRecord, atMs: number): readonly Alert[] {
    const { regime: before } = this.regime.reading
    const isWin = Number(trade.netPnl) > 0
    this.regime.closed(isWin)
    const observed: Readonly<Record<string, number>> = {
      win_rate: isWin ? 1 : 0,
      entry_slippage: trade.entrySlippageBps,
    }
    for (const parameter of this.parameters) parameter.observe(observed[parameter.reading.name]!)
    const alert = regimeAlert(before, this.regime.reading, atMs)
    return alert === undefined ? [] : [alert]
  }
}

/** What a session came to. */
export interface SessionFigures {
  readonly performance: PerformanceSnapshot
  readonly trades: readonly TradeRecord[]
  readonly open: readonly TradeOpened[]
  readonly daily: readonly DailyStats[]
  /** Entries that did not happen. */
  readonly missed: number
  /** Entries that did not happen, by reason, most frequent first. */
  readonly missedByReason: readonly (readonly [reason: string, entries: number])[]
  /** USD that fills cost against the prices that were decided at; negative was gained. */
  readonly slippageUsd: string
  readonly alerts: Readonly<Record<AlertLevel, number>>
  /** Truths that disagreed, by the decision they led to. */
  readonly disagreements: readonly (readonly [decision: string, times: number])[]
  /** Truths that agreed. */
  readonly agreements: number
  /** Sessions of the link. */
  readonly linkSessions: number
}

/** USD against us, both legs; a leg without a requested price has none. */
function slippageOf(trade: TradeRecord): Exact {
  const entry = new Exact(trade.entryValueUsd).minus(new Exact(trade.entryRequestedPrice).times(trade.quantity))
  const exit =
    trade.exitRequestedPrice === null
      ? new Exact(0)
      : new Exact(trade.exitRequestedPrice).times(trade.quantity).minus(trade.exitValueUsd)
  const bought = entry.plus(exit)
  return bought.times(directionSign(trade.direction))
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function byFrequency(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}
