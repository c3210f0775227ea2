import { dateOfEpochMs, type IsoDate } from '../../base/utc-date.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import type { DecisionRecord } from '../decision/records.js'
import type { ExecutionRecord } from '../execution/records.js'

/** What a session's journals say of one UTC day. */
export interface PaperDay {
  readonly date: IsoDate
  /** Bars that came in time. */
  readonly bars: number
  /** The time that they cover, ms. */
  readonly barsMs: number
  /** EMERGENCY alerts of both sides. */
  readonly emergencies: number
  /** Truths after which the account was locked. */
  readonly lockouts: number
  /** Trades that differ from the backtest of the same bars without a cause that the records show. */
  readonly unexplained: readonly string[]
  /** Why the backtest refuses the day; null: it does not. */
  readonly refused: string | null
}

/** Reads both journals of a session, record by record, into its days. */
export class PaperDays {
  private readonly byDate = new Map<IsoDate, Counted>()

  /** @param barMs the usual time from bar to bar. */
  constructor(private readonly barMs: number) {}

  decided(record: DecisionRecord): void {
    if (record.type === 'bar') this.bar(record.bar.timestampMs, record.atMs)
    else if (record.type === 'alerted') this.alert(record.alert)
    else if (record.type === 'disagreed' && record.decision.decision === 'LOCKOUT') this.at(record.atMs).lockouts++
  }

  executed(record: ExecutionRecord): void {
    if (record.type === 'alert') this.alert(record.alert)
  }

  /** Of the backtest of the same bars. `atMs`: of the bar that decided the entry, UTC ms. */
  unexplained(atMs: number, what: string): void {
    this.at(atMs).unexplained.push(what)
  }

  refused(date: IsoDate, why: string): void {
    this.of(date).refused ??= why
  }

  /** By date. */
  days(): readonly PaperDay[] {
    const days = [...this.byDate].map(([date, { lastBarMs: _, ...day }]) => ({
      date,
      ...day,
      barsMs: day.bars * this.barMs,
    }))
    return days.sort((one, other) => (one.date < other.date ? -1 : 1))
  }

  /** Recorded prices that are played have an age, however fast they are played: those are no bars of a live day. */
  private bar(timestampMs: number, takenAtMs: number): void {
    const ageMs = takenAtMs - timestampMs
    if (ageMs < -AHEAD_MS_MAX || ageMs > AGE_MS_MAX) return
    const day = this.at(timestampMs)
    // Half a bar's distance: whoever counts more bars than fit into a day has counted some twice.
    if (timestampMs - day.lastBarMs < this.barMs / 2) return
    day.lastBarMs = timestampMs
    day.bars++
  }

  private alert({ level, atMs }: Alert): void {
    if (level === 'EMERGENCY') this.at(atMs).emergencies++
  }

  private at(ms: number): Counted {
    return this.of(dateOfEpochMs(ms))
  }

  private of(date: IsoDate): Counted {
    const known = this.byDate.get(date)
    if (known !== undefined) return known
    const day = {
      bars: 0,
      lastBarMs: Number.NEGATIVE_INFINITY,
      emergencies: 0,
      lockouts: 0,
      unexplained: [],
      refused: null,
    }
    this.byDate.set(date, day)
    return day
  }
}

interface Counted {
  bars: number
  lastBarMs: number
  emergencies: number
  lockouts: number
  readonly unexplained: string[]
  refused: string | null
}

/** As old as a scan may be for an entry. */
const AGE_MS_MAX = 10_000
/** Clocks of two machines. */
const AHEAD_MS_MAX = 1_000
