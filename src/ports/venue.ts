import type { DecimalText } from '../base/exact.js'
import type { VenueTradeId } from './vocabulary/ids.js'
import type { Instrument } from './vocabulary/instrument.js'
import type { Fill, OrderReport, OrderRequest } from './vocabulary/orders.js'

/** A request to the venue. `requestId` is the caller's and comes back in the answer. */
export type VenueRequest =
  /** Refused by the venue (`REQUEST_EXPIRED`) when it arrives after `validUntilMs`: so "not found later" means never accepted. */
  | { readonly kind: 'submit'; readonly requestId: string; readonly order: OrderRequest; readonly validUntilMs: number }
  /** Answered `acknowledged` with the order as it is then (CANCELED, or as it had ended before), or `notFound`. */
  | { readonly kind: 'cancel'; readonly requestId: string; readonly symbol: string; readonly clientOrderId: string }
  | { readonly kind: 'query'; readonly requestId: string; readonly symbol: string; readonly clientOrderId: string }
  /** The account's whole truth, and every fill of `symbol` with a trade id above `fillsAfter`. */
  | {
      readonly kind: 'snapshot'
      readonly requestId: string
      readonly symbol: string
      readonly fillsAfter: VenueTradeId
    }

export type RejectCode =
  | 'UNKNOWN_SYMBOL'
  | 'NOT_TRADING'
  | 'BAD_PRECISION'
  | 'MIN_NOTIONAL'
  | 'LOT_SIZE'
  | 'PRICE_BAND'
  | 'REDUCE_ONLY'
  | 'INSUFFICIENT_MARGIN'
  | 'WOULD_TAKE'
  | 'WOULD_TRIGGER'
  | 'DUPLICATE_CLIENT_ORDER_ID'
  | 'REQUEST_EXPIRED'
  | 'RATE_LIMITED'
  | 'NO_LIQUIDITY'
  | 'INVALID'

/** Signed base units; entry price null when flat. Margins and PnL in USD. */
export interface VenuePosition {
  readonly symbol: string
  readonly quantity: DecimalText
  readonly entryPrice: DecimalText | null
  readonly markPrice: DecimalText
  readonly unrealizedPnlUsd: DecimalText
  readonly liquidationPrice: DecimalText | null
}

export interface VenueAccount {
  /** USD: deposits + realised PnL − fees + funding. */
  readonly walletBalanceUsd: DecimalText
  /** USD: wallet + unrealised PnL. */
  readonly equityUsd: DecimalText
  readonly availableMarginUsd: DecimalText
  /** USD received since the account began; negative was paid. */
  readonly fundingUsd: DecimalText
}

/** The venue's truth at one moment: nothing in it is older than `atMs`. */
export interface VenueSnapshot {
  readonly atMs: number
  readonly account: VenueAccount
  /** Those that are not flat, by symbol. */
  readonly positions: readonly VenuePosition[]
  readonly openOrders: readonly OrderReport[]
  /** Rising trade ids. */
  readonly fills: readonly Fill[]
  /** The highest trade id of the symbol so far; 0 when there is none. */
  readonly lastTradeId: VenueTradeId
}

/** Best bid and ask with displayed sizes (base units), and the mark price. USD. */
export interface Quote {
  readonly symbol: string
  readonly bid: DecimalText
  readonly bidQuantity: DecimalText
  readonly ask: DecimalText
  readonly askQuantity: DecimalText
  readonly mark: DecimalText
  /** The venue's time. */
  readonly timestampMs: number
}

/**
 * What a venue tells. Answers carry the request's id and come at most once each; stream events (`order`, `fill`,
 * `funding`, `quote`, `connection`, `instrument`) come unasked, may be delayed, repeated or lost while disconnected.
 */
export type VenueEvent =
  | { readonly kind: 'acknowledged'; readonly requestId: string; readonly report: OrderReport }
  | {
      readonly kind: 'rejected'
      readonly requestId: string
      readonly clientOrderId: string
      readonly code: RejectCode
      readonly message: string
    }
  /** Timed out or cut: it may or may not have been done. Query; never send it again. */
  | { readonly kind: 'unknown'; readonly requestId: string; readonly message: string }
  | { readonly kind: 'found'; readonly requestId: string; readonly report: OrderReport }
  | { readonly kind: 'notFound'; readonly requestId: string; readonly clientOrderId: string }
  | { readonly kind: 'snapshot'; readonly requestId: string; readonly snapshot: VenueSnapshot }
  | { readonly kind: 'order'; readonly report: OrderReport }
  | { readonly kind: 'fill'; readonly fill: Fill }
  | {
      readonly kind: 'funding'
      /** The venue's own, one for each settlement of a position. */
      readonly fundingId: number
      readonly symbol: string
      /** USD received; negative was paid. */
      readonly amountUsd: DecimalText
      readonly timestampMs: number
    }
  | { readonly kind: 'quote'; readonly quote: Quote }
  | { readonly kind: 'instrument'; readonly instrument: Instrument }
  | { readonly kind: 'connection'; readonly connected: boolean }

/**
 * An exchange account seen from the execution side: requests in, events out.
 *
 * - `send` never throws for what the venue or the network does; every submit, cancel, query and snapshot is answered by
 *   exactly one of its answers, `unknown` included, within the adapter's timeout.
 * - A client order id is accepted once, ever: a second submit of it is `rejected` with `DUPLICATE_CLIENT_ORDER_ID`.
 * - The adapter does not retry, does not change an order, and invents no fill.
 */
export interface Venue {
  send(request: VenueRequest): void
  /** One listener; events arrive in order, never during `send`. */
  listen(listener: (event: VenueEvent) => void): void
  close(): Promise<void>
}
