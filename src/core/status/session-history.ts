import { type DecimalText, Exact } from '../../base/exact.js'
import type { SessionView } from '../../ports/status-surface.js'
import type { VenueEvent } from '../../ports/venue.js'
import { PROTECTION_LOST } from '../../ports/vocabulary/orders.js'
import type { TradeOpened } from '../../ports/vocabulary/session.js'
import { type DecisionRecord, tradeFacts } from '../decision/records.js'
import type { ExecutionRecord } from '../execution/records.js'
import { tradeRecord } from '../performance/trade-journal.js'
import type { RecentFacts } from './system-state.js'

/**
 * What `/status` and its views say of the past, gathered from records as they are made, and from what a venue tells. The
 * records of a journal, read again, give the same.
 */
export class SessionHistory {
  private readonly initial: DecimalText
  private readonly opened = new Map<string, TradeOpened>()
  private readonly points: { readonly atMs: number; readonly usd: number }[] = []
  private trades: readonly ShownTrade[] = []
  private events: readonly ShownEvent[] = []
  private capital: Exact
  private peak: Exact
  private reconciledAtMs: number | null = null
  private readonly nakedMs: number[] = []
  private readonly rateLimitedMs: number[] = []
  private readonly terminatedMs: number[] = []
  private isConnected = true

  constructor(start: { readonly initialCapitalUsd: DecimalText; readonly startedAtMs: number }) {
    this.initial = start.initialCapitalUsd
    this.capital = new Exact(start.initialCapitalUsd)
    this.peak = this.capital
    this.points.push({ atMs: start.startedAtMs, usd: this.capital.toNumber() })
  }

  decided(record: DecisionRecord): void {
    const { atMs } = record
    const { opened, closed, missed = [] } = tradeFacts(record)
    if (opened !== undefined) this.open(opened, atMs)
    if (closed !== undefined) this.close(closed, atMs)
    for (const { symbol, reason, detail } of missed)
      this.event({ atMs, level: 'INFO', category: 'order', message: `${symbol} not entered: ${reason}, ${detail}` })
    if (record.type === 'agreed') this.reconciledAtMs = atMs
    else if (record.type === 'alerted') this.event({ ...shown(record.alert) })
    else if (record.type === 'operator') this.commanded(record.operator, atMs)
  }

  executed(record: ExecutionRecord): void {
    if (record.type === 'alert') this.event(shown(record.alert))
    else if (record.type === 'unlatched') this.reconciledAtMs = record.atMs
    else if (record.type === 'operator') this.commanded(record.operator, record.atMs)
    else if (record.type === 'orderEvent') {
      if (isProtectionLost(record)) this.nakedMs.push(record.atMs)
    } else if (record.type === 'truth') {
      const isNaked = record.decisions.some(({ decision }) => decision === 'REPLACE_PROTECTION')
      if (isNaked) this.nakedMs.push(record.atMs)
      else if (record.decisions.length === 0) this.reconciledAtMs = record.atMs
    }
  }

  /** What a venue told at a moment. */
  venueTold(event: VenueEvent, atMs: number): void {
    if (event.kind === 'rejected' && event.code === 'RATE_LIMITED') this.rateLimitedMs.push(atMs)
    if (event.kind !== 'connection') return
    if (this.isConnected && !event.connected) this.terminatedMs.push(atMs)
    this.isConnected = event.connected
  }

  facts(nowMs: number): RecentFacts {
    return {
      reconcileLastOkAtMs: this.reconciledAtMs,
      drawdownPct: this.drawdownPct(),
      nakedExposureEvents24h: within(this.nakedMs, nowMs - DAY_MS),
      http429Count5m: within(this.rateLimitedMs, nowMs - FIVE_MIN_MS),
      sessionTerminations5m: within(this.terminatedMs, nowMs - FIVE_MIN_MS),
    }
  }

  /** The views, but for the position. */
  view(): Omit<SessionView, 'position'> {
    return {
      initialCapitalUsd: this.initial,
      realizedCapitalUsd: this.capital.toFixed(),
      equity: this.points,
      trades: this.trades,
      events: this.events,
    }
  }

  private open(opened: TradeOpened, atMs: number): void {
    this.opened.set(opened.tradeId, opened)
    const message = `${opened.direction} ${opened.symbol} opened, ${opened.orderedQuantity} ordered`
    this.event({ atMs, level: 'INFO', category: 'position', message })
  }

  private close(closed: Parameters<typeof tradeRecord>[1], atMs: number): void {
    const opened = this.opened.get(closed.tradeId)
    if (opened === undefined) return
    this.opened.delete(closed.tradeId)
    const { tradeId, symbol, direction, netPnl, reason } = tradeRecord(opened, closed, this.capital.toFixed())
    this.capital = this.capital.plus(netPnl)
    if (this.capital.greaterThan(this.peak)) this.peak = this.capital
    this.points.push({ atMs: closed.closedAtMs, usd: this.capital.toNumber() })
    if (this.points.length > POINTS_MAX) thin(this.points)
    const trade = { tradeId, symbol, direction, closedAtMs: closed.closedAtMs, netUsd: netPnl, reason }
    this.trades = [trade, ...this.trades].slice(0, TRADES_MAX)
    const message = `${direction} ${symbol} closed (${reason}), ${new Exact(netPnl).toFixed(2)} USD`
    this.event({ atMs, level: 'INFO', category: 'position', message })
  }

  private commanded({ command, reason }: { readonly command: string; readonly reason: string }, atMs: number): void {
    this.event({ atMs, level: 'INFO', category: 'operator', message: `${command}: ${reason}` })
  }

  private event(event: ShownEvent): void {
    this.events = [event, ...this.events].slice(0, EVENTS_MAX)
  }

  private drawdownPct(): number {
    if (!this.peak.greaterThan(0)) return 0
    const lost = this.peak.minus(this.capital).dividedBy(this.peak).times(100).toNumber()
    return Math.min(100, Math.max(0, lost))
  }
}

const DAY_MS = 86_400_000
const FIVE_MIN_MS = 300_000
const TRADES_MAX = 20
const EVENTS_MAX = 50
const POINTS_MAX = 500

type ShownTrade = SessionView['trades'][number]
type ShownEvent = SessionView['events'][number]

function shown({ atMs, level, category, message }: ShownEvent): ShownEvent {
  return { atMs, level, category, message }
}

/** A position was left without its stop. */
function isProtectionLost({ event }: Extract<ExecutionRecord, { readonly type: 'orderEvent' }>): boolean {
  return event !== null && 'reason' in event && event.reason.startsWith(PROTECTION_LOST)
}

/** Of rising times, those after `sinceMs`; the others are forgotten. */
function within(timesMs: number[], sinceMs: number): number {
  const first = timesMs.findIndex((atMs) => atMs > sinceMs)
  timesMs.splice(0, first < 0 ? timesMs.length : first)
  return timesMs.length
}

/** Every second point but the first and the last goes. */
function thin(points: { readonly atMs: number; readonly usd: number }[]): void {
  const kept = points.filter((_, i) => i % 2 === 0 || i === points.length - 1)
  points.splice(0, points.length, ...kept)
}
