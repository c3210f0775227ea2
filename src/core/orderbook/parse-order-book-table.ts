import type { AssetBook } from '../../ports/order-book.js'
import type { BookRow, MacroRow, OrderBookTable } from './table-order-book.js'

/**
 * A recorded order book from JSON: `{assets, rows, macro}` with rows `[bar, asset index, imbalance_ma5, persistence,
 * withdrawal_velocity, depth_quality, fill_probability]`, or `[bar, asset index]` where an asset's data ends, and macro
 * rows `[bar, cascade_count, regime_signal]`. `"books": "partial"` marks a table of the best levels alone. Other keys are ignored.
 *
 * @throws Error naming the row and the column, what was expected and what was found.
 */
export function parseOrderBookTable(json: unknown): OrderBookTable {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw mismatch('order book', 'an object with assets, rows and macro', json)
  }
  const { assets, rows, macro, books } = json as Record<string, unknown>
  const names = array('assets', assets).map((name, index) => {
    if (typeof name !== 'string' || name === '') throw mismatch(`assets[${index}]`, 'an asset symbol', name)
    return name
  })
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw mismatch('assets', 'every symbol once', twice)
  if (books !== undefined && books !== 'partial') throw mismatch('books', '"partial" or nothing', books)
  return {
    ...(books === undefined ? {} : { books }),
    assets: names,
    rows: array('rows', rows).map((row, index) => bookRow(row, index, names.length)),
    macro: array('macro', macro).map(macroRow),
  }
}

/** The file's columns after bar and asset index, in file order, with their legal ranges (system bible §9.1, §9.3). */
const BOOK_COLUMNS = [
  { name: 'imbalance_ma5', min: -1, max: 1 },
  { name: 'persistence', min: 0, max: 1 },
  { name: 'withdrawal_velocity', min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY },
  { name: 'depth_quality', min: 0, max: Number.POSITIVE_INFINITY },
  { name: 'fill_probability', min: 0, max: 1 },
] as const

function bookRow(row: unknown, index: number, assetCount: number): BookRow {
  const where = `rows[${index}]`
  const cells = array(where, row)
  if (cells.length !== 2 && cells.length !== 2 + BOOK_COLUMNS.length) {
    throw mismatch(where, `2 or ${2 + BOOK_COLUMNS.length} cells`, cells.length)
  }
  const bar = integer(`${where} bar`, cells[0], Number.MAX_SAFE_INTEGER)
  const assetIndex = integer(`${where} asset index`, cells[1], assetCount - 1)
  return { bar, assetIndex, book: cells.length === 2 ? undefined : assetBook(where, cells) }
}

function assetBook(where: string, cells: readonly unknown[]): AssetBook {
  const values = BOOK_COLUMNS.map(({ name, min, max }, column) => {
    const value = cells[2 + column]
    if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) {
      throw mismatch(`${where} ${name}`, `a finite number in [${min}, ${max}]`, value)
    }
    return value
  })
  return {
    imbalanceMa5: values[0]!,
    persistence: values[1]!,
    withdrawalVelocity: values[2]!,
    depthQuality: values[3]!,
    fillProbability: values[4]!,
  }
}

function macroRow(row: unknown, index: number): MacroRow {
  const where = `macro[${index}]`
  const cells = array(where, row)
  if (cells.length !== 3) throw mismatch(where, '3 cells', cells.length)
  const regimeSignal = cells[2]
  if (regimeSignal !== -1 && regimeSignal !== 0 && regimeSignal !== 1) {
    throw mismatch(`${where} regime_signal`, '-1, 0 or 1', regimeSignal)
  }
  return {
    bar: integer(`${where} bar`, cells[0], Number.MAX_SAFE_INTEGER),
    macro: { cascadeCount: integer(`${where} cascade_count`, cells[1], Number.MAX_SAFE_INTEGER), regimeSignal },
  }
}

function array(where: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw mismatch(where, 'an array', value)
  return value
}

function integer(where: string, value: unknown, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
    throw mismatch(where, `an integer from 0 to ${max}`, value)
  }
  return value
}

function mismatch(where: string, expected: string, found: unknown): Error {
  return new Error(`${where}: expected ${expected}, found ${JSON.stringify(found) ?? 'nothing'}`)
}
