import { InputMistake } from '../../base/mistakes.js'
import type { IsoDate } from '../../base/utc-date.js'

/**
 * The days of a period, in the order in which they are given.
 *
 * @throws InputMistake when there is none.
 */
export function withinPeriod<Day extends { readonly date: IsoDate }>(days: readonly Day[], period: Period): Day[] {
  const selected = days.filter(({ date }) => isWithin(period, date))
  if (selected.length > 0) return selected
  throw new InputMistake(`no day${periodText(period)}; the files cover ${days[0]?.date} to ${days.at(-1)?.date}`)
}

/** Days from `from` to `to`, both included; an absent end is open. */
export interface Period {
  readonly from?: IsoDate
  readonly to?: IsoDate
}

/** Whether a day lies in the period. */
export function isWithin({ from, to }: Period, date: IsoDate): boolean {
  return (from === undefined || date >= from) && (to === undefined || date <= to)
}

function periodText({ from, to }: Period): string {
  if (from === undefined) return to === undefined ? '' : ` until ${to}`
  return to === undefined ? ` from ${from} on` : ` from ${from} to ${to}`
}
