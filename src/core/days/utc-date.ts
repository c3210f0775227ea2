import type { IsoDate } from '../../ports/market.js'
import { assert } from '../assert.js'

const MS_PER_DAY = 86_400_000
export const NS_PER_DAY = 86_400_000_000_000n

/** Days since 1970-01-01 of a date `YYYY-MM-DD`. Throws when the text is no calendar date. */
export function epochDay(date: IsoDate): number {
  const ms = Date.parse(`${date}T00:00:00Z`)
  const day = ms / MS_PER_DAY
  assert(Number.isInteger(day) && dateOfEpochDay(day) === date, `'${date}' is a calendar date YYYY-MM-DD`)
  return day
}

/** The date of a count of days since 1970-01-01. */
export function dateOfEpochDay(day: number): IsoDate {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10)
}
