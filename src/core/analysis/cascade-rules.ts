import type { DecimalText } from '../../base/exact.js'

/** By what a cascade is told; of every rule the spec's value stands in {@link CASCADE_RULES}. */
export interface CascadeRules {
  /** The fall of the open interest, a fraction of what it falls from, within so long, with so many liquidations at least. */
  readonly dropFrac: DecimalText
  readonly withinMs: number
  /** How many. */
  readonly liquidationsMin: number
  /** A liquidation so long after the last one, or after the fall that made the cascade, still belongs to it. */
  readonly followsMs: number
  readonly longestMs: number
  /** A longer pause between two of its liquidations starts a wave; waves of fewer are left out. */
  readonly waveGapMs: number
  /** Liquidations. */
  readonly waveSizeMin: number
  /** A mark price that is older tells nothing. */
  readonly markStaleMs: number
  /** A later move of this fraction of the first price, or less, is none. */
  readonly neutralFrac: DecimalText
}

export const CASCADE_RULES: CascadeRules = {
  ...{ dropFrac: '0.1', withinMs: 60_000, liquidationsMin: 2, followsMs: 60_000, longestMs: 30 * 60_000 },
  ...{ waveGapMs: 30_000, waveSizeMin: 1, markStaleMs: 5_000, neutralFrac: '0.005' },
}
