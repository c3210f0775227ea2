import type { MarketEvent } from '../../ports/played-market.js'
import type { Floor } from '../floor.js'
import type { MarketData } from '../market/market-data.js'
import type { SymbolMarket } from '../market/symbol-market.js'

/** One stream while somebody hears it: what happens in its market, and when it is told. */
export interface Channel {
  /** Something has happened in the market of a symbol; the market data have it. */
  market(event: MarketEvent, symbol: SymbolMarket): void
  publish(payload: object): void
  /** Nobody hears it any more. */
  end(): void
}

export interface ChannelParts {
  readonly floor: Floor
  readonly data: MarketData
  /** To everybody who hears it, at once. */
  publish(payload: object): void
}

/** When the next multiple of `everyMs` is. */
export function nextBeat(nowMs: number, everyMs: number): number {
  return (Math.floor(nowMs / everyMs) + 1) * everyMs
}
