import { averagePrice } from '../../adapters/paper/order.js'
import type { DecimalText } from '../../base/exact.js'
import type { SandboxOrder, Trade } from './order.js'

/**
 * An acknowledgement. It has neither `avgPrice` nor `cumQuote` since 2026-07-15 (notes on Binance, 0.2).
 * `asAccepted`: as it was before anything of it filled.
 */
export function acknowledgement(order: SandboxOrder, asAccepted: boolean): object {
  const executed = asAccepted ? '0' : order.executed.toFixed()
  return {
    clientOrderId: order.clientOrderId,
    cumQty: executed,
    executedQty: executed,
    orderId: order.orderId,
    origQty: order.quantity,
    price: order.price,
    reduceOnly: order.reduceOnly,
    side: order.side,
    positionSide: order.positionSide,
    status: asAccepted ? 'NEW' : order.status,
    stopPrice: '0',
    closePosition: order.closePosition,
    symbol: order.symbol,
    timeInForce: order.timeInForce,
    type: order.type,
    origType: order.type,
    updateTime: order.updatedAtMs,
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    priceMatch: order.priceMatch,
    selfTradePreventionMode: order.selfTradePreventionMode,
    goodTillDate: order.goodTillDate,
  }
}

/** Of a modification: with the number of it, and the pair. */
export function amendment(order: SandboxOrder): object {
  return { ...acknowledgement(order, false), pair: order.symbol, modifyId: order.modifications }
}

/** What a question about an order is answered with. */
export function orderView(order: SandboxOrder): object {
  return {
    avgPrice: averageOf(order) ?? '0.00000',
    clientOrderId: order.clientOrderId,
    cumQuote: order.quoteUsd.toFixed(),
    executedQty: order.executed.toFixed(),
    orderId: order.orderId,
    origQty: order.quantity,
    origType: order.type,
    price: order.price,
    reduceOnly: order.reduceOnly,
    side: order.side,
    positionSide: order.positionSide,
    status: order.status,
    stopPrice: '0',
    closePosition: order.closePosition,
    symbol: order.symbol,
    time: order.createdAtMs,
    timeInForce: order.timeInForce,
    type: order.type,
    updateTime: order.updatedAtMs,
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    priceMatch: order.priceMatch,
    selfTradePreventionMode: order.selfTradePreventionMode,
    goodTillDate: order.goodTillDate,
  }
}

export function tradeView({
  tradeId,
  order,
  price,
  quantity,
  feeUsd,
  maker,
  realisedUsd,
  quoteUsd,
  atMs,
}: TradeShown): object {
  return {
    buyer: order.side === 'BUY',
    commission: feeUsd,
    commissionAsset: 'USDT',
    id: tradeId,
    maker,
    orderId: order.orderId,
    price,
    qty: quantity,
    quoteQty: quoteUsd,
    realizedPnl: realisedUsd,
    side: order.side,
    positionSide: order.positionSide,
    symbol: order.symbol,
    time: atMs,
  }
}

export interface TradeShown extends Trade {
  readonly quoteUsd: DecimalText
}

/** USD; undefined until something has filled. */
export function averageOf({ executed, quoteUsd }: SandboxOrder): DecimalText | undefined {
  return executed.isZero() ? undefined : averagePrice(quoteUsd, executed)
}

/** Of an order that the exchange made to close a position. */
export function forcedView(order: SandboxOrder): object {
  const { avgPrice, clientOrderId, cumQuote, executedQty, orderId, origQty, origType, price, reduceOnly } = orderView(
    order,
  ) as Record<string, unknown>
  return {
    orderId,
    symbol: order.symbol,
    status: order.status,
    clientOrderId,
    price,
    avgPrice,
    origQty,
    executedQty,
    cumQuote,
    timeInForce: order.timeInForce,
    type: order.type,
    reduceOnly,
    closePosition: false,
    side: order.side,
    positionSide: order.positionSide,
    stopPrice: '0',
    workingType: 'CONTRACT_PRICE',
    origType,
    time: order.createdAtMs,
    updateTime: order.updatedAtMs,
  }
}
