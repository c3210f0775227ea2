import type { FollowedMarket } from '../../../ports/market-data.js'
import {
  ALL_FORCE_ORDERS,
  ALL_MARK_PRICES,
  aggTradeStream,
  CONTRACT_INFO,
  depthStream,
  forceOrderStream,
  markPriceStream,
} from '../streams/stream-names.js'

/** What a stream tells of. Without a symbol: of all of them. */
export type StreamTells =
  | { readonly of: 'depth'; readonly symbol: string }
  | { readonly of: 'trade'; readonly symbol: string }
  | { readonly of: 'liquidation' | 'mark'; readonly symbol: string | undefined }
  | { readonly of: 'contractInfo' }

/** From so many symbols on the streams of the whole market are followed instead of one for each. */
const WHOLE_MARKET_FROM = 6

/** The streams that a wish comes to, by name; news of contracts always among them. */
export function followedStreams(wish: FollowedMarket | undefined): ReadonlyMap<string, StreamTells> {
  const streams = new Map<string, StreamTells>()
  if (wish !== undefined) {
    const { symbols, books } = wish
    const options = books.kind === 'partial' ? { levels: books.levels, everyMs: books.everyMs } : books
    for (const symbol of symbols) streams.set(depthStream(symbol, options), { of: 'depth', symbol })
    const isWhole = symbols.length >= WHOLE_MARKET_FROM
    const follow = (of: 'liquidation' | 'mark', ofAll: string, ofOne: (symbol: string) => string): void => {
      if (isWhole) streams.set(ofAll, { of, symbol: undefined })
      else for (const symbol of symbols) streams.set(ofOne(symbol), { of, symbol })
    }
    if (wish.trades) for (const symbol of symbols) streams.set(aggTradeStream(symbol), { of: 'trade', symbol })
    if (wish.liquidations) follow('liquidation', ALL_FORCE_ORDERS, forceOrderStream)
    if (wish.marks) follow('mark', ALL_MARK_PRICES, markPriceStream)
  }
  streams.set(CONTRACT_INFO, { of: 'contractInfo' })
  return streams
}
