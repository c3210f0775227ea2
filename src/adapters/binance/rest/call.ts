import type { RejectCode } from '../../../ports/venue.js'
import type { RouteName } from './routes.js'

/** From the first to be served to the last. */
export type Priority = 'exit' | 'truth' | 'entry' | 'data'

/** What somebody wants of the REST API. Weights, limits, signing and time are the business of the machine that takes it. */
export interface RestCall {
  /** Unique in the life of the adapter, with whose it is before the colon: `order:r17`, `listenKey:3`. Comes back. */
  readonly callId: string
  readonly route: RouteName
  /** Without `timestamp`, `recvWindow` and `signature`; values are plain text, not yet percent-encoded. */
  readonly params: Readonly<Record<string, string>>
  readonly priority: Priority
  /** Time of the exchange, UTC ms: one that arrives later must not be done. Absent: whenever it arrives. */
  readonly validUntilMs?: number
  /** Local time, UTC ms, from which on nobody wants the answer any more: what has not been sent by then is not. */
  readonly deadlineMs: number
}

/** What became of a call; exactly one each. */
export type RestOutcome =
  | {
      readonly kind: 'done'
      readonly callId: string
      readonly value: unknown
      /** As the exchange's clock is known: when it was sent, UTC ms. The answer is of then or later. */
      readonly sentAtExchangeMs: number
    }
  /** The exchange has said that it did not do it. */
  | { readonly kind: 'refused'; readonly callId: string; readonly error: ExchangeError }
  /** It may or may not have been done. */
  | { readonly kind: 'unknown'; readonly callId: string; readonly message: string }
  /** It never left: it certainly was not done. */
  | { readonly kind: 'notSent'; readonly callId: string; readonly why: NotSentReason; readonly message: string }

export type NotSentReason = 'BANNED' | 'RATE_LIMITED' | 'DEADLINE' | 'EXPIRED' | 'UNREACHABLE' | 'CLOSED'

/** A refusal of the exchange. Source: notes on Binance, 1.6. */
export interface ExchangeError {
  readonly httpStatus: number
  /** The exchange's own, such as −2013; null where the answer was not of the API (HTML of a proxy). */
  readonly code: number | null
  readonly message: string
  /** What it means for an order that was submitted; null where it says nothing about the order. */
  readonly rejectCode: RejectCode | null
}
