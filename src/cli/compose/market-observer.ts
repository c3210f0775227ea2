import { MarketObserver } from '../../core/analysis/market-observer.js'
import type { BookKind } from '../../core/orderbook/market-features.js'
import type { Observer } from '../../runtime/services/observation/observer.js'

/** Who observes some symbols of a market, whose depth frames are changes or best levels whole. */
export function marketObserver(of: { readonly symbols: readonly string[]; readonly books: BookKind }): Observer {
  return new MarketObserver(of)
}
