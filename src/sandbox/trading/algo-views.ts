import type { UserEvent } from '../floor.js'
import { type AlgoOrder, takesAtMarket } from './algo-order.js'
import { averageOf } from './order-views.js'

/** An acknowledgement of an algo order. In answers its type is called `orderType`. */
export function algoAcknowledgement(algo: AlgoOrder): object {
  return {
    ...commonOf(algo),
    activatePrice: algo.activatePrice ?? '',
    callbackRate: algo.callbackRate ?? '',
    ...timesOf(algo),
  }
}

/** What a question about one is answered with. */
export function algoView(algo: AlgoOrder): object {
  return {
    ...algoRow(algo),
    actualQty: algo.child?.executed.toFixed() ?? '',
    actualType: actualTypeOf(algo),
  }
}

/** One of a list of them. */
export function algoRow(algo: AlgoOrder): object {
  return {
    ...commonOf(algo),
    actualOrderId: algo.actualOrderId === undefined ? '' : String(algo.actualOrderId),
    actualPrice: actualPriceOf(algo),
    tpTriggerPrice: '0.000',
    tpPrice: '0.000',
    slTriggerPrice: '0.000',
    slPrice: '0.000',
    tpOrderType: '',
    ...timesOf(algo),
  }
}

/** Fields: notes on Binance, 2.5. What the order in the engine is, is there once there is one. */
export function algoUpdate(algo: AlgoOrder, atMs: number): UserEvent {
  const isInEngine = algo.actualOrderId !== undefined
  return {
    e: 'ALGO_UPDATE',
    T: atMs,
    E: atMs,
    o: {
      caid: algo.clientAlgoId,
      aid: algo.algoId,
      at: 'CONDITIONAL',
      o: algo.type,
      s: algo.symbol,
      S: algo.side,
      ps: algo.positionSide,
      f: algo.timeInForce,
      q: algo.quantity,
      X: algo.status,
      ai: isInEngine ? String(algo.actualOrderId) : '',
      ...(isInEngine && {
        ap: actualPriceOf(algo),
        aq: algo.child?.executed.toFixed() ?? '0',
        act: actualTypeOf(algo),
      }),
      tp: algo.triggerPrice ?? '0',
      p: algo.price ?? '0',
      V: algo.selfTradePreventionMode,
      wt: algo.workingType,
      pm: algo.priceMatch,
      cp: algo.closePosition,
      pP: algo.priceProtect,
      R: algo.reduceOnly || algo.closePosition,
      tt: algo.triggeredAtMs,
      gtd: algo.goodTillDate,
      ...(algo.rejectReason !== '' && { rm: algo.rejectReason }),
      ...(algo.type === 'TRAILING_STOP_MARKET' && { cr: algo.callbackRate, ia: algo.isActive }),
    },
  }
}

function commonOf(algo: AlgoOrder): object {
  return {
    algoId: algo.algoId,
    clientAlgoId: algo.clientAlgoId,
    algoType: 'CONDITIONAL',
    orderType: algo.type,
    symbol: algo.symbol,
    side: algo.side,
    positionSide: algo.positionSide,
    timeInForce: algo.timeInForce,
    quantity: algo.quantity,
    algoStatus: algo.status,
    triggerPrice: algo.triggerPrice ?? '0',
    price: algo.price ?? '0',
    icebergQuantity: null,
    selfTradePreventionMode: algo.selfTradePreventionMode,
    workingType: algo.workingType,
    priceMatch: algo.priceMatch,
    closePosition: algo.closePosition,
    priceProtect: algo.priceProtect,
    reduceOnly: algo.reduceOnly || algo.closePosition,
  }
}

function timesOf({ createdAtMs, updatedAtMs, triggeredAtMs, goodTillDate }: AlgoOrder): object {
  return { createTime: createdAtMs, updateTime: updatedAtMs, triggerTime: triggeredAtMs, goodTillDate }
}

function actualPriceOf({ child }: AlgoOrder): string {
  return (child && averageOf(child)) ?? '0.00000'
}

function actualTypeOf({ type }: AlgoOrder): string {
  return takesAtMarket(type) ? 'MARKET' : 'LIMIT'
}
