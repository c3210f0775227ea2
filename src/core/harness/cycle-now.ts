import type { AuditEvent, AuditRecord, EffectResource } from '../../ports/vocabulary/harness.js'
import type { SkillReply } from './cycle-skills.js'
import type { CycleOptions, CycleResult, CycleStep, StepAnswer } from './cycle-steps.js'
import { Cycle } from './harness-cycle.js'

/** What a cycle of skills that answer at once stands on. Whatever throws here halts the cycle, but `append`: that ends it. */
export interface CycleNowPorts {
  /** UTC ms. */
  nowMs(): number
  append(cycle: string, atMs: number, event: AuditEvent): void
  /** An effect other than orders; a key that was applied before changes nothing. */
  apply(resource: EffectResource, key: string, payload: unknown): void
  /** An order leaves the harness. */
  release(key: string, payload: unknown): void
}

/**
 * Runs a cycle whose skills answer at once: of a backtest, or of a bar. A skill that gives a promise fails.
 *
 * @throws what `append` throws: nothing was done after that.
 */
export function runCycleNow(options: CycleOptions, ports: CycleNowPorts): CycleResult {
  const cycle = new Cycle(options)
  const due: CycleStep[] = [...cycle.begin(ports.nowMs())]
  for (let step = due.shift(); step !== undefined; step = due.shift()) {
    if (step.kind === 'finished') return step.result
    const answer = done(step, options, ports)
    due.push(...cycle.told(step, answer, ports.nowMs()))
  }
  throw new Error('invariant violated: a cycle that is told of every step finishes')
}

function done(step: Exclude<CycleStep, { kind: 'finished' }>, options: CycleOptions, ports: CycleNowPorts): StepAnswer {
  if (step.kind === 'append') {
    ports.append(options.cycle, ports.nowMs(), step.event)
    return DONE
  }
  try {
    if (step.kind === 'call') {
      const call = options.skills.call(step.task, step.handed)
      const isLate = ports.nowMs() - step.handed.nowMs > step.task.timeoutMs
      return { kind: 'replied', call, reply: isLate ? { kind: 'timeout' } : settled(call.returned) }
    }
    if (step.kind === 'apply') ports.apply(step.resource, step.key, step.payload)
    else ports.release(step.key, step.payload)
    return DONE
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

const DONE: StepAnswer = { kind: 'done' }

function settled(returned: SkillReply): SkillReply {
  if (returned.kind !== 'returned' || !(returned.value instanceof Promise)) return returned
  returned.value.catch(() => undefined)
  return { kind: 'threw', error: new Error('expected a skill that answers at once, found one that gives a promise') }
}

/** An audit trail of this process, for cycles that run at once. */
export class AuditNow {
  readonly records: AuditRecord[] = []

  append(cycle: string, atMs: number, event: AuditEvent): void {
    this.records.push({ seq: this.records.length + 1, atMs, cycle, ...event })
  }

  of(cycle: string): readonly AuditRecord[] {
    return this.records.filter((record) => record.cycle === cycle)
  }
}
