import { KlineError } from '../../ports/klines.js'
import { type CsvLine, scanCsv } from './csv-scanner.js'
import type { CsvSource } from './csv-source.js'
import { parseDecimal, textOf } from './decimal.js'
import { shown } from './refusal.js'
import type { FileRows } from './row-store.js'
import type { TidyColumns } from './tidy-columns.js'
import { TidyRows } from './tidy-rows.js'
import { parseTime, TIME_EXPECTED } from './times.js'
import { isMissing, isVolume } from './values.js'

/** Decodes a tidy CSV, whose header gave `columns`, into `rows`. Throws KlineError for the first line that is not as the header says. */
export async function readTidyCsv(
  source: CsvSource,
  columns: TidyColumns,
  rows: FileRows,
  onBlock: () => void,
): Promise<void> {
  const tidy = new TidyRows(rows)
  let fields = 0
  await scanCsv(
    source,
    (line) => {
      const place = () => `${source.label}:${line.line}`
      if (fields === 0) fields = line.fields
      else if (line.fields !== fields) throw new KlineError(place(), `${fields} columns`, `${line.fields}`)
      else takeRow(tidy, line, columns, place)
    },
    onBlock,
  )
}

function takeRow(tidy: TidyRows, line: CsvLine, columns: TidyColumns, place: () => string): void {
  const { bytes, starts, ends } = line
  const { timestamp, symbol, close } = columns
  const timeMs = parseTime(bytes, starts[timestamp]!, ends[timestamp]!)
  if (Number.isNaN(timeMs)) throw new KlineError(place(), TIME_EXPECTED, fieldText(line, timestamp))
  tidy.at(symbolOf(tidy, line, symbol, place), timeMs)
  const price = parseDecimal(bytes, starts[close]!, ends[close]!)
  if (Number.isNaN(price)) {
    if (isMissing(bytes, starts[close]!, ends[close]!)) return
    throw new KlineError(place(), 'a close price, or nothing', fieldText(line, close))
  }
  const volume = optionalVolume(line, columns.volume, 'volume', place)
  const taker = optionalVolume(line, columns.takerBuyVolume, 'taker_buy_volume', place)
  tidy.push(timeMs, price, volume, taker, line.line, place)
}

/** The symbol's text; the one of the line before where it is the same, which saves making it anew. */
function symbolOf(tidy: TidyRows, line: CsvLine, field: number, place: () => string): string {
  const { bytes } = line
  const [start, end] = [line.starts[field]!, line.ends[field]!]
  const before = tidy.symbol
  if (before.length === end - start) {
    let i = 0
    while (i < before.length && before.charCodeAt(i) === bytes[start + i]) i++
    if (i === before.length && i > 0) return before
  }
  const text = textOf(bytes, start, end).trim()
  tidy.checkSymbol(text, place)
  return text
}

function optionalVolume(line: CsvLine, field: number | undefined, name: string, place: () => string): number {
  if (field === undefined) return Number.NaN
  const [start, end] = [line.starts[field]!, line.ends[field]!]
  const value = parseDecimal(line.bytes, start, end)
  if (isVolume(value) || isMissing(line.bytes, start, end)) return value
  throw new KlineError(place(), `a ${name} of 0 or more, or nothing`, fieldText(line, field))
}

function fieldText({ bytes, starts, ends }: CsvLine, field: number): string {
  return shown(textOf(bytes, starts[field]!, ends[field]!))
}
