import { type EigenColumn, META_COLUMNS } from '../../ports/days.js'
import type { FlatColumn, Footer } from './footer.js'
import { Refusal } from './refusal.js'

/** How a column's stored values become the 8 bytes per row of the day: as float64, or as int64 (times, counters). */
export type Target = 'float64' | 'int64'

/** A missing counter; the smallest int64, which no counter and no time is. */
export const MISSING_INT64 = -(2n ** 63n)

export type Role = 'timestamp' | 'scan' | 'signal' | 'eigen' | 'price'

export interface PlannedColumn {
  readonly source: FlatColumn
  readonly role: Role
  readonly target: Target
  /** Nanoseconds per stored unit of a timestamp; 1 otherwise. */
  readonly scale: 1 | 1_000 | 1_000_000
}

/** The columns of one day in the order they lie in its buffer, `rows` values of 8 bytes each. */
export interface DayPlan {
  readonly rows: number
  readonly columns: readonly PlannedColumn[]
}

/** The signal at 10 ms would be 8.64 million bars; a day that claims more is not a day. */
const ROWS_MAX = 8_640_000
/** Refused beyond this, so that a few hostile bytes cannot ask for all the memory. */
const DAY_BYTES_MAX = 1 << 30

const META: ReadonlySet<string> = new Set(META_COLUMNS)
const INDEX_COLUMN = /^__index_level_\d+__$/

/** Chooses what to read from a file: the engine's columns, and all other meta columns when `eigen` is set. */
export function planDay(footer: Footer, eigen: boolean): DayPlan {
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
        columns.push({ source: numeric(source), role: 'eigen', target: 'float64', scale: 1 })
    }
  }
  for (const source of footer.columns) {
    if (!META.has(source.name) && isNumeric(source))
      columns.push({ source, role: 'price', target: 'float64', scale: 1 })
  }
  if (footer.rows > ROWS_MAX) throw new Refusal(`at most ${ROWS_MAX} rows in a day`, `${footer.rows}`)
  const bytes = footer.rows * columns.length * 8
  if (bytes > DAY_BYTES_MAX) throw new Refusal(`a day of at most ${DAY_BYTES_MAX} bytes in memory`, `${bytes}`)
  return { rows: footer.rows, columns }
}

function isEigen(name: string): name is EigenColumn {
  return META.has(name) && name !== 'timestamp' && name !== 'scan_number' && name !== 'vel_div'
}

function planTimestamp(source: FlatColumn): PlannedColumn {
  const { type, meaning } = source
  const plan = { source, role: 'timestamp', target: 'int64' } as const
  if (type === 'INT64' && meaning.type === 'timestamp') {
    return { ...plan, scale: meaning.unit === 'ns' ? 1 : meaning.unit === 'us' ? 1_000 : 1_000_000 }
  }
  if (type === 'INT96') return { ...plan, scale: 1 }
  if (type === 'INT64' && isInteger(source)) return { ...plan, scale: 1 }
  throw new Refusal('a timestamp or int64 nanoseconds', typeName(source), { column: source.name })
}

function planScan(source: FlatColumn): PlannedColumn {
  if (!isNumeric(source)) throw new Refusal('an integer column', typeName(source), { column: source.name })
  return { source, role: 'scan', target: 'int64', scale: 1 }
}

function planSignal(source: FlatColumn | undefined): PlannedColumn {
  if (source === undefined) throw new Refusal('a float64 column', 'no such column', { column: 'vel_div' })
  return { source: numeric(source), role: 'signal', target: 'float64', scale: 1 }
}

function numeric(source: FlatColumn): FlatColumn {
  if (!isNumeric(source)) throw new Refusal('a float64 column', typeName(source), { column: source.name })
  return source
}

/** Integer and float columns; booleans, decimals, dates, times and text are not numbers here. */
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
  return `${type} (${meaning.type})`
}
