import { assert } from '../../base/assert.js'
import type { AssetBook, BookMacro, OrderBookSource } from '../../ports/order-book.js'
import { assetBook } from './asset-features.js'
import { MACRO, NO_MACRO } from './macro.js'
import type { MarketBar } from './market-features.js'

/**
 * The order books of a live engine: in this process, as of the bar that the engine is at. The engine counts its bars, the books
 * know theirs by when they end; {@link bind} says which is which. A bar that was never bound, or never closed here, tells
 * nothing, and no later bar changes what one has told.
 */
export class AlignedBooks implements OrderBookSource {
  readonly assets: readonly string[]
  private readonly places: ReadonlyMap<string, number>
  /** By the end of the bar: five numbers of each asset, NaN where it has none. */
  private readonly books = new Map<number, Float64Array>()
  private readonly macros = new Map<number, BookMacro>()
  /** The end of each of the engine's bars. */
  private readonly ends = new Map<number, number>()

  /** @param assets those that can be asked for, in the order of {@link assets}; of others nothing is kept. */
  constructor(assets: readonly string[]) {
    this.assets = [...assets]
    this.places = new Map(assets.map((asset, place) => [asset, place]))
  }

  /** A bar was closed. The first of a time stands: what has been told is not changed. */
  closed(bar: MarketBar): void {
    const { endMs, assets, macro } = bar
    if (this.macros.has(endMs)) return
    const columns = this.takeColumns()
    for (const { symbol, features } of assets) {
      const place = this.places.get(symbol)
      const book = place === undefined ? undefined : assetBook(features)
      if (book !== undefined) write(columns, place! * FIGURES_OF_ASSET, book)
    }
    this.books.set(endMs, columns)
    this.macros.set(endMs, macro)
    forgetOldest(this.macros, MACRO.keptBars)
  }

  /**
   * The engine's bar of this number is the one that ends at this time, UTC ms. To be said once that bar is closed: until then
   * it tells nothing.
   */
  bind(bar: number, endMs: number): void {
    const before = this.ends.get(bar)
    assert(before === undefined || before === endMs, 'a bar of the engine ends at one time')
    this.ends.set(bar, endMs)
    forgetOldest(this.ends, MACRO.keptBars)
  }

  book(asset: string, bar: number): AssetBook | undefined {
    const columns = this.books.get(this.ends.get(bar)!)
    const place = this.places.get(asset)
    if (columns === undefined || place === undefined) return undefined
    return read(columns, place * FIGURES_OF_ASSET)
  }

  macro(bar: number): BookMacro {
    return this.macros.get(this.ends.get(bar)!) ?? NO_MACRO
  }

  /** Those of the oldest bar are used again. */
  private takeColumns(): Float64Array {
    if (this.books.size < KEPT_BARS) return new Float64Array(this.assets.length * FIGURES_OF_ASSET).fill(Number.NaN)
    const [oldestMs, columns] = this.books.entries().next().value!
    this.books.delete(oldestMs)
    return columns.fill(Number.NaN)
  }
}

/** Closed bars whose books can be read; the engine reads the one that it is at. The market-wide figures are kept longer. */
const KEPT_BARS = 256

const FIGURES_OF_ASSET = 5

function write(columns: Float64Array, at: number, book: AssetBook): void {
  columns[at] = book.imbalanceMa5
  columns[at + 1] = book.persistence
  columns[at + 2] = book.withdrawalVelocity
  columns[at + 3] = book.depthQuality
  columns[at + 4] = book.fillProbability
}

function read(columns: Float64Array, at: number): AssetBook | undefined {
  const imbalanceMa5 = columns[at]!
  if (Number.isNaN(imbalanceMa5)) return undefined
  return {
    imbalanceMa5,
    persistence: columns[at + 1]!,
    withdrawalVelocity: columns[at + 2]!,
    depthQuality: columns[at + 3]!,
    fillProbability: columns[at + 4]!,
  }
}

function forgetOldest(kept: Map<number, unknown>, size: number): void {
  if (kept.size <= size) return
  for (const oldest of kept.keys()) {
    kept.delete(oldest)
    return
  }
}
