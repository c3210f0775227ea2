import type { MarketEvent } from '../ports/played-market.js'

/** What happens to the sandbox's exchange: the wire seen from the other end, and the market. */
export type ExchangeInput =
  | { readonly kind: 'time' }
  | HttpArrival
  /** Somebody has connected to a stream; `target` is path and query, `/public/stream?streams=btcusdt@bookTicker`. */
  | { readonly kind: 'open'; readonly socketId: string; readonly target: string }
  | { readonly kind: 'text'; readonly socketId: string; readonly text: string }
  | { readonly kind: 'pong'; readonly socketId: string }
  /** The client has closed, or is gone. */
  | { readonly kind: 'gone'; readonly socketId: string }
  | { readonly kind: 'market'; readonly event: MarketEvent }

export interface HttpArrival {
  readonly kind: 'http'
  /** Unique among requests; comes back in the answer. */
  readonly httpId: number
  readonly method: string
  /** Path and query as they were sent. */
  readonly target: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the exchange does; carried by a server on loopback, or by a simulation. */
export type ExchangeEffect =
  | {
      readonly kind: 'answer'
      readonly httpId: number
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
    }
  /** The connection is cut without an answer. */
  | { readonly kind: 'hangUp'; readonly httpId: number }
  | { readonly kind: 'text'; readonly socketId: string; readonly text: string }
  | { readonly kind: 'ping'; readonly socketId: string; readonly payload: string }
  /** With a close frame. */
  | { readonly kind: 'close'; readonly socketId: string; readonly code: number; readonly reason: string }
  /** Without one. */
  | { readonly kind: 'cut'; readonly socketId: string }
