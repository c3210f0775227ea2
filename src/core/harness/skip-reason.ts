import type { HarnessBundle, HarnessTask, SkipReason } from '../../ports/vocabulary/harness.js'
import type { CycleSkills } from './cycle-skills.js'
import { factorLayer } from './factor-layer.js'

/** What a candidate is looked at with, at the moment at which it could start. */
export interface Admission {
  readonly bundle: HarnessBundle
  readonly factorImplemented: boolean
  /** Names of the tasks that gates have closed. */
  readonly closed: ReadonlySet<string>
  readonly maxStalenessMs: number
  readonly skills: Pick<CycleSkills, 'isAvailable'>
}

/** Why a candidate is not run, the first reason that there is; undefined: it runs. Source: spec "Execution". */
export function skipReason(task: HarnessTask, nowMs: number, admission: Admission): SkipReason | undefined {
  const { bundle, factorImplemented, closed, maxStalenessMs, skills } = admission
  if (closed.has(task.name)) return 'GATE'
  for (const name of task.requiredState) if (bundle[name] == null) return 'STATE_MISSING'
  for (const name of task.requiredState) if (nowMs - bundle[name]!.timestampMs > maxStalenessMs) return 'STALE'
  if (task.minConfidence != null && !((bundle.regime?.confidence ?? 0) >= task.minConfidence))
    return 'CONFIDENCE_TOO_LOW'
  if (task.requiredPermissions.length > 0) {
    const { permitted } = factorLayer(bundle.factor, factorImplemented)
    if (task.requiredPermissions.some((permission) => !permitted[permission])) return 'PERMISSION_DENIED'
  }
  return skills.isAvailable(task) ? undefined : 'SKILL_UNAVAILABLE'
}
