import { assert } from '../../base/assert.js'
import type { AssetBook, BookMacro, OrderBookSource } from '../../ports/order-book.js'
import { NO_MACRO } from './macro.js'

/** One asset's data from a bar on; no `book` means that its data ends here. */
export interface BookRow {
  /** From this bar on, counted from 0 over the run. */
  readonly bar: number
  /** Place in the table's `assets`. */
  readonly assetIndex: number
  readonly book: AssetBook | undefined
}

export interface MacroRow {
  /** From this bar on, counted from 0 over the run. */
  readonly bar: number
  readonly macro: BookMacro
}

/** A recorded order book. Within one bar a later row replaces an earlier one of the same asset. */
export interface OrderBookTable {
  /** Its rows are of the best levels alone, whose depth tells nothing of the market's: the macro is `{0, 0}` throughout. */
  readonly books?: 'partial'
  readonly assets: readonly string[]
  readonly rows: readonly BookRow[]
  readonly macro: readonly MacroRow[]
}

/**
 * A recorded order book as the engine's source: the latest row at or before a bar holds; before the first row there is
 * no data (macro: nothing known). Queries may come in any order; those that move forward bar by bar cost O(1).
 */
export class TableOrderBook implements OrderBookSource {
  readonly assets: readonly string[]
  private readonly books: ReadonlyMap<string, Timeline<AssetBook | undefined>>
  private readonly macros: Timeline<BookMacro>

  constructor(table: OrderBookTable) {
    this.assets = table.assets
    const rows: { bar: number; value: AssetBook | undefined }[][] = table.assets.map(() => [])
    for (const row of table.rows) {
      const ofAsset = rows[row.assetIndex]
      assert(ofAsset !== undefined, `a row's asset index is within the ${table.assets.length} assets`)
      ofAsset.push({ bar: row.bar, value: row.book })
    }
    this.books = new Map(table.assets.map((asset, index) => [asset, new Timeline(rows[index]!)]))
    const macros = table.books === 'partial' ? [] : table.macro
    this.macros = new Timeline(macros.map(({ bar, macro }) => ({ bar, value: macro })))
  }

  book(asset: string, bar: number): AssetBook | undefined {
    return this.books.get(asset)?.at(bar)
  }

  macro(bar: number): BookMacro {
    return this.macros.at(bar) ?? NO_MACRO
  }
}

/** Values that hold from their bar on. Remembers where the last query ended, which changes its speed and never its answer. */
class Timeline<T> {
  private readonly bars: Float64Array
  private readonly values: readonly T[]
  /** Index of the row that held at the last query, −1 before the first row. */
  private held = -1

  constructor(rows: { bar: number; value: T }[]) {
    // The sort is stable, so of two rows of one bar the later stays last and is the one found.
    const ordered = [...rows].sort((a, b) => a.bar - b.bar)
    this.bars = Float64Array.from(ordered, (row) => row.bar)
    this.values = ordered.map((row) => row.value)
  }

  at(bar: number): T | undefined {
    const { bars } = this
    const next = this.held + 1
    if (this.held >= 0 && bars[this.held]! > bar) this.held = this.search(bar, 0, this.held)
    else if (next < bars.length && bars[next]! <= bar) this.held = this.search(bar, next, this.firstAfter(bar, next))
    return this.held < 0 ? undefined : this.values[this.held]
  }

  /** An index not before the first row after `bar`, found by doubling steps, so that the usual step of one row is cheap. */
  private firstAfter(bar: number, from: number): number {
    let step = 1
    while (from + step < this.bars.length && this.bars[from + step]! <= bar) step *= 2
    return Math.min(from + step, this.bars.length)
  }

  /** Index of the last row in [low, high) with a bar at or before `bar`; `low − 1` when there is none. */
  private search(bar: number, low: number, high: number): number {
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.bars[middle]! <= bar) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
