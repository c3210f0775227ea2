import type { ConditionError } from './condition-tokens.js'

export type GraphError =
  | 'EMPTY_GRAPH'
  | 'BAD_NAME'
  | 'DUPLICATE_NAME'
  | 'BAD_TIMEOUT'
  | 'BAD_RETRIES'
  | 'RETRY_NOT_IDEMPOTENT'
  | 'BAD_CONFIDENCE'
  | 'UNKNOWN_STATE'
  | 'UNKNOWN_PERMISSION'
  | 'UNKNOWN_EFFECT'
  | 'UNKNOWN_DEPENDENCY'
  | 'DUPLICATE_TASK'
  | 'CYCLE'
  | `GATE_${ConditionError}`
  | 'GATE_UNKNOWN_TARGET'
  | 'GATE_SAME_TARGET'

/** Why a graph cannot be run: the first thing that is wrong with it. */
export interface GraphRefusal {
  readonly kind: 'refused'
  readonly error: GraphError
  /** A task's name; of a gate, or a task without a name, its index; of a cycle the tasks on it; null: the graph as a whole. */
  readonly at: string | number | readonly string[] | null
  /** For people: where, what was expected, what was found. */
  readonly message: string
}

export function refusal(error: GraphError, at: GraphRefusal['at'], message: string): GraphRefusal {
  return { kind: 'refused', error, at, message: `${placeOf(error, at)}: ${message}` }
}

function placeOf(error: GraphError, at: GraphRefusal['at']): string {
  if (typeof at === 'number') return `${error.startsWith('GATE_') ? 'gate' : 'task'} ${at + 1}`
  return typeof at === 'string' ? `task ${at}` : 'graph'
}
