import type { DecimalText } from '../../base/exact.js'
import type { OrderWanted, SandboxOrder } from './order.js'

/** A conditional order as somebody wants it. Source: notes on Binance, 1.5. */
export interface AlgoWanted {
  readonly clientAlgoId: string
  readonly symbol: string
  readonly side: OrderWanted['side']
  readonly type: AlgoType
  readonly timeInForce: string
  /** Base units; "0" of an order that closes whatever is held. */
  readonly quantity: DecimalText
  /** USD; of STOP and TAKE_PROFIT. */
  readonly price: DecimalText | undefined
  /** USD; of all but trailing stops. */
  readonly triggerPrice: DecimalText | undefined
  readonly workingType: 'MARK_PRICE' | 'CONTRACT_PRICE'
  readonly priceProtect: boolean
  readonly reduceOnly: boolean
  readonly closePosition: boolean
  readonly positionSide: OrderWanted['positionSide']
  readonly selfTradePreventionMode: OrderWanted['selfTradePreventionMode']
  readonly priceMatch: string
  readonly goodTillDate: number
  /** Of trailing stops: USD, and per cent. */
  readonly activatePrice: DecimalText | undefined
  readonly callbackRate: DecimalText | undefined
}

export type AlgoType = 'STOP_MARKET' | 'TAKE_PROFIT_MARKET' | 'STOP' | 'TAKE_PROFIT' | 'TRAILING_STOP_MARKET'

/**
 * NEW waits; TRIGGERING is on its way to the engine; TRIGGERED is an order there; FINISHED: that order is over. EXPIRED: the
 * exchange gave it up; REJECTED: the engine refused it.
 */
export type AlgoStatus = 'NEW' | 'TRIGGERING' | 'TRIGGERED' | 'FINISHED' | 'CANCELED' | 'EXPIRED' | 'REJECTED'

export interface AlgoOrder extends AlgoWanted {
  readonly algoId: number
  status: AlgoStatus
  readonly createdAtMs: number
  updatedAtMs: number
  /** 0: not yet. */
  triggeredAtMs: number
  /** Whoever runs the exchange, UTC ms: before it, nobody who asks for it finds it. */
  readonly foundFromMs: number
  /** It will never leave TRIGGERING. */
  isStuck: boolean
  rejectReason: string
  /** The order in the engine. */
  actualOrderId: number | undefined
  child: SandboxOrder | undefined
  /** Trailing stops: do they follow yet, and the best price since. */
  isActive: boolean
  extreme: number
}

export function takesAtMarket(type: AlgoType): boolean {
  return type === 'STOP_MARKET' || type === 'TAKE_PROFIT_MARKET' || type === 'TRAILING_STOP_MARKET'
}

/** The order that it becomes, for so much. It keeps the client's name and has another number. */
export function childOf(algo: AlgoWanted, quantity: DecimalText): OrderWanted {
  const isMarket = takesAtMarket(algo.type)
  const { timeInForce } = algo
  return {
    clientOrderId: algo.clientAlgoId,
    symbol: algo.symbol,
    side: algo.side,
    type: isMarket ? 'MARKET' : 'LIMIT',
    timeInForce: isMarket || timeInForce === 'GTE_GTC' ? 'GTC' : (timeInForce as OrderWanted['timeInForce']),
    price: isMarket ? undefined : algo.price,
    quantity,
    reduceOnly: algo.reduceOnly || algo.closePosition,
    closePosition: algo.closePosition,
    positionSide: algo.positionSide,
    selfTradePreventionMode: algo.selfTradePreventionMode,
    priceMatch: algo.priceMatch,
    goodTillDate: algo.goodTillDate,
  }
}
