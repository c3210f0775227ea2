import { basename } from 'node:path'
import { clipped } from '../../base/clipped.js'
import { KlineError, type PassedOverFile } from '../../ports/klines.js'
import { intervalAsWritten, parseArchiveName } from './archive-name.js'

export const KNOWN_INPUT =
  'an archive such as BTCUSDT-1m-2025-05-10.zip or BTCUSDT-1m-2025-05.csv, or a CSV or Parquet table with the columns timestamp, symbol, close'

/** The endings that a file of prices can have. */
export const PRICE_FILE = /\.(?:csv|csv\.gz|zip|parquet|pq)$/i
const UNFINISHED = /\.(?:part|partial|crdownload|download|tmp|temp|aria2|filepart|!ut|opdownload)$/i
const CHECKSUM = /\.checksum$/i

/** What a file is whose name alone says that it holds no prices in a known form; undefined for the others. */
export function passedOverByName(path: string, isThere: (name: string) => boolean): PassedOverFile | undefined {
  const name = basename(path)
  const passed = (expected: string, found: string): PassedOverFile => ({ path, place: path, expected, found })
  if (CHECKSUM.test(name)) {
    const of = name.replace(CHECKSUM, '')
    return isThere(of) ? undefined : passed(`the file ${of} beside it`, 'none')
  }
  if (UNFINISHED.test(name)) return passed('a whole file', 'an unfinished download, by its name')
  if (/\.gz$/i.test(name) && !PRICE_FILE.test(name)) return passed('a .csv.gz', 'another kind of .gz')
  const ending = /[^.](\.[^.]+)$/.exec(name)?.[1]
  if (!PRICE_FILE.test(name)) return passed('.csv, .csv.gz, .zip, .parquet or .pq', ending ?? 'a name without ending')
  return passedOverArchive(path)
}

/** Names of Binance's form that announce no interval or day of a known kind. */
function passedOverArchive(path: string): PassedOverFile | undefined {
  const name = basename(path)
  const interval = parseArchiveName(name) === undefined ? intervalAsWritten(name) : undefined
  if (interval === undefined) return undefined
  const [, count, unit] = /^(\d+)(.+)$/.exec(interval)!
  if (unit === 'M' || unit === 'mo' || unit === 'w') {
    const kind = unit === 'w' ? 'week' : 'month'
    return {
      path,
      place: path,
      expected: 'bars of a day or less',
      found: `bars of ${count} ${kind}${count === '1' ? '' : 's'}`,
    }
  }
  if (/^[SHD]$/.test(unit!)) {
    // Passing it over would leave the symbol out: whoever wrote the name meant this interval.
    throw new KlineError(path, `the interval ${count}${unit!.toLowerCase()} as Binance writes it`, interval)
  }
  return undefined
}

/** A table without the columns of one. */
export function passedOverTable(path: string, place: string, header: string): PassedOverFile {
  // A name of the archive's form whose interval or date is none says more than its first line.
  if (intervalAsWritten(basename(path)) !== undefined)
    return { path, place: path, expected: KNOWN_INPUT, found: 'this name' }
  const expected = 'the columns timestamp, symbol, close separated by commas'
  return { path, place, expected, found: shownHeader(header) }
}

function shownHeader(header: string): string {
  return JSON.stringify(clipped(header, 120))
}
