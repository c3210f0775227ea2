import type { MarketEvent } from '../../ports/played-market.js'
import type { BarHistory } from './market-settings.js'

/** A market that is played to the exchange of the sandbox, and what is known of its past. */
export interface MarketPlayer extends BarHistory {
  /** When something happens next, UTC ms; undefined: nothing any more. */
  nextDueMs(): number | undefined
  /** What happens up to then, in order. */
  play(nowMs: number): readonly MarketEvent[]
  /** From now on prices of a symbol, or of all, are `factor` times what they would have been. */
  shift(symbol: string | undefined, factor: number): void
}
