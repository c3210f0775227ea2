import { epochDay, type IsoDate, MS_PER_DAY } from '../../base/utc-date.js'
import type { PaperDay } from './paper-days.js'

/**
 * Whether what was traded on paper is a clean record: the last 30 UTC days that ended, one after the other, each with at least
 * 23 hours of bars at live prices, and nothing that a person would have to explain. Source: spec "The market", "Settled late".
 *
 * Days of several sessions may be given, in any order: of two sessions on one day the one with more bars counts, and the faults of
 * both. A first or last day that is only short, because a session began or stopped in it, is no part of the record and no fault.
 * Days since the record may be missing, but for a week: later sessions would else count for nothing by not being named.
 */
export function cleanRecord(days: readonly PaperDay[], nowMs: number): CleanRecord {
  const byDate = joined(days)
  const over = [...byDate.values()].filter(({ date }) => endOf(date) <= nowMs).sort(byDateOf)
  const faults = over.flatMap((day) => troublesOf(day).map((why) => ({ date: day.date, why })))
  const running = [...byDate.values()]
    .filter(({ date }) => endOf(date) > nowMs)
    .flatMap((day) => troublesOf(day).map((why) => ({ date: day.date, why })))
  const run = lastRun(over)
  const last = run.at(-1)
  const isOld = last !== undefined && nowMs - endOf(last.date) > AGE_MS_MAX
  const holds = run.length >= DAYS_DEMANDED && running.length === 0 && !isOld
  return {
    holds,
    days: running.length === 0 ? run.length : 0,
    from: run[0]?.date ?? null,
    to: run.at(-1)?.date ?? null,
    sinceMs: holds ? endOf(run[DAYS_DEMANDED - 1]!.date) : null,
    faults: [...faults, ...running, ...shortDays(over), ...(isOld ? [{ date: last.date, why: OLD }] : [])],
  }
}

export interface CleanRecord {
  readonly holds: boolean
  /** Clean days without a gap, up to the last that counts. */
  readonly days: number
  /** The first and the last of them. */
  readonly from: IsoDate | null
  readonly to: IsoDate | null
  /** UTC ms at which the demanded number was reached; null while it is not. */
  readonly sinceMs: number | null
  /** What broke it, by date. */
  readonly faults: readonly RecordFault[]
}

export interface RecordFault {
  readonly date: IsoDate
  readonly why: string
}

export const DAYS_DEMANDED = 30
export const BARS_MS_DEMANDED = 23 * 3_600_000
/** From the end of a record's last day: a rehearsal at the exchange's demo lies between. */
const AGE_MS_MAX = 7 * MS_PER_DAY
const OLD = 'the last clean day, which ended more than a week ago'

/** The last days that are clean, each the day after the one before. */
function lastRun(days: readonly PaperDay[]): readonly PaperDay[] {
  const [last] = days.slice(-1)
  // A session that was stopped in the middle of a day has not broken what came before.
  const counted = last !== undefined && isShort(last) && troublesOf(last).length === 0 ? days.slice(0, -1) : days
  const run: PaperDay[] = []
  for (const day of counted.toReversed()) {
    const next = run[0]
    if (next !== undefined && epochDay(next.date) - epochDay(day.date) !== 1) break
    if (isShort(day) || troublesOf(day).length > 0) break
    run.unshift(day)
  }
  return run
}

/** Days between others that have too few bars. */
function shortDays(days: readonly PaperDay[]): RecordFault[] {
  return days
    .slice(1, -1)
    .filter(isShort)
    .map(({ date, barsMs }) => ({ date, why: `${(barsMs / 3_600_000).toFixed(1)} h of bars, 23 h are demanded` }))
}

/** What of a day nobody may wave through. */
function troublesOf({ emergencies, lockouts, unexplained, refused }: PaperDay): string[] {
  return [
    ...(emergencies > 0 ? [`${emergencies} EMERGENCY ${emergencies === 1 ? 'alert' : 'alerts'}`] : []),
    ...(lockouts > 0 ? [`${lockouts} ${lockouts === 1 ? 'lockout' : 'lockouts'} of the account`] : []),
    ...unexplained.map((what) => `a difference from the backtest that nothing explains: ${what}`),
    ...(refused === null ? [] : [`the backtest refuses the day: ${refused}`]),
  ]
}

function isShort({ barsMs }: PaperDay): boolean {
  return barsMs < BARS_MS_DEMANDED
}

/** Bars of two sessions are not added: they may be of the same hours. */
function joined(days: readonly PaperDay[]): ReadonlyMap<IsoDate, PaperDay> {
  const byDate = new Map<IsoDate, PaperDay>()
  for (const day of days) {
    const other = byDate.get(day.date)
    byDate.set(day.date, other === undefined ? day : both(day, other))
  }
  return byDate
}

function both(one: PaperDay, other: PaperDay): PaperDay {
  const longer = one.barsMs >= other.barsMs ? one : other
  return {
    ...longer,
    emergencies: one.emergencies + other.emergencies,
    lockouts: one.lockouts + other.lockouts,
    unexplained: [...one.unexplained, ...other.unexplained],
    refused: one.refused ?? other.refused,
  }
}

function byDateOf(one: PaperDay, other: PaperDay): number {
  return epochDay(one.date) - epochDay(other.date)
}

/** UTC ms of the midnight after. */
function endOf(date: IsoDate): number {
  return (epochDay(date) + 1) * MS_PER_DAY
}
