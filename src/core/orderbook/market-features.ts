import { assert } from '../../base/assert.js'
import type { BookStream } from '../../ports/market-data.js'
import type { BookMacro } from '../../ports/order-book.js'
import { AssetBars, type BarValue } from './asset-bars.js'
import { type AssetFeatures, AssetFeatureWindows } from './asset-features.js'
import type { Book } from './depth-book.js'
import { Liquidations } from './liquidations.js'
import { MacroWindows, type MarketMacro, NO_MACRO } from './macro.js'

/** What books are made of: their changes, or their best levels whole. */
export type BookKind = BookStream['kind']

/** A bar of the whole market, as it was closed. It covers the step that ends at `endMs`, UTC ms. */
export interface MarketBar {
  readonly endMs: number
  /** In the order in which the assets were added. */
  readonly assets: readonly AssetBar[]
  /** `{0, 0}` of partial books: their depth tells nothing of the market's. */
  readonly macro: MarketMacro
  readonly books: BookKind
}

export interface AssetBar {
  readonly symbol: string
  /** Undefined when the book was unknown for more than half of the bar. */
  readonly value: BarValue | undefined
  readonly features: AssetFeatures
}

/**
 * From the changes of books to bars and features of all assets, one code for live and recorded markets. Bars end on multiples
 * of the step since 1970. Whoever drives it closes each, in order, when the exchange's clock reads its end; of a recording
 * whose closings were not kept, before the first frame that is stamped at or after it. Times are UTC ms of the exchange's clock.
 */
export class MarketFeatures {
  readonly stepMs: number
  readonly books: BookKind
  private closedMs: number
  private readonly assets = new Map<string, Asset>()
  private readonly macros = new MacroWindows()

  /** @param startMs some time within the first bar. */
  constructor({ stepMs, startMs, books = 'diffs' }: MarketFeaturesOptions) {
    this.stepMs = stepMs
    this.books = books
    this.closedMs = Math.floor(startMs / stepMs) * stepMs
  }

  /** When the open bar ends. */
  get endMs(): number {
    return this.closedMs + this.stepMs
  }

  /** An asset joins with the open bar; one that is there already stays as it is. */
  add(symbol: string): void {
    if (this.assets.has(symbol)) return
    this.assets.set(symbol, {
      symbol,
      bars: new AssetBars({ stepMs: this.stepMs, startMs: this.closedMs }),
      windows: new AssetFeatureWindows(),
      liquidations: new Liquidations(this.closedMs),
    })
  }

  remove(symbol: string): void {
    this.assets.delete(symbol)
  }

  /** The book of an asset has changed, at the `E` of the frame. */
  changed(symbol: string, book: Book, atMs: number): void {
    this.of(symbol).bars.changed(book, atMs)
  }

  /** The book of an asset is not known any more: its connection was lost, or a guard took it away. */
  unknown(symbol: string, atMs: number): void {
    this.of(symbol).bars.unknown(atMs)
  }

  /** Somebody was liquidated in an asset, at the `T` of the order; `usd` is its average price × what was filled. */
  liquidated(symbol: string, { atMs, usd }: { readonly atMs: number; readonly usd: number }): void {
    this.of(symbol).liquidations.add({ atMs, usd })
  }

  /** Closes the open bar. */
  close(): MarketBar {
    const { endMs } = this
    this.closedMs = endMs
    const inMarket = [...this.assets.values()].map(({ symbol, bars, windows, liquidations }) => {
      const value = bars.close()
      const features = windows.next(value)
      return {
        ...{ symbol, value, features },
        spreadBps: value?.spreadBps,
        isLiquidationCascade: liquidations.close(endMs),
      }
    })
    return {
      endMs,
      assets: inMarket.map(({ symbol, value, features }) => ({ symbol, value, features })),
      macro: this.books === 'partial' ? NO_MARKET : this.macros.next(endMs, inMarket),
      books: this.books,
    }
  }

  /** Closes every bar that has ended at this time, in order. */
  closeUntil(nowMs: number): MarketBar[] {
    const closed: MarketBar[] = []
    while (this.endMs <= nowMs) closed.push(this.close())
    return closed
  }

  /** The market-wide figures of the bar that ended at this time; `{0, 0}` when it is not known. */
  macroAt(endMs: number): BookMacro {
    return this.macros.at(endMs)
  }

  private of(symbol: string): Asset {
    const asset = this.assets.get(symbol)
    assert(asset !== undefined, 'what is heard of an asset comes after it was added')
    return asset
  }
}

export interface MarketFeaturesOptions {
  readonly stepMs: number
  /** UTC ms of the exchange's clock. */
  readonly startMs: number
  /** Changes when absent. */
  readonly books?: BookKind
}

const NO_MARKET: MarketMacro = Object.freeze({ ...NO_MACRO, stressShare: 0 })

interface Asset {
  readonly symbol: string
  readonly bars: AssetBars
  readonly windows: AssetFeatureWindows
  readonly liquidations: Liquidations
}
