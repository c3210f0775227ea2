import { scaledText } from '../../base/scaled-integer.js'
import type { AssetFeatures } from '../../core/orderbook/asset-features.js'
import type { BookSide } from '../../core/orderbook/book-side.js'
import type { Book } from '../../core/orderbook/depth-book.js'
import type { MarketBar } from '../../core/orderbook/market-features.js'
import { FIGURES, type Figures, writeSample } from '../../core/orderbook/sample.js'

/** The book of a symbol as people look at it, wherever it is from. */
export interface ShownBook {
  readonly symbol: string
  /** The exchange's time of it, UTC ms; null: nothing is known yet. */
  readonly atMs: number | null
  readonly updateId: number | null
  /** The best first; none of a book that is not known. */
  readonly bids: readonly ShownLevel[]
  readonly asks: readonly ShownLevel[]
  /** By the names of the documents; null of a book that is not known or has one side. */
  readonly figures: Readonly<Record<string, number>> | null
  /** How far from its mid `depth_usd` reaches, millionths; null where that is not told. */
  readonly depthBandPpm: number | null
  /** Of the last closed bar; null before one was closed. */
  readonly bar: ShownBar | null
}

/** Price and quantity as the exchange writes them. */
export interface ShownLevel {
  readonly price: string
  readonly quantity: string
}

export interface ShownBar {
  /** When it ended, UTC ms. */
  readonly endMs: number
  /** By the names of the documents; null: it cannot be told. */
  readonly features: Readonly<Record<string, number | null>>
  readonly cascadeCount: number | null
  readonly regimeSignal: number | null
}

/** What is shown of a book that is kept in this process. */
export function shownBook({ symbol, book, atMs, levels, bar }: KeptBook): ShownBook {
  const known = book?.isLive === true ? book : undefined
  return {
    symbol,
    atMs: atMs ?? null,
    updateId: known?.updateId ?? null,
    bids: known === undefined ? [] : levelsOf(known, known.bids, levels),
    asks: known === undefined ? [] : levelsOf(known, known.asks, levels),
    figures: known === undefined ? null : figuresOf(known),
    depthBandPpm: known?.bandPpm ?? null,
    bar: bar === undefined ? null : shownBar(bar, symbol),
  }
}

export interface KeptBook {
  readonly symbol: string
  readonly book: Book | undefined
  readonly atMs: number | undefined
  /** So many of each side. */
  readonly levels: number
  /** The last one that was closed. */
  readonly bar: MarketBar | undefined
}

/** For programs: figures and features by the names of the documents. */
export function bookJson(book: ShownBook): string {
  return `${JSON.stringify({ schema: 'dolphin.book-show/1', ...book }, null, 2)}\n`
}

/** The figures of a sample by the names that documents and recordings have. */
export const FIGURE_NAMES: Readonly<Record<keyof Figures, string>> = {
  mid: 'mid',
  spreadBps: 'spread_bps',
  bidUsd: 'bid_usd',
  askUsd: 'ask_usd',
  imbalance: 'imbalance',
  depthUsd: 'depth_usd',
  pressureRatio: 'pressure_ratio',
  weightedMid: 'weighted_mid',
}

/** The features of a bar, likewise. */
export const FEATURE_NAMES = {
  imbalanceMa5: 'imbalance_ma5',
  imbalancePersistence: 'imbalance_persistence',
  withdrawalVelocity: 'withdrawal_velocity',
  depthQuality: 'depth_quality',
  fillProbability: 'fill_probability',
  fillQuality: 'fill_quality',
} as const satisfies Partial<Record<keyof AssetFeatures, string>>

/** Features by the names of the documents; null: it cannot be told. */
export function namedFeatures(features: AssetFeatures): Record<string, number | null> {
  const names = Object.entries(FEATURE_NAMES) as [keyof typeof FEATURE_NAMES, string][]
  return Object.fromEntries(names.map(([feature, name]) => [name, features[feature] ?? null]))
}

function shownBar({ endMs, assets, macro }: MarketBar, symbol: string): ShownBar | null {
  const asset = assets.find((one) => one.symbol === symbol)
  if (asset === undefined) return null
  const { cascadeCount, regimeSignal } = macro
  return { endMs, features: namedFeatures(asset.features), cascadeCount, regimeSignal }
}

function figuresOf(book: Book): Readonly<Record<string, number>> | null {
  const columns = new Float64Array(FIGURES.length)
  if (!writeSample(book, columns)) return null
  return Object.fromEntries(FIGURES.map((figure, i) => [FIGURE_NAMES[figure], columns[i]!]))
}

function levelsOf({ priceDecimals, quantityDecimals }: Book, side: BookSide, levels: number): ShownLevel[] {
  return side.best(levels).map(([ticks, lots]) => ({
    price: scaledText(ticks, priceDecimals),
    quantity: scaledText(lots, quantityDecimals),
  }))
}
