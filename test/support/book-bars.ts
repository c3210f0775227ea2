import { NO_FEATURES } from '../../src/core/orderbook/asset-features.js'
import type { AssetBar, MarketBar } from '../../src/core/orderbook/market-features.js'
import type { AssetBook, BookMacro } from '../../src/ports/order-book.js'

/** Whether nothing is known of an asset's book, its book but not yet its row, or its row. */
export type Known = 'dark' | 'no row' | AssetBook

export const DEEP_ROW: AssetBook = {
  imbalanceMa5: -0.2,
  persistence: 0.9,
  withdrawalVelocity: 0.05,
  depthQuality: 1.1,
  fillProbability: 0.6,
}

/** A closed bar of a market's books. */
export function bookBar(endMs: number, assets: Readonly<Record<string, Known>>, macro: BookMacro = CALM): MarketBar {
  return {
    endMs,
    assets: Object.entries(assets).map(([symbol, known]) => assetBar(symbol, known)),
    macro: { ...macro, stressShare: 0 },
    books: 'diffs',
  }
}

const CALM: BookMacro = { cascadeCount: 0, regimeSignal: 0 }

const VALUE: NonNullable<AssetBar['value']> = {
  ...{ mid: 100, spreadBps: 1, bidUsd: 1_000, askUsd: 1_000, imbalance: 0 },
  ...{ depthUsd: 10_000, pressureRatio: 1, weightedMid: 100 },
  fills: undefined,
}

function assetBar(symbol: string, known: Known): AssetBar {
  if (known === 'dark') return { symbol, value: undefined, features: NO_FEATURES }
  if (known === 'no row') return { symbol, value: VALUE, features: NO_FEATURES }
  const { persistence: imbalancePersistence, ...row } = known
  return { symbol, value: VALUE, features: { ...NO_FEATURES, ...row, imbalancePersistence } }
}
