import { isPrice } from '../../base/price.js'
import { KlineError } from '../../ports/klines.js'
import type { ArchiveName } from './archive-name.js'
import { type CsvLine, scanCsv } from './csv-scanner.js'
import type { CsvSource } from './csv-source.js'
import { parseDecimal, textOf } from './decimal.js'
import { shown } from './refusal.js'
import type { FileRows, RowList } from './row-store.js'
import { DAY_MS, dayStartOf, isoDateOf, parseTime } from './times.js'
import { CLOSE_EXPECTED, isVolume } from './values.js'

/** Decodes a file of Binance's archive into `rows`. Throws KlineError for the first line that is not as its name and format say. */
export async function readArchiveCsv(
  source: CsvSource,
  name: ArchiveName,
  rows: FileRows,
  onBlock: () => void,
): Promise<void> {
  let [dayMs, list]: [number, RowList | undefined] = [Number.NaN, undefined]
  await scanCsv(
    source,
    (line) => {
      const { bytes, starts, ends } = line
      const place = () => `${source.label}:${line.line}`
      if (line.fields !== COLUMNS.length) {
        throw new KlineError(place(), `${COLUMNS.length} columns`, `${line.fields}`)
      }
      const timeMs = parseTime(bytes, starts[OPEN_TIME]!, ends[OPEN_TIME]!)
      if (!(timeMs >= name.fromMs && timeMs < name.untilMs)) {
        if (line.line === 1 && isHeader(line, source)) return
        throw timeError(place(), name, timeMs, textOf(bytes, starts[OPEN_TIME]!, ends[OPEN_TIME]!))
      }
      if (timeMs % name.intervalMs !== 0) {
        throw new KlineError(place(), `an open time on a multiple of ${name.interval}`, fieldText(line, OPEN_TIME))
      }
      const close = parseDecimal(bytes, starts[CLOSE]!, ends[CLOSE]!)
      if (!isPrice(close)) throw new KlineError(place(), CLOSE_EXPECTED, fieldText(line, CLOSE))
      const volume = volumeOf(line, VOLUME, place)
      const taker = partOf(line, TAKER_BUY_VOLUME, VOLUME, volume, place)
      partOf(line, TAKER_BUY_QUOTE_VOLUME, QUOTE_VOLUME, volumeOf(line, QUOTE_VOLUME, place), place)
      if (!(timeMs >= dayMs && timeMs < dayMs + DAY_MS) || list === undefined) {
        dayMs = dayStartOf(timeMs)
        list = rows.list(name.symbol, dayMs)
      }
      list.push(timeMs, close, volume, taker, line.line)
    },
    onBlock,
  )
}

/** The columns of Binance's public kline archive, as its own headers name them. */
const COLUMNS = [
  'open_time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'close_time',
  'quote_volume',
  'count',
  'taker_buy_volume',
  'taker_buy_quote_volume',
  'ignore',
] as const
const [OPEN_TIME, CLOSE, VOLUME, QUOTE_VOLUME, TAKER_BUY_VOLUME, TAKER_BUY_QUOTE_VOLUME] = [0, 4, 5, 7, 9, 10] as const

function volumeOf(line: CsvLine, field: number, place: () => string): number {
  const value = parseDecimal(line.bytes, line.starts[field]!, line.ends[field]!)
  if (isVolume(value)) return value
  throw new KlineError(place(), `a ${COLUMNS[field]} of 0 or more`, fieldText(line, field))
}

/** What takers bought is a part of what was traded. */
function partOf(line: CsvLine, field: number, wholeField: number, whole: number, place: () => string): number {
  const part = volumeOf(line, field, place)
  if (part <= whole) return part
  const expected = `a ${COLUMNS[field]} up to the ${COLUMNS[wholeField]} ${fieldText(line, wholeField)}`
  throw new KlineError(place(), expected, fieldText(line, field))
}

/** A first line without a number is a header, and must name these columns in this order where it matters. */
function isHeader(line: CsvLine, source: CsvSource): boolean {
  const names = Array.from({ length: line.fields }, (_, i) => fieldText(line, i).toLowerCase().replaceAll(/[" ]/g, ''))
  if (!/^[a-z]/.test(names[0]!)) return false
  const known = [
    ['open_time', 'opentime', 'timestamp'].includes(names[OPEN_TIME]!),
    names[CLOSE] === 'close',
    names[VOLUME] === 'volume',
    /^taker_?buy_?(base|volume)/.test(names[TAKER_BUY_VOLUME]!),
  ]
  if (known.includes(false)) {
    throw new KlineError(`${source.label}:1`, `the columns ${COLUMNS.join(',')}`, names.join(','))
  }
  return true
}

function fieldText({ bytes, starts, ends }: CsvLine, field: number): string {
  return shown(textOf(bytes, starts[field]!, ends[field]!))
}

function timeError(place: string, name: ArchiveName, timeMs: number, text: string): KlineError {
  const [first, last] = [isoDateOf(name.fromMs), isoDateOf(name.untilMs - 1)]
  const expected = first === last ? `an open time on ${first} (UTC)` : `an open time from ${first} to ${last} (UTC)`
  return new KlineError(place, expected, Number.isNaN(timeMs) ? shown(text) : new Date(timeMs).toISOString())
}
