import type { AssetBook, BarBooks, BookMacro, OrderBookSource } from '../../ports/order-book.js'
import { NO_MACRO } from './macro.js'

/**
 * The order book that comes with each bar: what a live session saw is in its journal with the bar, so that whoever replays the bars
 * decides on the same books. It knows the bar in force and no other.
 */
export class BarOrderBook implements OrderBookSource {
  private bar = Number.NaN
  private books: BarBooks = NOTHING
  private symbols: readonly string[] | undefined

  /** The engine's next bar, by its global index, and what came with it; undefined: nothing is known. */
  take(bar: number, books: BarBooks | undefined): void {
    this.bar = bar
    this.books = books ?? NOTHING
    this.symbols = undefined
  }

  /** Of this bar those that are known. */
  get assets(): readonly string[] {
    this.symbols ??= Object.keys(this.books.rows)
    return this.symbols
  }

  book(asset: string, bar: number): AssetBook | undefined {
    const { rows } = this.books
    return bar === this.bar && Object.hasOwn(rows, asset) ? rows[asset] : undefined
  }

  macro(bar: number): BookMacro {
    return bar === this.bar ? this.books.macro : NO_MACRO
  }
}

const NOTHING: BarBooks = Object.freeze({ macro: NO_MACRO, rows: Object.freeze({}) })
