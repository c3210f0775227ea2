import type { DecimalText } from '../../../base/exact.js'
import type { VenueEvent, VenueRequest } from '../../../ports/venue.js'
import type { Instrument } from '../../../ports/vocabulary/instrument.js'
import type { OrderType } from '../../../ports/vocabulary/orders.js'
import type { Notice } from '../notice.js'

/** What a venue machine is asked, beside the wire's events and time. */
export type VenueInput =
  /** Begins the start-up; once. Requests may come before it is over: entries are refused until then. */
  { readonly kind: 'start' } | { readonly kind: 'request'; readonly request: VenueRequest }

/** What a venue machine tells beside its commands: what the port tells, what a person should know, and how the start-up ended. */
export type VenueTold = VenueEvent | Notice | StartedUp | StartRefused

/** The account is set up and listened to; entries are taken from now on. Comes once. */
export interface StartedUp {
  readonly kind: 'ready'
  /** Of the symbols that are traded, as the exchange states them. */
  readonly instruments: readonly Instrument[]
  /** USDT. */
  readonly walletBalanceUsd: DecimalText
}

/** The account or the key must not trade like this. Exits are taken, entries never. Comes instead of `ready`. */
export interface StartRefused {
  readonly kind: 'refused'
  readonly problems: readonly StartProblem[]
}

export interface StartProblem {
  /** `HEDGE_MODE`, `MULTI_ASSETS_MODE`, `FEE_BURN`, `WITHDRAWALS_ALLOWED`, `UNKNOWN_SYMBOL`, `ACCOUNT_UNREADABLE`, … */
  readonly code: string
  /** What was expected, what was found, and what to change. */
  readonly message: string
}

/** An order that was sent once, by an earlier process too: its id is used for ever. */
export interface UsedOrder {
  readonly clientOrderId: string
  readonly type: OrderType
  /** It did not leave later, local UTC ms; absent: that is not known. */
  readonly validUntilMs?: number
}

export interface VenueSettings {
  /** What is traded, `BTCUSDT`; at least one. */
  readonly symbols: readonly string[]
  /** A session that goes on trades them already: one that the exchange lists no more is refused alone. Default false: a mistake. */
  readonly areKept?: boolean
  /** A request without an answer by then is answered `unknown`, ms. Default 3,000. */
  readonly requestTimeoutMs?: number
  /** × that each symbol is set to, or the most that it may have; absent: left as it is. */
  readonly leverage?: number
  /** What each symbol is set to. Default CROSSED. */
  readonly marginType?: 'CROSSED' | 'ISOLATED'
  /** UTC ms: fundings from then on make up `fundingUsd`; the same for all processes of a session. Default: of the start. */
  readonly fundingSinceMs?: number
  /** USD received before then that count, too: the exchange lists those of three months alone. Default 0. */
  readonly fundingBeforeUsd?: DecimalText
  /** Entry orders that rest are cancelled by the exchange when this process is gone for two minutes. Default false. */
  readonly isDeadManSwitchOn?: boolean
}
