import { dateOfEpochDay, epochDay, type IsoDate } from '../../../base/utc-date.js'

/** Intervals of the archive that divide a day, by their length, ms. */
export const KLINE_INTERVALS: Readonly<Record<string, number>> = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
}

/** A file of the public archive: one contract, one interval, one UTC day or month. */
export interface KlineFileName {
  readonly symbol: string
  readonly interval: string
  /** `2025-05-10`, or `2025-05` for a whole month. */
  readonly period: string
}

/** `BTCUSDT-1m-2025-05-10`. */
export function klineFileStem({ symbol, interval, period }: KlineFileName): string {
  return `${symbol}-${interval}-${period}`
}

/** Where the archive has it, from its origin on. Source: the layout of data.binance.vision. */
export function archivePath(file: KlineFileName): string {
  const { symbol, interval, period } = file
  const span = period.length === 7 ? 'monthly' : 'daily'
  const folders = ['data', 'futures', 'um', span, 'klines', symbol, interval].map(encodeURIComponent).join('/')
  return `/${folders}/${encodeURIComponent(`${klineFileStem(file)}.zip`)}`
}

/** A period and the days in it, in order. */
export interface KlinePeriod {
  readonly period: string
  readonly dates: readonly IsoDate[]
}

/**
 * The files that hold the days from `from` to `to`: a month wherever all of it is asked for and over, days elsewhere. What is not
 * over by `today` is in no file.
 */
export function klinePeriods({
  from,
  to,
  today,
}: {
  readonly from: IsoDate
  readonly to: IsoDate
  readonly today: IsoDate
}): readonly KlinePeriod[] {
  const periods: KlinePeriod[] = []
  let dates: IsoDate[] = []
  for (let day = epochDay(from); day <= epochDay(to); day++) {
    const date = dateOfEpochDay(day)
    dates.push(date)
    const isLast = day === epochDay(to) || date.slice(0, 7) !== dateOfEpochDay(day + 1).slice(0, 7)
    if (!isLast) continue
    const month = date.slice(0, 7)
    const isWhole = dates[0] === `${month}-01` && dateOfEpochDay(day + 1).slice(0, 7) !== month
    if (isWhole && month < today.slice(0, 7)) periods.push({ period: month, dates })
    else for (const one of dates) periods.push({ period: one, dates: [one] })
    dates = []
  }
  return periods
}
