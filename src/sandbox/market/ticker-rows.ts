import { INDEX_SHARE, SETTLE_SHARE } from './exchange-words.js'
import type { MarketData } from './market-data.js'
import { padded } from './plain-decimals.js'
import type { SymbolMarket } from './symbol-market.js'

/** Rows of answers about the prices of symbols that have a quote. */

export function premiumIndexRow(symbol: SymbolMarket, { floor, funding }: MarketData): object {
  const { exchangeMs } = floor.clock
  const mark = Number(symbol.quote!.mark)
  return {
    symbol: symbol.symbol,
    markPrice: mark.toFixed(8),
    indexPrice: (mark * INDEX_SHARE).toFixed(8),
    estimatedSettlePrice: (mark * SETTLE_SHARE).toFixed(8),
    lastFundingRate: funding.rateAt(symbol.symbol, exchangeMs),
    interestRate: '0.00010000',
    nextFundingTime: funding.nextMs(exchangeMs),
    time: exchangeMs,
  }
}

export function dayTickerRow(symbol: SymbolMarket, data: MarketData): object {
  const { exchangeMs } = data.floor.clock
  const { open, high, low, volume } = data.daySummary(symbol)
  const last = symbol.lastPrice!
  const { id = 1, quantity = '0' } = symbol.lastTrade ?? {}
  const price = (value: number): string => value.toFixed(symbol.priceDecimals)
  return {
    symbol: symbol.symbol,
    priceChange: price(last - open),
    priceChangePercent: ((last / open - 1) * 100).toFixed(3),
    weightedAvgPrice: price((last + open) / 2),
    lastPrice: price(last),
    lastQty: quantity,
    openPrice: price(open),
    highPrice: price(Math.max(high, last)),
    lowPrice: price(Math.min(low, last)),
    volume: volume.toFixed(symbol.quantityDecimals),
    quoteVolume: (volume * last).toFixed(2),
    openTime: exchangeMs - 86_400_000,
    closeTime: exchangeMs,
    firstId: Math.max(1, id - 100_000),
    lastId: id,
    count: Math.min(id, 100_001),
  }
}

export function priceRow(symbol: SymbolMarket, { floor }: MarketData): object {
  return { symbol: symbol.symbol, price: symbol.lastPrice!.toFixed(symbol.priceDecimals), time: floor.clock.exchangeMs }
}

export function bookTickerRow({ symbol, quote, updateId, ...market }: SymbolMarket): object {
  return {
    symbol,
    bidPrice: padded(quote!.bid, market.priceDecimals),
    bidQty: padded(quote!.bidQuantity, market.quantityDecimals),
    askPrice: padded(quote!.ask, market.priceDecimals),
    askQty: padded(quote!.askQuantity, market.quantityDecimals),
    time: market.changedMs,
    lastUpdateId: updateId,
  }
}
