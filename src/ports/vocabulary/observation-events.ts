import type { OrderSide } from '../../base/direction.js'

/**
 * What observers of a market are told, venue's letters translated. Times are UTC ms of the exchange, prices quote currency per
 * base unit, `baseQty` base units, `…Usd` quote notional. Source: module contracts, layer 1; spec, "M1 ingestion".
 */
export type ObservationEvent =
  | ObservedTrade
  | ObservedLiquidation
  | ObservedDepthTop
  | ObservedMarkPrice
  | ObservedFunding
  | ObservedOpenInterest
  | ObservedKline
  | ObservedPosition

export type ObservationKind = ObservationEvent['kind']

interface Observed<Kind extends string> {
  readonly kind: Kind
  readonly symbol: string
  readonly tsMs: number
}

export interface ObservedTrade extends Observed<'TRADE'> {
  /** Quote currency per base unit. */
  readonly price: number
  /** Base units. */
  readonly baseQty: number
  /** The taker's. */
  readonly side: OrderSide
  /** The venue's number of it, by which one that comes twice is known. */
  readonly venueId?: number
}

export interface ObservedLiquidation extends Observed<'LIQUIDATION'> {
  /** Average price of what was filled. */
  readonly price: number
  /** Base units. */
  readonly baseQty: number
  /** Of the forced order: SELL closes somebody's long position. */
  readonly side: OrderSide
  /** At which it was ordered; quote currency per base unit. */
  readonly orderPrice?: number
}

/** The five best levels of a book, summed, base units; of a stream whose number of levels never changes. */
export interface ObservedDepthTop extends Observed<'DEPTH_TOP'> {
  /** Base units. */
  readonly bidSize: number
  /** Base units. */
  readonly askSize: number
  /** Quote currency per base unit. */
  readonly bestBid?: number
  /** Quote currency per base unit. */
  readonly bestAsk?: number
}

export interface ObservedMarkPrice extends Observed<'MARK_PRICE'> {
  /** Quote currency per base unit. */
  readonly markPrice: number
  /** Quote currency per base unit. */
  readonly indexPrice?: number
  /** Running estimate of the rate that settles next. */
  readonly fundingRate?: number
  readonly nextFundingMs?: number
}

/** A rate that was settled. */
export interface ObservedFunding extends Observed<'FUNDING'> {
  /** A fraction of the position. */
  readonly rate: number
}

export interface ObservedOpenInterest extends Observed<'OPEN_INTEREST'> {
  /** Base units. */
  readonly openInterest: number
  readonly openInterestUsd?: number
}

export interface ObservedKline extends Observed<'KLINE'> {
  /** As the venue names it: `5m`, `30m`. */
  readonly interval: string
  readonly openMs: number
  readonly closeMs: number
  /** Quote currency per base unit. */
  readonly open: number
  /** Quote currency per base unit. */
  readonly high: number
  /** Quote currency per base unit. */
  readonly low: number
  /** Quote currency per base unit. */
  readonly close: number
  /** Base units. */
  readonly baseVolume: number
  /** Only closed ones are used. */
  readonly closed: boolean
}

/** A position that its venue publishes; size 0: it is closed. */
export interface ObservedPosition extends Observed<'POSITION'> {
  readonly account: string
  /** Base units, signed. */
  readonly positionSize: number
  readonly positionValueUsd: number
  /** Value of the position by its margin. */
  readonly leverage: number
  /** Quote currency per base unit. */
  readonly entryPrice?: number
  /** Quote currency per base unit. */
  readonly liquidationPrice?: number
}

/** In the order in which they are looked for. */
export type IngestRefusal =
  | 'SYSTEM_FAILED'
  | 'UNKNOWN_KIND'
  | 'SYMBOL_NOT_ALLOWED'
  | 'TIME_NOT_SET'
  | 'MALFORMED'
  | 'NON_FINITE'
  | 'NON_POSITIVE_PRICE'
  | 'NON_POSITIVE_QTY'
  | 'TOO_OLD'
  | 'TOO_FAR_AHEAD'
  | 'DUPLICATE'
  | 'QUEUE_FULL'

/** A refusal is a value: a bad message of a venue does not kill the observer. */
export type IngestAnswer =
  /** `seq`: its number among all that were accepted, from 1. */
  { readonly accepted: true; readonly seq: number } | { readonly accepted: false; readonly reason: IngestRefusal }
