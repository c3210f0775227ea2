import type { FailureReason, HarnessTask, SkipReason } from '../../ports/vocabulary/harness.js'
import type { TaskEnd } from './cycle-replay.js'
import { CONSEQUENCES, type CycleConsequence } from './violations.js'

/** What a task's failure does to its cycle, besides what it does as that of a critical task. Source: spec "Execution", "Skills". */
export function consequenceOf(reason: FailureReason): CycleConsequence {
  if (reason === 'ERROR') return 'CONTINUE'
  return reason === 'HARNESS_ERROR' ? 'HARNESS_HALT' : CONSEQUENCES[reason].cycle
}

/** Whether a cycle is DEGRADED by the end of a task. */
export function degrades(task: HarnessTask, end: TaskEnd): boolean {
  if (end.status === 'FAILED') return task.critical || consequenceOf(end.reason) === 'DEGRADE'
  if (end.status === 'SKIPPED') return task.critical && SKIP_DEGRADES[end.reason]
  return task.critical && end.status === 'BLOCKED'
}

/** Of a critical task: what was decided does not degrade, what was lacking does. */
const SKIP_DEGRADES: Readonly<Record<SkipReason, boolean>> = {
  GATE: false,
  STATE_MISSING: true,
  STALE: true,
  CONFIDENCE_TOO_LOW: false,
  PERMISSION_DENIED: false,
  SKILL_UNAVAILABLE: true,
}
