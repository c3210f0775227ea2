/**
 * A futures exchange with one account on it, playing a recorded market: a deterministic machine on virtual time, or a venue in
 * real time. What it models, and what not: `docs/paper-exchange.md`.
 *
 * @example
 * ```ts
 * import { PaperExchange } from 'dolphin-engine/paper'
 * import { loadInstruments } from 'dolphin-engine/runtime'
 *
 * const instruments = [loadInstruments().instrument('BTCUSDT', 'PAPER')]
 * const exchange = new PaperExchange({ instruments, startingBalanceUsd: '25000', seed: 1 })
 * exchange.market({ kind: 'bar', symbol: 'BTCUSDT', close: '100000' }, 0)
 * const events = exchange.advanceTo(1_000)
 * ```
 *
 * @module
 */

export type { AccountSnapshot } from '../adapters/paper/account.js'
export type { BookSnapshot, Depth } from '../adapters/paper/book.js'
export {
  ExchangeJournal,
  type ExchangeJournalListener,
  type ExchangeJournalParts,
} from '../adapters/paper/exchange-journal.js'
export type { ExchangeBegun, ExchangeChange, ExchangeRecord } from '../adapters/paper/exchange-record.js'
export { ExchangeRecovery, type ExchangeState } from '../adapters/paper/exchange-recovery.js'
export type { PaperExchangeSnapshot } from '../adapters/paper/exchange-snapshot.js'
export type { FaultPlan, PaperFaults } from '../adapters/paper/faults.js'
export type { Travelling } from '../adapters/paper/lane.js'
export type { MatcherSnapshot } from '../adapters/paper/matcher.js'
export type { PaperOrder } from '../adapters/paper/order.js'
export { PaperExchange } from '../adapters/paper/paper-exchange.js'
export { PaperVenue, type PaperVenueOptions } from '../adapters/paper/paper-venue.js'
export type { RandomState } from '../adapters/paper/random.js'
export type { RateWindow } from '../adapters/paper/rate-windows.js'
export type * from '../ports/played-market.js'
export type * from '../ports/vocabulary/paper.js'
