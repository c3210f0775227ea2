import type { EntryRecord } from '../../ports/trades.js'

/** The one open position. */
export interface Position {
  readonly entry: EntryRecord
  /** Index of the asset in the engine's universe. */
  readonly assetIndex: number
  /** Bars running on which the signal stood against the trade. */
  turnBars: number
  /** A sub-day breaker update asked to close the position at its next priced bar. */
  subdayNormalization: boolean
}
