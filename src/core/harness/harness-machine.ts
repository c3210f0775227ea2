import { InvariantViolation } from '../../base/invariant-violation.js'
import type { HarnessState } from '../../ports/vocabulary/harness.js'

export const HARNESS_EVENTS = [
  'INPUT',
  'STATE_VALID',
  'STATE_INVALID',
  'NOTHING_TO_DO',
  'GRAPH_BUILT',
  'GRAPH_REFUSED',
  'TASK_DONE',
  'TASK_FAILED',
  'ALL_DONE',
  'FAILURE_HANDLED',
  'CYCLE_HALT',
  'FINALIZED',
  'OPERATOR_CLEAR',
  'HARNESS_ERROR',
] as const
export type HarnessMachineEvent = (typeof HARNESS_EVENTS)[number]

/** The machine of appendix A: what follows on what. @throws InvariantViolation for a step that it does not have. */
export function nextHarnessState(state: HarnessState, event: HarnessMachineEvent): HarnessState {
  if (event === 'HARNESS_ERROR') return 'HALTED'
  const next = NEXT[state][event]
  if (next === undefined) throw new InvariantViolation({ subject: 'harness', state, event, history: [] })
  return next
}

const NEXT: Readonly<Record<HarnessState, Readonly<Partial<Record<HarnessMachineEvent, HarnessState>>>>> = {
  IDLE: { INPUT: 'VALIDATE' },
  VALIDATE: { STATE_VALID: 'BUILD_GRAPH', STATE_INVALID: 'IDLE', NOTHING_TO_DO: 'FINALIZE' },
  BUILD_GRAPH: { GRAPH_BUILT: 'EXECUTE', GRAPH_REFUSED: 'HALTED' },
  EXECUTE: { TASK_DONE: 'EXECUTE', TASK_FAILED: 'HANDLE_FAILURE', ALL_DONE: 'FINALIZE' },
  HANDLE_FAILURE: { FAILURE_HANDLED: 'EXECUTE', CYCLE_HALT: 'FINALIZE' },
  FINALIZE: { FINALIZED: 'IDLE' },
  HALTED: { OPERATOR_CLEAR: 'IDLE' },
}
