import type { CommonInput, Timed } from '../../ports/sides.js'
import type { StrategyBar } from '../../ports/strategy.js'
import type { AssumptionRun } from '../../ports/vocabulary/assumptions.js'
import type { Conditions } from '../mode/mode.js'

/** What happens to the decision side. */
export type DecisionInput =
  | CommonInput
  | { readonly kind: 'bar'; readonly bar: StrategyBar }
  /** Those of the conditions around it that have changed. */
  | { readonly kind: 'conditions'; readonly conditions: Partial<Conditions> }
  /** What the last bar was decided under (breaker, posture, forewarner) is no longer so; `detail` says what has changed. */
  | { readonly kind: 'gatesMoved'; readonly detail: string }
  /** A test of an assumption was run, on what is known outside of this side. */
  | { readonly kind: 'assumption'; readonly run: AssumptionRun }
  /** A feed has lost events: what was made of it may be wrong until a reconciliation. */
  | { readonly kind: 'feedGap'; readonly feed: 'BOOK' | 'TRADES'; readonly cause: string }

export type DecisionEvent = Timed<DecisionInput>
