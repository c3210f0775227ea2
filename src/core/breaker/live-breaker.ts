import { epochDay, type IsoDate } from '../../base/utc-date.js'
import { type BetaPolicy, type BreakerTable, DailyBreaker, type DailyFactors, type DayBoost } from './breaker.js'
import { SCANS_PER_DATE } from './daily-factors.js'
import { DayFactors, dateOfMs, type StampedFactor } from './day-factors.js'
import { type W750Day, type W750Scans, w750OfDate } from './scan-factors.js'

export interface LiveBreakerSettings {
  readonly betaPolicy: BetaPolicy
  /** Required by the `fixed` policy. */
  readonly fixedThreshold?: number
  readonly w750Scans: W750Scans
}

/** What the breaker says of the date at hand, and why. */
export interface LiveBoost extends DayBoost {
  readonly date: IsoDate
  readonly factors: DailyFactors
  /** The date's velocity of the 750-step window; null while it is not known. */
  readonly w750: number | null
}

/** A date's row as it was in force. */
export interface KnownDay {
  readonly date: IsoDate
  readonly factors: DailyFactors
  /** Velocities by date, its own included. */
  readonly w750: ReadonlyMap<IsoDate, number | null>
}

/**
 * The daily breaker as a day goes on: scans and factors come one by one, and the answer is what a backtest would say that is
 * given the same rows. A row of the file wins over what was seen, value by value: the file is what a person chose, and a
 * backtest reads nothing else. The date is that of the scans; without a scan there is none.
 */
export class LiveBreaker {
  private readonly arrived = new DayFactors()
  private readonly scanned = new Map<IsoDate, { first: (number | null)[]; last: (number | null)[] }>()
  private file: Pick<BreakerTable, 'factors' | 'w750'> = NO_ROWS
  private before: KnownDay | undefined
  private date: IsoDate | undefined

  constructor(private readonly settings: LiveBreakerSettings) {}

  /** The rows of the file, all of them, in place of those before. */
  useFile(rows: Pick<BreakerTable, 'factors' | 'w750'>): void {
    this.file = rows
  }

  /** What another breaker published before this one began: the row of its date stays fixed, and its velocities are known. */
  resume(known: KnownDay): void {
    this.before = known
  }

  /** Whether a row may have changed by it. */
  takeFactor(factor: StampedFactor, nowMs: number): boolean {
    return this.arrived.take(factor, nowMs)
  }

  /** A scan in its order; whether the answer may have changed by it. One of an earlier date is late, and changes nothing. */
  takeScan({ timestampMs, w750 }: { readonly timestampMs: number; readonly w750: number | null }): boolean {
    const date = dateOfMs(timestampMs)
    if (this.date !== undefined && date < this.date) return false
    const isNew = date !== this.date
    this.date = date
    const day = this.scanned.get(date) ?? { first: [], last: [] }
    this.scanned.set(date, day)
    const isFirst = day.first.length < SCANS_PER_DATE
    if (isFirst) day.first.push(w750)
    day.last.push(w750)
    if (day.last.length > SCANS_PER_DATE) day.last.shift()
    return isNew || (isFirst && this.settings.w750Scans === 'first-10')
  }

  /** Of the latest scan's date; undefined before the first scan. */
  boost(): LiveBoost | undefined {
    const { date } = this
    if (date === undefined) return undefined
    const w750 = this.velocities(date)
    const factors = this.factorsOf(date)
    const { betaPolicy, fixedThreshold } = this.settings
    const breaker = new DailyBreaker({
      factors: new Map([[date, factors]]),
      w750,
      betaPolicy,
      ...(fixedThreshold === undefined ? {} : { fixedThreshold }),
    })
    return { date, ...breaker.boostForDate(date), factors, w750: w750.get(date) ?? null }
  }

  /** Velocities of the dates up to the one at hand that are worth keeping for whoever continues. */
  velocities(date: IsoDate): ReadonlyMap<IsoDate, number | null> {
    const known = new Map<IsoDate, number | null>()
    const dayOf = (day: IsoDate): W750Day | undefined => {
      const scans = this.scanned.get(day)
      return scans && { firstW750: scans.first, lastW750: scans.last }
    }
    for (const seen of this.scanned.keys()) known.set(seen, w750OfDate(dayOf, seen, this.settings.w750Scans))
    // Of the date at which this one began it saw a part only.
    for (const rows of [this.before?.w750 ?? [], this.file.w750]) {
      for (const [day, velocity] of rows) if (velocity !== null || !known.has(day)) known.set(day, velocity)
    }
    const oldest = epochDay(date) - DATES_KEPT
    return new Map([...known].filter(([day]) => this.file.w750.has(day) || epochDay(day) >= oldest).sort(byDate))
  }

  private factorsOf(date: IsoDate): DailyFactors {
    const row = this.file.factors.get(date)
    const arrived =
      this.before?.date === date
        ? { ...this.arrived.rowOf(date), ...known(this.before.factors) }
        : this.arrived.rowOf(date)
    return row === undefined ? arrived : { ...arrived, ...known(row) }
  }
}

const NO_ROWS: Pick<BreakerTable, 'factors' | 'w750'> = { factors: new Map(), w750: new Map() }

/** A year and a day, so that a document that carries them stays small. */
const DATES_KEPT = 366

function known(row: DailyFactors): DailyFactors {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined))
}

function byDate([one]: readonly [IsoDate, unknown], [other]: readonly [IsoDate, unknown]): number {
  return one < other ? -1 : 1
}
