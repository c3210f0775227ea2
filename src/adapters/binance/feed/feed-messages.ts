import type { MarketEvent } from '../../../ports/played-market.js'
import type { Notice } from '../notice.js'
import type { PriceHistory } from './kline-history.js'
import type { ClosedStep } from './step-prices.js'

/** What a feed is asked for. */
export type FeedInput =
  /** Follow these contracts from now on. Once. */
  | { readonly kind: 'follow'; readonly contracts: FollowedContracts }
  /** What the exchange lists, or what was traded of it in the last 24 hours. Asked again until there is an answer. */
  | { readonly kind: 'ask'; readonly route: AskedRoute }
  /** Klines of a minute for the followed contracts. Once. */
  | { readonly kind: 'fetchHistory'; readonly untilMs: number; readonly minutes: number }

export type AskedRoute = 'exchangeInfo' | 'ticker24h'

export interface FollowedContracts {
  /** Whose prices make the steps. */
  readonly symbols: readonly string[]
  /** From one step to the next. Steps end on multiples of it by the exchange's clock. */
  readonly stepMs: number
  /** Of which quotes, marks, levels and funding are told as they come; absent: of none. */
  readonly played?: readonly string[]
}

/** What a feed tells. */
export type FeedTold =
  | Notice
  | { readonly kind: 'answer'; readonly route: AskedRoute; readonly value: unknown }
  /** There will be none: the exchange refuses. */
  | { readonly kind: 'noAnswer'; readonly route: AskedRoute; readonly message: string }
  /** A step has ended; none is told before most contracts have a price, and one that comes much too late is left out. */
  | { readonly kind: 'step'; readonly step: ClosedStep }
  | { readonly kind: 'historyProgress'; readonly done: number; readonly total: number }
  | { readonly kind: 'history'; readonly history: PriceHistory }
  | { readonly kind: 'market'; readonly event: MarketEvent }
