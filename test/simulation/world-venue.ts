import type { DecimalText } from '../../src/base/exact.js'
import type { OrderPlaced } from '../../src/core/execution/records.js'
import type { Quote, Venue, VenueEvent, VenueSnapshot } from '../../src/ports/venue.js'
import type { Instrument } from '../../src/ports/vocabulary/instrument.js'
import type { OrderSide, OrderStatus } from '../../src/ports/vocabulary/orders.js'

/** An account at an exchange in the simulated world: what the execution side has of it, and what the world does to it. */
export interface WorldVenue extends Venue {
  /** A process of the execution side connects, which has found these orders in its journal. */
  processStarted(recorded: readonly OrderPlaced[]): void
  /** It is gone, and what it had under way with it. */
  processStopped(): void
  setConnected(connected: boolean): void
  market(quote: Quote): void
  funding(symbol: string, rate: DecimalText): void
  /** New rules, or another status. */
  instrument(instrument: Instrument): void
  /** Someone else trades in the account. */
  foreign(order: ForeignOrder): void
  truth(): ExchangeTruth
  /** Money leaves the account, or comes. */
  deposit(usd: DecimalText): void
}

export interface ForeignOrder {
  readonly symbol: string
  readonly side: OrderSide
  /** Base units. */
  readonly quantity: DecimalText
  /** USD; absent: at the market. */
  readonly price?: DecimalText
}

/** The account as the exchange has it, whatever anybody was told. */
export interface ExchangeTruth {
  readonly walletUsd: DecimalText
  /** USD received since the account began. */
  readonly fundingUsd: DecimalText
  /** Signed base units by symbol; those that are not flat. */
  readonly positions: Readonly<Record<string, DecimalText>>
  /** Every order that was accepted, in order of acceptance. */
  readonly orders: readonly OrderTruth[]
}

export interface OrderTruth {
  readonly clientOrderId: string
  readonly status: OrderStatus
  /** Base units: ordered, and filled so far. */
  readonly quantity: DecimalText
  readonly filledQuantity: DecimalText
}

/** Who hears what the exchange says, whatever reaches the execution side. */
export interface VenueListeners {
  /** Everything, as it is said. */
  said(event: VenueEvent): void
  /** The account as a snapshot is about to tell it, and how long ago that was asked for. */
  stated(account: VenueSnapshot['account'], tookMs: number): void
}
