import { type IsoDate, MS_PER_DAY } from '../../base/utc-date.js'
import { type DayFactors, dateOfMs, ROW_FIXED_MS } from '../breaker/day-factors.js'

/** A date's row of the factors file; null: missing. */
export interface FactorsRow {
  readonly date: IsoDate
  readonly funding_btc: number | null
  readonly dvol_btc: number | null
  readonly fng: number | null
  readonly taker: number | null
  /** Of which date the Fear & Greed is: this one, or one before that. */
  readonly fng_date: IsoDate | null
}

/** First line of a file of rows. `w750` is the breaker's velocity of the date, without which nobody could tell its beta again. */
export const FACTORS_HEADER = 'date,funding_btc,dvol_btc,fng,taker,w750,fng_date'

export function rowOfDay(days: DayFactors, date: IsoDate): FactorsRow {
  const { fundingBtc = null, dvolBtc = null, fng = null, taker = null } = days.rowOf(date)
  const fngAtMs = days.known('fng', date)?.atMs
  return {
    date,
    funding_btc: fundingBtc,
    dvol_btc: dvolBtc,
    fng,
    taker,
    fng_date: fngAtMs === undefined ? null : dateOfMs(fngAtMs),
  }
}

/** A row as a line below {@link FACTORS_HEADER}: numbers to the last bit. */
export function factorsLine(
  { date, funding_btc, dvol_btc, fng, taker, fng_date }: FactorsRow,
  w750: number | null,
): string {
  return [date, funding_btc, dvol_btc, fng, taker, w750, fng_date].map((cell) => cell ?? '').join(',')
}

/** The date whose row is the latest that is fixed at `nowMs`: that of the day, from 00:05 UTC on. */
export function latestFixedDate(nowMs: number): IsoDate {
  return dateOfMs(nowMs - ROW_FIXED_MS)
}

/** When the next row is fixed, UTC ms: after `nowMs`. */
export function nextFixedMs(nowMs: number): number {
  return (Math.floor((nowMs - ROW_FIXED_MS) / MS_PER_DAY) + 1) * MS_PER_DAY + ROW_FIXED_MS
}
