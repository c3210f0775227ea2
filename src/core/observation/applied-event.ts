import type { OrderSide } from '../../base/direction.js'
import type { ObservationKind } from '../../ports/vocabulary/observation-events.js'

/**
 * An event as it is applied, in the one order in which events are: the same object every time, which whoever listens reads within
 * the call and never keeps. A number that the kind has not is NaN.
 */
export interface AppliedEvent {
  readonly kind: ObservationKind
  readonly symbol: string
  /** Its place among the configured symbols, by code unit. */
  readonly symbolIndex: number
  readonly tsMs: number
  /** Its number among all accepted events, from 1. */
  readonly seq: number
  /** Of TRADE and LIQUIDATION. */
  readonly price: number
  /** Base units. */
  readonly baseQty: number
  readonly side: OrderSide | undefined
  /** Of MARK_PRICE. */
  readonly markPrice: number
  /** Of one settlement, a fraction of the position. */
  readonly fundingRate: number
  /** Of OPEN_INTEREST, base units. */
  readonly openInterest: number
  /** Of KLINE, closed ones alone. */
  readonly interval: string | undefined
  readonly openMs: number
  /** Quote currency per base unit. */
  readonly high: number
  /** Quote currency per base unit. */
  readonly low: number
  /** Quote currency per base unit. */
  readonly close: number
}

/** Is told each event when it is applied, then each advance once everything due is. */
export interface AppliedListener {
  applied(event: AppliedEvent): void
  advanced(tMs: number): void
}
