import { dateOfEpochMs, type IsoDate } from '../../../base/utc-date.js'
import type { DecisionRecord } from '../../../core/decision/records.js'
import type { Posture } from '../../../ports/vocabulary/market.js'
import type { TradeRecord } from '../../../ports/vocabulary/session.js'
import type { ForewarnerStatus } from '../../../ports/vocabulary/trades.js'

/** What a day is known by, besides its figures. */
export interface TraderDay {
  readonly date: IsoDate
  bars: number
  posture: Posture
  boost: number
  beta: number
  forewarner: ForewarnerStatus
  /** Numbers of scans that never came. */
  scansMissed: number
  /** Bars in which a gate moved. */
  staleStates: number
  readonly closed: ClosedTrade[]
}

/** A closed trade as a forewarner learns from it. */
export interface ClosedTrade {
  readonly trade: TradeRecord
  /** Breaker boost in force when it was entered. */
  readonly boost: number
}

/**
 * The days of a session, made of its records: the one that is traded, and the ones before it of which something is still to be
 * written. A day that has ended changes once more when a trade that was closed in it is told of late.
 */
export class TraderDays {
  private readonly days = new Map<IsoDate, TraderDay>()
  private readonly changed = new Set<IsoDate>()
  private readonly openedUnder = new Map<string, number>()
  private current: TraderDay | undefined
  private missedBefore = 0

  /** @param missed numbers of scans that never came, over the whole session so far. */
  bar({ bar }: Extract<DecisionRecord, { readonly type: 'bar' }>, missed: number): void {
    const { day, breaker, posture, timestampMs } = bar
    if (day !== undefined || this.current === undefined) {
      const { boost = 1, beta = 0, forewarner = 'OK' } = day ?? {}
      this.current = this.dayOf(dateOfEpochMs(timestampMs))
      this.current.bars = 0
      Object.assign(this.current, { boost, beta, forewarner })
    }
    const { current } = this
    if (breaker !== undefined) Object.assign(current, breaker)
    current.posture = posture
    current.bars++
    current.scansMissed += missed - this.missedBefore
    this.missedBefore = missed
    this.changed.add(current.date)
  }

  opened(tradeId: string): void {
    this.openedUnder.set(tradeId, this.current?.boost ?? 1)
  }

  closed(trade: TradeRecord): void {
    const day = this.dayOf(dateOfEpochMs(Number(BigInt(trade.exitTimeNs) / 1_000_000n)))
    day.closed.push({ trade, boost: this.openedUnder.get(trade.tradeId) ?? 1 })
    this.openedUnder.delete(trade.tradeId)
    this.changed.add(day.date)
  }

  /** A gate moved in the last bar. */
  staleState(): void {
    if (this.current === undefined) return
    this.current.staleStates++
    this.changed.add(this.current.date)
  }

  /** Days of which something has changed since the last time, in order; the one that is traded is always among them. */
  takeChanged(): readonly TraderDay[] {
    const { current, days } = this
    const dates = new Set([...this.changed, ...(current === undefined ? [] : [current.date])])
    const taken = [...dates].sort().map((date) => days.get(date)!)
    this.changed.clear()
    for (const date of [...days.keys()].sort().slice(0, -DAYS_KEPT)) days.delete(date)
    return taken
  }

  private dayOf(date: IsoDate): TraderDay {
    const known = this.days.get(date)
    if (known !== undefined) return known
    const { boost = 1, beta = 0, forewarner = 'OK', posture = 'TURTLE' } = this.current ?? {}
    const day = { date, bars: 0, posture, boost, beta, forewarner, scansMissed: 0, staleStates: 0, closed: [] }
    this.days.set(date, day)
    return day
  }
}

/** Trades are told of seconds after they were closed. */
const DAYS_KEPT = 2
