import type { Notice } from '../notice.js'
import type { RestCall } from '../rest/call.js'
import type { WireCommand } from '../wire.js'

/** What market streams say, beside the commands for the wire. */
export type MarketStreamEffect =
  | WireCommand
  | Notice
  | StreamFrame
  /** What these streams last said is not known to hold any more; it is again with each one's next frame. */
  | { readonly kind: 'dark'; readonly streams: readonly string[] }

/** A frame of a stream that was asked for, its JSON parsed. */
export interface StreamFrame {
  readonly kind: 'frame'
  /** `btcusdt@bookTicker`. */
  readonly stream: string
  readonly data: Readonly<Record<string, unknown>> | readonly unknown[]
}

/** What the user stream says. Its REST calls begin with `listenKey:`, and their outcomes are handed to it. */
export type UserStreamEffect =
  | WireCommand
  | Notice
  | { readonly kind: 'call'; readonly call: RestCall }
  /** Of the account, its JSON parsed: `ORDER_TRADE_UPDATE`, `ACCOUNT_UPDATE`, `ALGO_UPDATE`, … */
  | { readonly kind: 'user'; readonly event: Readonly<Record<string, unknown>> & { readonly e: string } }
  /**
   * Whether what happens is told from here on. After every `true` the account must be read anew: something may have been missed
   * since before. It says `true` again, without a `false` between, when it has changed sockets or keys.
   */
  | { readonly kind: 'userConnection'; readonly connected: boolean }
