import type { MarketData, MarketDataEvent } from '../../../ports/market-data.js'

/** A market whose events somebody else hears first. */
export function heardBy(market: MarketData, hear: (event: MarketDataEvent) => void): MarketData {
  return {
    listen: (listener) =>
      market.listen((event) => {
        hear(event)
        listener(event)
      }),
    follow: (wish) => market.follow(wish),
    askSnapshot: (request) => market.askSnapshot(request),
    askKlines: (asked) => market.askKlines(asked),
    exchangeMs: () => market.exchangeMs(),
    health: () => market.health(),
    close: () => market.close(),
  }
}
