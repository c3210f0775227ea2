import type { Exact } from './exact.js'

/** Trading direction: −1 is SHORT (the champion), +1 is LONG. */
export type Direction = -1 | 1

/** A direction as it stands in session logs, /status and texts. */
export type TradeDirection = 'LONG' | 'SHORT'

/** Side of an order, a fill or a market print. */
export type OrderSide = 'BUY' | 'SELL'

export function directionName(direction: Direction): TradeDirection {
  return direction === 1 ? 'LONG' : 'SHORT'
}

export function directionSign(name: TradeDirection): Direction {
  return name === 'LONG' ? 1 : -1
}

/** The side of the orders that open a position of this direction. */
export function openingSide(direction: Direction): OrderSide {
  return direction === 1 ? 'BUY' : 'SELL'
}

/** The direction of a position that orders of this side open. */
export function openedDirection(side: OrderSide): Direction {
  return side === 'BUY' ? 1 : -1
}

export function oppositeSide(side: OrderSide): OrderSide {
  return side === 'BUY' ? 'SELL' : 'BUY'
}

/** What an execution of a quantity adds to a position, signed: positive is LONG. */
export function signedBy(side: OrderSide, quantity: Exact): Exact {
  return side === 'BUY' ? quantity : quantity.negated()
}
