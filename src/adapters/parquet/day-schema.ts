import { isSymbolName } from '../../base/symbol-name.js'
import { type EigenColumn, META_COLUMNS } from '../../ports/days.js'
import { CREATED_BY } from './created-by.js'
import type { FlatColumn, Footer } from './footer.js'
import { Refusal } from './refusal.js'

/** How a column's stored values become the 8 bytes per row of the day: as float64, or as int64 (times, counters). */
export type Target = 'float64' | 'int64'

/** A missing counter; the smallest int64, which no counter and no time is. */
export const MISSING_INT64 = -(2n ** 63n)

export type Role = 'timestamp' | 'scan' | 'signal' | 'eigen' | 'price'

export interface PlannedColumn {
  readonly source: FlatColumn
  /** As the day calls it. */
  readonly name: string
  readonly role: Role
  readonly target: Target
  /** Nanoseconds per stored unit of a timestamp; 1 otherwise. */
  readonly scale: 1 | 1_000 | 1_000_000
}

/** The columns of one day in the order they lie in its buffer, `rows` values of 8 bytes each. */
export interface DayPlan {
  readonly rows: number
  readonly columns: readonly PlannedColumn[]
  /** Numeric columns that are none of the engine's and, by their names, no prices. */
  readonly otherColumns: readonly string[]
}

/** What to read of a file beside the signal. */
export interface ColumnChoice {
  /** All other meta columns as well. */
  readonly eigen: boolean
  /** The columns that hold prices, whatever they are called; absent: those whose names are symbols. */
  readonly assets?: readonly string[] | undefined
}

/** The signal at 10 ms would be 8.64 million bars; a day that claims more is not a day. */
const ROWS_MAX = 8_640_000
/** Refused beyond this, so that a few hostile bytes cannot ask for all the memory. */
const DAY_BYTES_MAX = 1 << 30

/** 256 bits, the widest that Arrow and Spark know. */
const DECIMAL_BYTES_MAX = 32
const DECIMAL_DIGITS_MAX = 76

const META: ReadonlySet<string> = new Set(META_COLUMNS)
const INDEX_COLUMN = /^__index_level_\d+__$/

/** Chooses what to read from a file: the engine's columns, prices, and all other meta columns when they are asked for. */
export function planDay(footer: Footer, { eigen, assets }: ColumnChoice): DayPlan {
  const byName = new Map<string, FlatColumn>()
  for (const column of footer.columns) {
    const { name } = column
    if (byName.has(name)) throw new Refusal('column names that differ', `two columns '${name}'`, { column: name })
    if (INDEX_COLUMN.test(name)) {
      throw new Refusal('no index column: write with df.to_parquet(..., index=False)', 'a pandas index', {
        column: name,
      })
    }
    byName.set(name, column)
  }
  const columns: PlannedColumn[] = []
  const timestamp = byName.get('timestamp')
  if (timestamp !== undefined) columns.push(planTimestamp(timestamp))
  const scan = byName.get('scan_number')
  if (eigen && scan !== undefined) columns.push(planScan(scan))
  columns.push(planSignal(byName.get('vel_div')))
  if (eigen) {
    for (const name of META_COLUMNS) {
      const source = byName.get(name)
      if (source !== undefined && isEigen(name))
        columns.push({ source: numeric(source), name, role: 'eigen', target: 'float64', scale: 1 })
    }
  }
  const { prices, otherColumns } = planPrices(footer, assets)
  columns.push(...prices)
  if (footer.rows > ROWS_MAX) throw new Refusal(`at most ${ROWS_MAX} rows in a day`, `${footer.rows}`)
  const bytes = footer.rows * columns.length * 8
  if (bytes > DAY_BYTES_MAX) throw new Refusal(`a day of at most ${DAY_BYTES_MAX} bytes in memory`, `${bytes}`)
  return { rows: footer.rows, columns, otherColumns }
}

/**
 * The price columns of a file. A column that is one by its name must be readable: a symbol never vanishes in silence. Of
 * the other columns the numeric ones are named, since somebody may take them for prices.
 */
function planPrices(
  { columns, nested, createdBy }: Footer,
  assets: ColumnChoice['assets'],
): { prices: PlannedColumn[]; otherColumns: string[] } {
  // A day that this program wrote holds prices in every column that is not the engine's, whatever its symbols are called.
  const isOurs = createdBy === CREATED_BY
  const isPrice = (name: string) => assets?.includes(name) ?? isSymbolName(name)
  const list = nested.find((name) => !META.has(name) && isPrice(name.trim()))
  if (list !== undefined) throw new Refusal('a column of prices', 'a list or a structure', { column: list })
  const prices: PlannedColumn[] = []
  const otherColumns: string[] = []
  for (const source of columns) {
    const name = source.name.trim()
    if (META.has(name)) continue
    if (isPrice(name) || (isOurs && assets === undefined && isNumeric(source))) {
      if (prices.some((price) => price.name === name))
        throw new Refusal('column names that differ', `two columns '${name}'`)
      prices.push({ source: priced(source), name, role: 'price', target: 'float64', scale: 1 })
    } else if (assets === undefined && (isNumeric(source) || source.meaning.type === 'decimal'))
      otherColumns.push(source.name)
  }
  if (prices.length === 0 && otherColumns.length > 0) {
    const named = otherColumns.slice(0, 5).map((name) => `'${name}'`)
    const more = otherColumns.length > 5 ? ` and ${otherColumns.length - 5} more` : ''
    throw new Refusal(
      'a price column named like a symbol (BTCUSDT), or those that --assets names',
      `${named.join(', ')}${more}`,
    )
  }
  return { prices, otherColumns }
}

/** Decimals and text are read exactly, see `exact-values.ts`. */
function priced(source: FlatColumn): FlatColumn {
  const { type, meaning } = source
  const isText = type === 'BYTE_ARRAY' && (meaning.type === 'text' || meaning.type === 'none')
  if (isNumeric(source) || isDecimal(source) || isText) return source
  throw new Refusal('a column of numbers, decimals or text', typeName(source), { column: source.name })
}

function isDecimal({ type, meaning, fixedBytes }: FlatColumn): boolean {
  if (meaning.type !== 'decimal' || !(meaning.scale >= 0 && meaning.scale <= DECIMAL_DIGITS_MAX)) return false
  if (type === 'FIXED_LEN_BYTE_ARRAY') return fixedBytes >= 1 && fixedBytes <= DECIMAL_BYTES_MAX
  return type === 'INT32' || type === 'INT64' || type === 'BYTE_ARRAY'
}

function isEigen(name: string): name is EigenColumn {
  return META.has(name) && name !== 'timestamp' && name !== 'scan_number' && name !== 'vel_div'
}

function planTimestamp(source: FlatColumn): PlannedColumn {
  const { type, meaning } = source
  const plan = { source, name: source.name, role: 'timestamp', target: 'int64' } as const
  if (type === 'INT64' && meaning.type === 'timestamp') {
    return { ...plan, scale: meaning.unit === 'ns' ? 1 : meaning.unit === 'us' ? 1_000 : 1_000_000 }
  }
  if (type === 'INT96') return { ...plan, scale: 1 }
  if (type === 'INT64' && isInteger(source)) return { ...plan, scale: 1 }
  throw new Refusal('a timestamp or int64 nanoseconds', typeName(source), { column: source.name })
}

function planScan(source: FlatColumn): PlannedColumn {
  if (!isNumeric(source)) throw new Refusal('an integer column', typeName(source), { column: source.name })
  return { source, name: source.name, role: 'scan', target: 'int64', scale: 1 }
}

function planSignal(source: FlatColumn | undefined): PlannedColumn {
  if (source === undefined) throw new Refusal('a float64 column', 'no such column', { column: 'vel_div' })
  return { source: numeric(source), name: source.name, role: 'signal', target: 'float64', scale: 1 }
}

function numeric(source: FlatColumn): FlatColumn {
  if (!isNumeric(source)) throw new Refusal('a float64 column', typeName(source), { column: source.name })
  return source
}

/** Integer and float columns; booleans, dates and times are not numbers here, decimals and text only where they are prices. */
function isNumeric(column: FlatColumn): boolean {
  const { type, meaning } = column
  if (type === 'DOUBLE' || type === 'FLOAT') return meaning.type === 'none'
  if (type === 'FIXED_LEN_BYTE_ARRAY') return meaning.type === 'float16'
  return isInteger(column)
}

function isInteger({ type, meaning }: FlatColumn): boolean {
  return (type === 'INT32' || type === 'INT64') && (meaning.type === 'none' || meaning.type === 'integer')
}

function typeName({ type, meaning }: FlatColumn): string {
  if (meaning.type === 'none') return type
  if (meaning.type === 'other') return `${type} (${meaning.name})`
  if (meaning.type === 'timestamp') return `${type} (timestamp in ${meaning.unit})`
  if (meaning.type === 'decimal') return `${type} (DECIMAL(${meaning.precision}, ${meaning.scale}))`
  return `${type} (${meaning.type === 'text' ? 'STRING' : meaning.type})`
}
