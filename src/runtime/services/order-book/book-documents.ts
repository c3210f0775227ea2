import { scaledText } from '../../../base/scaled-integer.js'
import type { DocumentOf } from '../../../core/grid/document.js'
import { ORDER_BOOK, ORDER_BOOK_FEATURES, ORDER_BOOK_SHARD } from '../../../core/grid/order-book-documents.js'
import type { AssetFeatures } from '../../../core/orderbook/asset-features.js'
import type { BookSide } from '../../../core/orderbook/book-side.js'
import type { Book } from '../../../core/orderbook/depth-book.js'
import type { MarketBar } from '../../../core/orderbook/market-features.js'
import type { Figures } from '../../../core/orderbook/sample.js'

/** The features of a bar by the names of the documents; what cannot be told is absent. */
export function featuresOf(features: AssetFeatures): BookFeatureValues {
  return {
    ...(features.imbalanceMa5 !== undefined && { imbalance_ma5: features.imbalanceMa5 }),
    ...(features.imbalancePersistence !== undefined && { imbalance_persistence: features.imbalancePersistence }),
    ...(features.withdrawalVelocity !== undefined && { withdrawal_velocity: features.withdrawalVelocity }),
    ...(features.depthQuality !== undefined && { depth_quality: features.depthQuality }),
    ...(features.fillProbability !== undefined && { fill_probability: features.fillProbability }),
    ...(features.fillQuality !== undefined && { fill_quality: features.fillQuality }),
  }
}

export type BookFeatureValues = DocumentOf<typeof ORDER_BOOK_FEATURES>['assets'][string]

/** `obf_features_latest`. An asset without a feature is there, with none: what was known of it before is not known any more. */
export function featuresText(
  { endMs, books, assets, macro }: MarketBar,
  { stepMs, pushedMs }: { readonly stepMs: number; readonly pushedMs: number },
): string {
  return ORDER_BOOK_FEATURES.write({
    _pushed_at: pushedMs / 1_000,
    bar_ts: endMs / 1_000,
    step_ms: stepMs,
    books,
    assets: Object.fromEntries(assets.map(({ symbol, features }) => [symbol, featuresOf(features)])),
    macro: {
      cascade_count: macro.cascadeCount,
      stress_share: macro.stressShare,
      regime_signal: macro.regimeSignal as -1 | 0 | 1,
    },
  })
}

/** What a shard says of a symbol beside its latest sample: of its last closed bar. */
export interface ClosedFeatures {
  readonly endMs: number
  readonly features: BookFeatureValues
  readonly regimeSignal: number
}

/** A symbol's value in its shard. */
export function shardText(sample: Figures, sampleMs: number, closed: ClosedFeatures | undefined): string {
  return ORDER_BOOK_SHARD.write({
    imbalance: sample.imbalance,
    sample_ts: sampleMs / 1_000,
    mid: sample.mid,
    spread_bps: sample.spreadBps,
    bid_usd: sample.bidUsd,
    ask_usd: sample.askUsd,
    depth_usd: sample.depthUsd,
    pressure_ratio: sample.pressureRatio,
    weighted_mid: sample.weightedMid,
    ...(closed && {
      bar_ts: closed.endMs / 1_000,
      ...closed.features,
      regime_signal: closed.regimeSignal as -1 | 0 | 1,
    }),
  })
}

/** Levels of each side that a raw book shows. */
const RAW_LEVELS = 20

/** The best levels of a book that is live with both sides. */
export function rawBookText(symbol: string, book: Book, atMs: number): string {
  const { bids, asks, priceDecimals, updateId } = book
  return ORDER_BOOK.write({
    ts: atMs / 1_000,
    symbol,
    ...(updateId !== undefined && { last_update_id: updateId }),
    mid: (bids.bestTicks + asks.bestTicks) / 2 / 10 ** priceDecimals,
    bids: levelsOf(bids, book),
    asks: levelsOf(asks, book),
  })
}

function levelsOf(side: BookSide, { priceDecimals, quantityDecimals }: Book): string[][] {
  return side
    .best(RAW_LEVELS)
    .map(([ticks, lots]) => [scaledText(ticks, priceDecimals), scaledText(lots, quantityDecimals)])
}
