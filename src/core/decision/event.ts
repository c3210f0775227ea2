import type { CommonEvent } from '../../ports/sides.js'
import type { StrategyBar } from '../../ports/strategy.js'

/** What the deciding side is driven by. */
export type DecisionEvent = CommonEvent | { readonly kind: 'bar'; readonly nowMs: number; readonly bar: StrategyBar }
