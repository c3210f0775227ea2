import type { LiquidationEvent, MarkEvent, MarketDataEvent, TradeEvent } from '../../../ports/market-data.js'
import type { DepthFrame } from '../../../ports/vocabulary/depth.js'
import { isCount, isForeign, isPayload, type Reading, type UnknownWords } from '../streams/payload.js'
import { readMarkPrice } from '../streams/quote-payloads.js'
import { readAggregateTrade, readForceOrder } from '../streams/trade-payloads.js'

export type DepthEvent = Extract<MarketDataEvent, { readonly kind: 'depth' }>

/**
 * A frame of the book of `symbol`, handed on as it was parsed. Its levels are for the book to read, which has to look at each of
 * them anyway: what is wrong with one makes the book's frame malformed there.
 */
export function readDepth(data: unknown, symbol: string, receivedMs: number): Reading<DepthEvent> {
  if (!isPayload(data)) return 'malformed'
  if (isForeign(data)) return 'foreign'
  const { s, U, u, pu, b, a, E } = data
  if (s !== symbol || !isCount(E) || !Array.isArray(b) || !Array.isArray(a)) return 'malformed'
  if (!isCount(U) || !isCount(u) || !Number.isSafeInteger(pu)) return 'malformed'
  return { kind: 'depth', symbol, eventMs: E, receivedMs, frame: data as unknown as DepthFrame }
}

/** A liquidation, of any symbol margined in USD. */
export function readLiquidation(data: unknown, words: UnknownWords, receivedMs: number): Reading<LiquidationEvent> {
  const order = readForceOrder(data, words)
  if (typeof order === 'string') return order
  const price = Number(order.averagePrice)
  const orderPrice = Number(order.orderPrice)
  const baseQuantity = Number(order.filledQuantity)
  const orderBaseQuantity = Number(order.quantity)
  if (!isAmount(orderBaseQuantity) || !isAmount(price) || !isAmount(orderPrice) || !isAmount(baseQuantity))
    return 'malformed'
  const { symbol, side, tradeMs } = order
  const amounts = { price, orderPrice, baseQuantity, orderBaseQuantity }
  return { kind: 'liquidation', symbol, side, ...amounts, atMs: tradeMs, receivedMs }
}

/** The mark price of any symbol margined in USD. */
export function readMark(data: unknown, receivedMs: number): Reading<MarkEvent> {
  const told = readMarkPrice(data)
  if (typeof told === 'string') return told
  const mark = Number(told.mark)
  const index = told.index === null ? null : Number(told.index)
  const rate = told.fundingRate === null ? null : Number(told.fundingRate)
  if (!isAmount(mark) || mark === 0 || !isAmount(index ?? 0) || !Number.isFinite(rate ?? 0)) return 'malformed'
  const { symbol, nextFundingMs, eventMs } = told
  // A contract without funding has a rate of 0 and no time at which it settles.
  const fundingRate = nextFundingMs === null ? null : rate
  return { kind: 'mark', symbol, mark, index, fundingRate, nextFundingMs, atMs: eventMs, receivedMs }
}

/** A trade, of any symbol margined in USD. */
export function readTrade(data: unknown, receivedMs: number): Reading<TradeEvent> {
  const trade = readAggregateTrade(data)
  if (typeof trade === 'string') return trade
  const price = Number(trade.price)
  const baseQuantity = Number(trade.quantity)
  if (!isAmount(price) || !isAmount(baseQuantity) || price === 0 || baseQuantity === 0) return 'malformed'
  const { symbol, aggressor: side, aggregateId: venueId, tradeMs: atMs } = trade
  return { kind: 'trade', symbol, price, baseQuantity, side, venueId, atMs, receivedMs }
}

/** As the REST API tells it, which leaves out what was asked for. */
export function readTradeRow(row: unknown, symbol: string, receivedMs: number): Reading<TradeEvent> {
  return isPayload(row) ? readTrade({ ...row, s: symbol, E: row.T }, receivedMs) : 'malformed'
}

/** USD or base units; digits enough make a decimal infinite. */
function isAmount(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY
}
