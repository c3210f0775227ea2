import type { writeTable } from '../../adapters/parquet/day-writer.js'
import { csvLine } from '../../base/csv.js'
import { printable } from '../../base/printable.js'
import { type StagedFile, stageFile, stageWith } from '../../files/whole-file.js'

/** A column of a table that is written, CSV and Parquet alike. */
export interface FileColumn<Row> {
  readonly name: string
  readonly type: 'string' | 'boolean' | 'float64' | 'int64'
  readonly cell: (row: Row) => string | number | boolean | null
}

/** Text. */
export function text<Row>(name: string, cell: FileColumn<Row>['cell']): FileColumn<Row> {
  return { name, type: 'string', cell }
}

/** Any number. */
export function number<Row>(name: string, cell: FileColumn<Row>['cell']): FileColumn<Row> {
  return { name, type: 'float64', cell }
}

/** A whole number. */
export function count<Row>(name: string, cell: FileColumn<Row>['cell']): FileColumn<Row> {
  return { name, type: 'int64', cell }
}

/** Rows as CSV with a header line; numbers in shortest round-trip form, what is absent as an empty cell. */
export function tableCsv<Row>(rows: readonly Row[], columns: readonly FileColumn<Row>[]): string {
  const header = csvLine(columns.map(({ name }) => name))
  const lines = rows.map((row) => printable(csvLine(columns.map(({ cell }) => cell(row)))))
  return `${[header, ...lines].join('\n')}\n`
}

/** Writes a table beside its target, which decides by its name: CSV where it ends in `.csv`, Parquet otherwise. */
export async function stageTable<Row>(
  path: string,
  rows: readonly Row[],
  columns: readonly FileColumn<Row>[],
): Promise<StagedFile> {
  if (path.toLowerCase().endsWith('.csv')) return await stageFile(path, tableCsv(rows, columns))
  const { writeTable } = await import('../../adapters/parquet/day-writer.js')
  return await stageWith(path, async (temporary) => {
    await writeTable(
      temporary,
      columns.map((column) => parquetColumn(column, rows)),
    )
  })
}

type ParquetColumn = Parameters<typeof writeTable>[1][number]

function parquetColumn<Row>({ name, type, cell }: FileColumn<Row>, rows: readonly Row[]): ParquetColumn {
  const cells = rows.map(cell)
  switch (type) {
    case 'string':
      return { name, type, values: cells as (string | null)[] }
    case 'boolean':
      return { name, type, values: cells as (boolean | null)[] }
    case 'int64':
      return { name, type, values: cells.map((value) => (value === null ? null : BigInt(value))) }
    case 'float64':
      return { name, type, values: cells as (number | null)[] }
  }
}
