import type { DecimalText } from '../../base/exact.js'
import type { JournalRecord } from '../../ports/journal.js'
import type { Quote } from '../../ports/venue.js'
import type { VenueTradeId } from '../../ports/vocabulary/ids.js'
import type { Fill } from '../../ports/vocabulary/orders.js'
import type { AccountSnapshot } from './account.js'
import type { Book } from './book.js'
import type { Matcher } from './matcher.js'
import type { PaperOrder } from './order.js'
import type { RandomState } from './random.js'

/**
 * A record of an exchange's journal. Not what was asked of the exchange, but what came of it: a market that was played need
 * not be there to read it, and a build that matches otherwise reads it alike.
 */
export type ExchangeRecord = JournalRecord & (ExchangeBegun | ({ readonly type: 'changed' } & ExchangeChange))

/** The account as it was opened. */
export interface ExchangeBegun {
  readonly type: 'begun'
  readonly startingBalanceUsd: DecimalText
}

/** What has changed since the record before: orders and fills that are new or others, everything else as it is now. */
export interface ExchangeChange {
  readonly orders: readonly PaperOrder[]
  /** Rising trade ids. */
  readonly fills: readonly Fill[]
  readonly account: AccountSnapshot
  /** Liquidations so far. */
  readonly autoCloses: number
  /** Settlements so far: the last funding id. */
  readonly fundings: number
  /** Latencies that were drawn are not drawn again. */
  readonly random: RandomState
  /** Last prices of what is held or ordered: what it is worth before the market goes on. */
  readonly quotes: readonly Quote[]
}

/** What has become of the account and its orders since orders were asked for last, and since a fill. */
export function changeOf(
  matcher: Matcher,
  books: ReadonlyMap<string, Book>,
  since: VenueTradeId,
): Omit<ExchangeChange, 'fundings' | 'random'> {
  const { account, orders, autoCloses } = matcher
  const needed = ([symbol]: [string, Book]): boolean =>
    orders.open(symbol).length > 0 || !account.position(symbol).quantity.isZero()
  return {
    orders: orders.takeChanged(),
    fills: matcher.symbols.flatMap((symbol) => matcher.fillsAfter(symbol, since)).sort((a, b) => a.tradeId - b.tradeId),
    account: account.snapshot(),
    autoCloses,
    quotes: [...books].filter(needed).flatMap(([, { quote }]) => quote ?? []),
  }
}
