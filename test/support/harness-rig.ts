import { type MadeEffect, MemorySink } from '../../src/adapters/audit/effect-sinks.js'
import { MemoryHaltMark } from '../../src/adapters/audit/halt-mark.js'
import { MemoryAuditTrail } from '../../src/adapters/audit/memory-audit-trail.js'
import type { CycleSkills, Handed, SkillCall } from '../../src/core/harness/cycle-skills.js'
import type { CycleOptions } from '../../src/core/harness/cycle-steps.js'
import type { Clock } from '../../src/ports/clock.js'
import { type AuditRecord, EFFECT_RESOURCES } from '../../src/ports/vocabulary/harness.js'
import type { CyclePorts } from '../../src/runtime/harness/run-cycle.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { BUNDLE, NOW_MS } from './arbitrary-cycles.js'
import { cycleOptions, type PlayedTask } from './played-cycle.js'

export type Skill = (handed: Handed, signal: AbortSignal) => unknown

/** Skills by task: what one gives is its output, or a whole result where it is one. */
export function skillsOf(skills: Readonly<Record<string, Skill>>): CycleSkills {
  return {
    isAvailable: () => true,
    call: (task, handed, signal) => ({
      task,
      returned: returnedBy(() => skills[task.name]?.(handed, signal!) ?? null),
    }),
    answer({ task }, reply) {
      if (reply.kind === 'timeout') return { kind: 'failed', reason: 'TIMEOUT', message: 'late', violation: null }
      if (reply.kind === 'threw') {
        return { kind: 'failed', reason: 'ERROR', message: (reply.error as Error).message, violation: null }
      }
      if (reply.value === 'mutates') {
        const violation = { violation: 'STATE_MUTATION', action: 'QUARANTINE' } as const
        return { kind: 'failed', reason: 'STATE_MUTATION', message: 'caught', violation }
      }
      if (reply.value === 'overrides') {
        const violation = { violation: 'OVERRIDE', action: 'QUARANTINE' } as const
        return { kind: 'failed', reason: 'OVERRIDE', message: 'caught', violation }
      }
      const effects = task.sideEffects.map((resource) => ({ resource, payload: { of: task.name } }))
      return { kind: 'success', output: reply.value, effects }
    },
  }
}

function returnedBy(skill: () => unknown): SkillCall['returned'] {
  try {
    return { kind: 'returned', value: skill() }
  } catch (error) {
    return { kind: 'threw', error }
  }
}

export function optionsOf(
  tasks: readonly PlayedTask[],
  skills: Readonly<Record<string, Skill>>,
  more: Partial<CycleOptions> = {},
): CycleOptions {
  const played = { graph: { graph: 'g', gates: [], tasks }, bundle: BUNDLE, nowMs: NOW_MS, mode: 'live' as const }
  return { ...cycleOptions(played, skillsOf(skills)), ...more }
}

/** All in memory, on virtual time. */
export function memoryPorts<C extends Clock = VirtualTime>(clock: C = new VirtualTime(NOW_MS) as never) {
  const records: AuditRecord[] = []
  const made: MadeEffect[] = []
  const sink = new MemorySink(made)
  const ports = {
    trail: new MemoryAuditTrail(records),
    sinks: Object.fromEntries(EFFECT_RESOURCES.map((resource) => [resource, sink])),
    haltMark: new MemoryHaltMark(),
    clock,
  } satisfies CyclePorts
  return { records, made, ports }
}
