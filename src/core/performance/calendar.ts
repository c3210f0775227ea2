import { epochDay, type IsoDate } from '../../base/utc-date.js'
import type { RunCalendar } from '../../ports/vocabulary/report.js'
import { sharpeOf } from './figures.js'

/**
 * The calendar of a period: its first day is the first with a bar, its last the last, and every date between them counts,
 * whether there are bars of it or not. Engine semantics, section 14.
 *
 * @param given in order of date, each with its return (a fraction) in `returnsGiven`.
 */
export function calendarOf(given: readonly CalendarDay[], returnsGiven: readonly number[]): RunCalendar {
  const days = given.filter(hasBars)
  const dailyReturns = returnsGiven.filter((_, i) => hasBars(given[i]!))
  const fewDays = days.length < FEW_DAYS
  const [first] = days
  if (first === undefined) return { days: 0, missingDays: 0, sharpe: 0, fewDays }
  const start = epochDay(first.date)
  const whole = epochDay(days.at(-1)!.date) - start + 1
  const missingDays = whole - days.length
  if (missingDays === 0) return { days: whole, missingDays, sharpe: sharpeOf(dailyReturns), fewDays }
  const returns = new Array<number>(whole).fill(0)
  for (const [i, { date }] of days.entries()) returns[epochDay(date) - start] = dailyReturns[i]!
  return { days: whole, missingDays, sharpe: sharpeOf(returns), fewDays }
}

/** A day of a run, as far as a calendar goes. */
export interface CalendarDay {
  readonly date: IsoDate
  readonly bars: number
  /** Closed that day. */
  readonly trades: number
}

/** A file without bars is a day that is missing, but for a position that was closed at its end. */
function hasBars({ bars, trades }: CalendarDay): boolean {
  return bars > 0 || trades > 0
}

/** Figures of fewer days say so. Engine semantics, section 14. */
export const FEW_DAYS = 30
