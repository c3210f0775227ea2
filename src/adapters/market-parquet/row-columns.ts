import { assert } from '../../base/assert.js'
import type { MarketTable } from '../../ports/market-recording.js'
import { TABLES, type TableColumn } from './table-columns.js'

/** Columns of rows of one table and date, in arrays that can be handed to another thread. */
export interface PartColumns {
  readonly table: MarketTable
  readonly rows: number
  /** The numbers of the first and the last row. */
  readonly firstN: number
  readonly lastN: number
  readonly columns: readonly SealedColumn[]
}

export type SealedColumn =
  /** No number: none. */
  | {
      readonly name: string
      readonly kind: 'whole' | 'figure'
      readonly optional: boolean
      readonly values: Float64Array
    }
  /** 0 or 1. */
  | { readonly name: string; readonly kind: 'flag'; readonly values: Uint8Array }
  | { readonly name: string; readonly kind: 'name'; readonly names: readonly string[]; readonly indexes: Int32Array }
  /** UTF-8, one after the other; a length of −1: none. */
  | { readonly name: string; readonly kind: 'text'; readonly bytes: Uint8Array; readonly lengths: Int32Array }

/** The buffers of columns, to be given away with them. */
export function buffersOf({ columns }: PartColumns): ArrayBuffer[] {
  return columns.flatMap((column) => {
    if (column.kind === 'text') return [column.bytes.buffer as ArrayBuffer, column.lengths.buffer as ArrayBuffer]
    return [(column.kind === 'name' ? column.indexes : column.values).buffer as ArrayBuffer]
  })
}

/** The same columns in memory of their own, and no more of it than they need: 48 MB take some twenty milliseconds. */
export function copyOf(part: PartColumns): PartColumns {
  return { ...part, columns: part.columns.map(copyOfColumn) }
}

function copyOfColumn(column: SealedColumn): SealedColumn {
  switch (column.kind) {
    case 'text':
      return { ...column, bytes: column.bytes.slice(), lengths: column.lengths.slice() }
    case 'name':
      return { ...column, indexes: column.indexes.slice() }
    case 'flag':
      return { ...column, values: column.values.slice() }
    default:
      return { ...column, values: column.values.slice() }
  }
}

/**
 * Collects rows of a table column by column: rows as objects, each with the levels of a book, would take ten times the memory,
 * and could not be given to another thread without copying each.
 */
export class RowColumns {
  rows = 0
  private firstN = 0
  private lastN = 0
  private readonly columns: readonly Column[]
  private readonly figures = new Map<string, NumberColumn>()

  constructor(readonly table: MarketTable) {
    this.columns = TABLES[table].columns.map(columnOf)
  }

  /** Bytes that are held, about. */
  get bytes(): number {
    let bytes = 0
    for (const column of this.columns) bytes += column.bytes
    for (const column of this.figures.values()) bytes += column.bytes
    return bytes
  }

  /** Takes a row that comes after the others. */
  add(row: Readonly<Record<string, unknown>>): void {
    const n = row.n as number
    assert(n > this.lastN, `rows of ${this.table} come in the order of n: ${n} after ${this.lastN}`)
    if (this.rows === 0) this.firstN = n
    this.lastN = n
    for (const column of this.columns) column.add(row[column.name], this.rows)
    if (TABLES[this.table].hasFigures) this.addFigures(row.figures as Readonly<Record<string, number | null>>)
    this.rows++
  }

  /** The columns, and nothing of them is kept. */
  seal(): PartColumns {
    const figures = [...this.figures.keys()].sort().map((name) => this.figures.get(name)!)
    const columns = [...this.columns, ...figures].map((column) => column.seal(this.rows))
    const { table, rows, firstN, lastN } = this
    return { table, rows, firstN, lastN, columns }
  }

  private addFigures(figures: Readonly<Record<string, number | null>>): void {
    for (const name in figures) {
      let column = this.figures.get(name)
      if (column === undefined) {
        assert(!this.columns.some((own) => own.name === name), `'${name}' is no figure but a column of ${this.table}`)
        column = new NumberColumn({ name, kind: 'figure', optional: true })
        this.figures.set(name, column)
      }
      column.add(figures[name], this.rows)
    }
  }
}

const FIRST_ROWS = 64

type Column = NumberColumn | FlagColumn | NameColumn | TextColumn

function columnOf(column: TableColumn): Column {
  if (column.kind === 'name') return new NameColumn(column.name)
  if (column.kind === 'flag') return new FlagColumn(column.name)
  return column.kind === 'text' ? new TextColumn(column.name) : new NumberColumn(column)
}

class NumberColumn {
  readonly name: string
  private values = new Float64Array(FIRST_ROWS).fill(Number.NaN)

  constructor(private readonly column: TableColumn) {
    this.name = column.name
  }

  get bytes(): number {
    return this.values.byteLength
  }

  add(value: unknown, row: number): void {
    this.reserve(row + 1)
    if (value === null && this.column.optional) return
    if (value === undefined && this.column.isLater) return
    assert(typeof value === 'number', `${this.name} is a number`)
    assert(this.column.kind === 'figure' || Number.isSafeInteger(value), `${this.name} is a whole number`)
    this.values[row] = value
  }

  seal(rows: number): SealedColumn {
    const { name, optional } = this.column
    const kind = this.column.kind === 'whole' ? 'whole' : 'figure'
    // A figure may have come in the first rows alone.
    this.reserve(rows)
    return { name, kind, optional, values: this.values.subarray(0, rows) }
  }

  private reserve(rows: number): void {
    if (rows <= this.values.length) return
    const wider = new Float64Array(Math.max(rows, this.values.length * 2)).fill(Number.NaN)
    wider.set(this.values)
    this.values = wider
  }
}

class FlagColumn {
  private values = new Uint8Array(FIRST_ROWS)

  constructor(readonly name: string) {}

  get bytes(): number {
    return this.values.byteLength
  }

  add(value: unknown, row: number): void {
    assert(typeof value === 'boolean', `${this.name} is true or false`)
    if (row >= this.values.length) {
      const wider = new Uint8Array(this.values.length * 2)
      wider.set(this.values)
      this.values = wider
    }
    this.values[row] = Number(value)
  }

  seal(rows: number): SealedColumn {
    return { name: this.name, kind: 'flag', values: this.values.subarray(0, rows) }
  }
}

class NameColumn {
  private indexes = new Int32Array(FIRST_ROWS)
  private readonly names = new Map<string, number>()

  constructor(readonly name: string) {}

  get bytes(): number {
    return this.indexes.byteLength
  }

  add(value: unknown, row: number): void {
    assert(typeof value === 'string', `${this.name} is text`)
    if (row >= this.indexes.length) this.indexes = widened(this.indexes)
    let index = this.names.get(value)
    if (index === undefined) {
      index = this.names.size
      this.names.set(value, index)
    }
    this.indexes[row] = index
  }

  seal(rows: number): SealedColumn {
    return { name: this.name, kind: 'name', names: [...this.names.keys()], indexes: this.indexes.subarray(0, rows) }
  }
}

/** Holds what JSON makes of a value. */
class TextColumn {
  private text = new Uint8Array(1024)
  private end = 0
  private lengths = new Int32Array(FIRST_ROWS)

  constructor(readonly name: string) {}

  get bytes(): number {
    return this.text.byteLength + this.lengths.byteLength
  }

  add(value: unknown, row: number): void {
    if (row >= this.lengths.length) this.lengths = widened(this.lengths)
    if (value === null) {
      this.lengths[row] = -1
      return
    }
    const json = JSON.stringify(value)
    // A UTF-16 unit takes three bytes at most.
    const end = this.end + json.length * 3
    if (end > this.text.length) {
      const wider = new Uint8Array(Math.max(end, this.text.length * 2))
      wider.set(this.text)
      this.text = wider
    }
    const { written } = UTF8.encodeInto(json, this.text.subarray(this.end))
    this.lengths[row] = written
    this.end += written
  }

  seal(rows: number): SealedColumn {
    const lengths = this.lengths.subarray(0, rows)
    return { name: this.name, kind: 'text', bytes: this.text.subarray(0, this.end), lengths }
  }
}

const UTF8 = new TextEncoder()

function widened(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(values.length * 2)
  wider.set(values)
  return wider
}
