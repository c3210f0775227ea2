import type { CommonEvent } from '../../ports/sides.js'
import type { StrategyBar } from '../../ports/strategy.js'
import type { Conditions } from '../mode/mode.js'

/** What the decision side is driven by. */
export type DecisionEvent =
  | CommonEvent
  | { readonly kind: 'bar'; readonly nowMs: number; readonly bar: StrategyBar }
  /** Those of the conditions around it that have changed. */
  | { readonly kind: 'conditions'; readonly nowMs: number; readonly conditions: Partial<Conditions> }
