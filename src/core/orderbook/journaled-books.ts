import type { AssetBook, BarBooks, BookMacro, OrderBookSource } from '../../ports/order-book.js'
import { NO_MACRO } from './macro.js'

/**
 * The order book of bars that were decided before, day by day, for the backtest of the same bars: what a journal kept of each. A row
 * that nobody could have looked at then was not kept, and is not known here.
 */
export class JournaledBooks implements OrderBookSource {
  private firstBar = 0
  private bars: readonly (BarBooks | undefined)[] = []
  private known = new Set<string>()

  /** The day that is run next: of each of its bars what was kept. `firstBar`: the global index of the first one. */
  beginDay(firstBar: number, bars: readonly (BarBooks | undefined)[]): void {
    this.firstBar = firstBar
    this.bars = bars
    this.known = new Set(bars.flatMap((books) => Object.keys(books?.rows ?? {})))
  }

  /** Of the day. */
  get assets(): readonly string[] {
    return [...this.known]
  }

  /** Everything that was kept of a bar; undefined: nothing. */
  at(bar: number): BarBooks | undefined {
    return this.bars[bar - this.firstBar]
  }

  book(asset: string, bar: number): AssetBook | undefined {
    const rows = this.at(bar)?.rows
    return rows !== undefined && Object.hasOwn(rows, asset) ? rows[asset] : undefined
  }

  macro(bar: number): BookMacro {
    return this.at(bar)?.macro ?? NO_MACRO
  }
}
