import type { Direction } from './market.js'

/** Why a bar whose signal gate was open, and on which nothing was held, entered nothing. In the order in which they are asked. */
export const ENTRY_REFUSALS = [
  /** The volatility gate, or the warm-up of the day. Section 1. */
  'VOLATILITY',
  /** A posture that forbids entries, or a RED forewarner. */
  'HALTED',
  /** Fewer bars than the lookback. */
  'LOOKBACK',
  /** The bar of an exit. */
  'COOLDOWN',
  'NO_CAPITAL',
  /** An adapter has an earlier entry that is neither confirmed nor dropped. */
  'ENTRY_PENDING',
  /** No asset has a price and passes the ranking. */
  'NO_ASSET',
  /** The asset's own price contradicts the direction. */
  'CONTRADICTED',
  /** An adapter fills, and the order book has no data of the asset. */
  'NO_BOOK',
  /** The order book stands against the entry. */
  'BOOK_AGAINST',
  /** The size comes to nothing. */
  'NO_NOTIONAL',
] as const

export type EntryRefusal = (typeof ENTRY_REFUSALS)[number]

/** An entry that was refused: on a bar with an open signal gate, or after a strategy asked for it. */
export interface RefusedEntry {
  /** Counted from 0 over the run. */
  readonly bar: number
  readonly direction: Direction
  /** An {@link EntryRefusal}, or why a strategy's entry was dropped (`REJECT_RISK_LIMIT`). */
  readonly reason: string
  /** Null where it was refused before an asset was chosen. */
  readonly asset: string | null
  /** The bar's signal, `v50 − v750` per bar; NaN where there is none. */
  readonly velDiv: number
}

/** A gate that forbids an entry. */
export interface ForbiddenEntry extends Pick<RefusedEntry, 'asset'> {
  readonly reason: EntryRefusal
}
