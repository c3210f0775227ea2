import type { HarnessBundle, StateObjectName } from '../../ports/vocabulary/harness.js'
import { type ConditionError, type ConditionRefusal, Refused, tokensOf } from './condition-tokens.js'
import { type ConditionTree, treeOf } from './condition-tree.js'
import { checkTypes } from './condition-types.js'
import { type Truth, truthOf } from './condition-value.js'

export type { ConditionError, ConditionRefusal, Truth }

/** A gate's condition, read and type-checked: a closed language over the state objects, in which there is no market and no arithmetic. */
export interface Condition {
  readonly kind: 'condition'
  readonly text: string
  readonly tree: ConditionTree
  /** What it reads, sorted, each once. */
  readonly paths: readonly string[]
  /** Objects that it reads, each once. */
  readonly objects: readonly StateObjectName[]
}

/**
 * @param tasks names of the graph's tasks: what they put out cannot be asked for.
 * @returns the condition, or why it is refused: the first error of the phases words, grammar, types. Never throws.
 */
export function parseCondition(text: string, tasks: ReadonlySet<string> = new Set()): Condition | ConditionRefusal {
  try {
    const tree = treeOf(tokensOf(text), text.length)
    const paths = [...checkTypes(tree, tasks)].sort()
    const objects = [...new Set(paths.map((path) => path.split('.', 1)[0] as StateObjectName))]
    return { kind: 'condition', text, tree, paths, objects }
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  }
}

/** What a condition says of a bundle: UNKNOWN where it turns on what is not known. */
export function evaluateCondition(condition: Condition, bundle: HarnessBundle, factorImplemented: boolean): Truth {
  return truthOf(condition.tree, bundle, factorImplemented)
}
