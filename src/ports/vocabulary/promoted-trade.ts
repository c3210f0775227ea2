import type { OrderSide } from '../../base/direction.js'

/** A trade that was far larger than those of the seconds before it; `seq` is its number among all accepted events. */
export interface PromotedTrade {
  /** From 1. */
  readonly seq: number
  readonly symbol: string
  readonly tsMs: number
  /** Quote currency per base unit. */
  readonly price: number
  /** Quote currency. */
  readonly quoteQty: number
  readonly side: OrderSide
  /** How many standard deviations above the mean. */
  readonly sigmaDistance: number
}
