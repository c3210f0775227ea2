import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { DayColumns, DayFile } from '../../../src/ports/days.js'

/** The fixture matrix of `fixtures/parquet/make.py`. */
interface Manifest {
  readonly tables: Readonly<Record<string, { rows: number; columns: readonly [string, 'int64' | 'float64'][] }>>
  readonly files: readonly { readonly table: string; readonly path: string }[]
  readonly refused: readonly { readonly path: string; readonly message: string }[]
  readonly disordered: Manifest['refused']
}

export const MATRIX_FOLDER = fileURLToPath(new URL('../../../fixtures/parquet/', import.meta.url))
export const MATRIX = JSON.parse(readFileSync(`${MATRIX_FOLDER}manifest.json`, 'utf8')) as Manifest

export type Table = ReadonlyMap<string, Float64Array | BigInt64Array>

/** A file of the matrix as the port names it. */
export function matrixFile(path: string): DayFile {
  const date = /\d{4}-\d{2}-\d{2}/.exec(path)![0]
  return { date, path: `${MATRIX_FOLDER}${path}`, bytes: readFileSync(`${MATRIX_FOLDER}${path}`).byteLength }
}

/** What every file of the table holds. */
export function expectedTable(name: string): Table {
  const { rows, columns } = MATRIX.tables[name]!
  const bytes = Uint8Array.from(gunzipSync(readFileSync(`${MATRIX_FOLDER}${name}.bin.gz`)))
  return new Map(
    columns.map(([column, type], i) => [
      column,
      type === 'int64'
        ? new BigInt64Array(bytes.buffer, i * rows * 8, rows)
        : new Float64Array(bytes.buffer, i * rows * 8, rows),
    ]),
  )
}

/** A day as a table, columns by name. */
export function tableOf(day: DayColumns): Table {
  const table = new Map<string, Float64Array | BigInt64Array>()
  if (day.timestampNs !== undefined) table.set('timestamp', day.timestampNs)
  if (day.scanNumber !== undefined) table.set('scan_number', day.scanNumber)
  table.set('vel_div', day.velDiv)
  for (const [name, values] of Object.entries(day.eigen)) table.set(name, values)
  for (const [i, name] of day.assets.entries()) table.set(name, day.prices[i]!)
  return table
}

/** The first difference between two tables in words, bit for bit but for the payload of NaN; undefined where there is none. */
export function difference(actual: Table, expected: Table): string | undefined {
  const names = [...actual.keys()].join()
  if (names !== [...expected.keys()].join()) return `columns ${names}, expected ${[...expected.keys()].join()}`
  for (const [name, values] of expected) {
    const found = actual.get(name)!
    if (found.length !== values.length) return `${name}: ${found.length} rows, expected ${values.length}`
    const row = values.findIndex((value: number | bigint, i: number) => !Object.is(value, found[i]))
    if (row >= 0) return `${name}[${row}]: ${String(found[row])}, expected ${String(values[row])}`
  }
  return undefined
}
