import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isSymbolName } from '../../base/symbol-name.js'
import { epochDay, type IsoDate, NS_PER_DAY } from '../../base/utc-date.js'
import { type DayColumns, DayError, isMetaColumn } from '../../ports/days.js'

/**
 * A day of JSON lines `YYYY-MM-DD.jsonl`: an object a bar, with the columns of a Parquet day as its fields: `timestamp` (ISO 8601 in UTC,
 * or UTC ms), `vel_div`, and a close price for each symbol; null, or no field, is a price that is not known. What gives a Parquet day and
 * these lines the same columns gives the same decisions.
 *
 * @throws DayError that names file, row (from 0) and column.
 */
export async function readJsonLinesDay(
  path: string,
  date: IsoDate,
): Promise<{ readonly columns: DayColumns; readonly sha256: string }> {
  const bytes = await readFile(path)
  const rows = bytes
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
  if (rows.at(-1) === '') rows.pop()
  if (rows.length === 0) throw new DayError({ file: path }, 'a bar a line', 'an empty file')
  const bars = rows.map((line, row) => barOf(line, { file: path, row }))
  const assets = [...new Set(bars.flatMap((bar) => Object.keys(bar).filter(isPrice)))]
  if (assets.length === 0) throw new DayError({ file: path }, 'a price named like a symbol (BTCUSDT)', 'none')
  const columns: DayColumns = {
    date,
    path,
    bars: bars.length,
    timestampNs: BigInt64Array.from(bars, (bar, row) => timeOf(bar, { file: path, row, column: 'timestamp' }, date)),
    velDiv: Float64Array.from(bars, (bar, row) => numberOf(bar, 'vel_div', { file: path, row })),
    eigen: {},
    assets,
    prices: assets.map((symbol) => Float64Array.from(bars, (bar, row) => priceOf(bar, symbol, { file: path, row }))),
  }
  return { columns, sha256: createHash('sha256').update(bytes).digest('hex') }
}

type Bar = Readonly<Record<string, unknown>>

interface RowPlace {
  readonly file: string
  readonly row: number
  readonly column?: string
}

function isPrice(name: string): boolean {
  return !isMetaColumn(name) && isSymbolName(name)
}

function barOf(line: string, where: RowPlace): Bar {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new DayError(where, 'a JSON object', shown(line))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DayError(where, 'a JSON object', shown(line))
  }
  if (!Object.hasOwn(value, 'vel_div'))
    throw new DayError({ ...where, column: 'vel_div' }, 'the signal', 'no such field')
  return value as Bar
}

/** UTC ns. */
function timeOf(bar: Bar, where: RowPlace, date: IsoDate): bigint {
  const { timestamp } = bar
  const ms = typeof timestamp === 'string' ? Date.parse(utc(timestamp)) : timestamp
  if (typeof ms !== 'number' || !Number.isFinite(ms)) {
    throw new DayError(where, 'a time in ISO 8601, or UTC ms', shown(timestamp))
  }
  const ns = BigInt(Math.round(ms * 1_000)) * 1_000n
  const first = BigInt(epochDay(date)) * NS_PER_DAY
  if (ns < first || ns >= first + NS_PER_DAY) throw new DayError(where, `a time of ${date}, UTC`, shown(timestamp))
  return ns
}

/** A time that names no zone is of UTC. */
function utc(text: string): string {
  return /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`
}

function numberOf(bar: Bar, column: string, where: RowPlace): number {
  const value = bar[column]
  if (value === null || value === undefined) return Number.NaN
  if (typeof value === 'number') return value
  throw new DayError({ ...where, column }, 'a number or null', shown(value))
}

function priceOf(bar: Bar, symbol: string, where: RowPlace): number {
  const price = numberOf(bar, symbol, where)
  if (Number.isNaN(price) || price > 0) return price
  throw new DayError({ ...where, column: symbol }, 'a price above zero', String(price))
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
