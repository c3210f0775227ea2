import { DAY_MS } from './times.js'

/** What the name of a file of Binance's public kline archive says. */
export interface ArchiveName {
  readonly symbol: string
  readonly interval: string
  /** The UTC span its rows lie in: the first midnight, and the midnight after the last day. */
  readonly fromMs: number
  readonly untilMs: number
}

const ARCHIVE_NAME = /^([\p{L}\p{N}_]+)-(\d+(?:s|m|h|d|w|mo))-(\d{4})-(\d\d)(?:-(\d\d))?(?:\.csv|\.zip|\.csv\.zip)$/iu

/** Reads `BTCUSDT-1m-2025-05-10.zip` (a day) or `BTCUSDT-5s-2025-05.csv` (a month); undefined for any other name. */
export function parseArchiveName(fileName: string): ArchiveName | undefined {
  const match = ARCHIVE_NAME.exec(fileName)
  if (match === null) return undefined
  const [symbol, interval] = [match[1]!, match[2]!]
  const [year, month] = [Number(match[3]), Number(match[4])]
  if (year < 2000 || year > 2099 || month < 1 || month > 12) return undefined
  if (match[5] === undefined) {
    return { symbol, interval, fromMs: Date.UTC(year, month - 1), untilMs: Date.UTC(year, month) }
  }
  const fromMs = Date.UTC(year, month - 1, Number(match[5]))
  // 2025-02-30 is no date.
  if (new Date(fromMs).getUTCDate() !== Number(match[5])) return undefined
  return { symbol, interval, fromMs, untilMs: fromMs + DAY_MS }
}
