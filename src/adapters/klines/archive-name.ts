import { isMetaColumn } from '../../ports/days.js'
import { DAY_MS } from './times.js'

/** What the name of a file of Binance's public kline archive says. */
export interface ArchiveName {
  readonly symbol: string
  readonly interval: string
  readonly intervalMs: number
  /** The UTC span its rows lie in: the first midnight, and the midnight after the last day. */
  readonly fromMs: number
  readonly untilMs: number
}

const ARCHIVE_NAME =
  /^([\p{L}\p{N}_]+)-(([1-9]\d?)([A-Za-z]+))-(\d{4})-(\d\d)(?:-(\d\d))?(?:\.csv|\.zip|\.csv\.zip|\.csv\.gz)$/iu

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS }

/** The interval in a name of the archive's form, whatever it is: `1M`, `1w`, `7m`. */
export function intervalAsWritten(fileName: string): string | undefined {
  return ARCHIVE_NAME.exec(fileName)?.[2]
}

/** Reads `BTCUSDT-1m-2025-05-10.zip` (a day) or `BTCUSDT-5s-2025-05.csv` (a month); undefined for any other name, for intervals that do not divide a day, and for a
 * symbol named like another column of a day. */
export function parseArchiveName(fileName: string): ArchiveName | undefined {
  const match = ARCHIVE_NAME.exec(fileName)
  if (match === null) return undefined
  const [symbol, interval] = [match[1]!, match[2]!]
  // As Binance writes them: 1m is a minute and 1M a month.
  const intervalMs = Number(match[3]) * (UNIT_MS[match[4]!] ?? Number.NaN)
  const [year, month] = [Number(match[5]), Number(match[6])]
  if (isMetaColumn(symbol)) return undefined
  if (DAY_MS % intervalMs !== 0 || year < 2000 || year > 2099 || month < 1 || month > 12) return undefined
  const name = { symbol, interval, intervalMs }
  if (match[7] === undefined) return { ...name, fromMs: Date.UTC(year, month - 1), untilMs: Date.UTC(year, month) }
  const fromMs = Date.UTC(year, month - 1, Number(match[7]))
  // 2025-02-30 is no date.
  if (new Date(fromMs).getUTCDate() !== Number(match[7])) return undefined
  return { ...name, fromMs, untilMs: fromMs + DAY_MS }
}
