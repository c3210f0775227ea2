import { assert } from '../../base/assert.js'
import type { SkillCall, SkillReply } from '../../core/harness/cycle-skills.js'
import type { CycleOptions, CycleResult, CycleStep, StepAnswer } from '../../core/harness/cycle-steps.js'
import { Cycle } from '../../core/harness/harness-cycle.js'
import type { AuditTrail, EffectSink, HaltMark } from '../../ports/audit-trail.js'
import type { Clock } from '../../ports/clock.js'
import type { AuditEvent, EffectResource } from '../../ports/vocabulary/harness.js'

/** What cycles stand on. */
export interface CyclePorts {
  readonly trail: AuditTrail
  /** Where effects go, by resource: to that of `orders` what is released. An effect of another resource halts the cycle. */
  readonly sinks: Readonly<Partial<Record<EffectResource, EffectSink>>>
  /** Set before the record of what halts the machine: a crash between them leaves a machine that is halted. */
  readonly haltMark: HaltMark
  /** Makes durable where the skills stand. Done before the record of a quarantine or deregistration, for the same reason. */
  readonly keepSkills?: () => Promise<void>
  readonly clock: Clock
}

/**
 * Runs a cycle, or goes on with one that was interrupted: what the trail has of it decides. A skill that does not answer in its
 * task's time is told by its signal, and what it answers later changes nothing.
 *
 * Rejects when the trail or the mark cannot be written, with what they say: nothing was done after that.
 */
export async function runCycle(options: Omit<CycleOptions, 'recorded'>, ports: CyclePorts): Promise<CycleResult> {
  const recorded = await ports.trail.records(options.cycle)
  return await new CycleRun(new Cycle({ ...options, recorded }), options, ports).result()
}

type CallStep = Extract<CycleStep, { kind: 'call' }>

class CycleRun {
  /** Of the skills at work. */
  private readonly atWork = new Set<AbortController>()
  private isOver = false

  constructor(
    private readonly cycle: Cycle,
    private readonly options: Omit<CycleOptions, 'recorded'>,
    private readonly ports: CyclePorts,
  ) {}

  async result(): Promise<CycleResult> {
    try {
      return await new Promise<CycleResult>((resolve, reject) => {
        const take = (steps: readonly CycleStep[]): void => {
          for (const step of steps) {
            if (step.kind === 'finished') resolve(step.result)
            else this.told(step).then(take).catch(reject)
          }
        }
        take(this.cycle.begin(this.ports.clock.epochMs()))
      })
    } finally {
      this.isOver = true
      for (const skill of this.atWork) skill.abort(new Error('the cycle is over'))
    }
  }

  private async told(step: Exclude<CycleStep, { kind: 'finished' }>): Promise<readonly CycleStep[]> {
    const answer = await this.answerTo(step)
    return this.isOver ? [] : this.cycle.told(step, answer, this.ports.clock.epochMs())
  }

  private async answerTo(step: Exclude<CycleStep, { kind: 'finished' }>): Promise<StepAnswer> {
    if (step.kind === 'append') {
      await this.append(step.event)
      return DONE
    }
    try {
      if (step.kind === 'call') return await this.call(step)
      const resource = step.kind === 'release' ? 'orders' : step.resource
      const sink = this.ports.sinks[resource]
      assert(sink !== undefined, `effects of ${resource} have somewhere to go`)
      await sink.apply(step.key, step.payload)
      return DONE
    } catch (error) {
      return { kind: 'failed', message: messageOf(error) }
    }
  }

  private async append(event: AuditEvent): Promise<void> {
    const { trail, haltMark, keepSkills, clock } = this.ports
    const { cycle } = this.options
    const isHeld = 'action' in event && event.action !== 'NONE'
    if (isHeld) await keepSkills?.()
    const reason = haltReason(event)
    if (reason !== undefined) await haltMark.set({ atMs: clock.epochMs(), cycle, reason })
    await trail.append(cycle, clock.epochMs(), event)
  }

  private async call({ task, handed }: CallStep): Promise<StepAnswer> {
    const { clock } = this.ports
    const skill = new AbortController()
    const answered = new AbortController()
    this.atWork.add(skill)
    try {
      const sinceMs = clock.nowMs()
      const call = this.options.skills.call(task, handed, skill.signal)
      const reply = await this.replyOf(call, answered.signal)
      // One that never let go of the thread is late without the timer having noticed.
      if (reply.kind !== 'timeout' && clock.nowMs() - sinceMs <= task.timeoutMs) return { kind: 'replied', call, reply }
      skill.abort(new Error(`no answer within ${task.timeoutMs} ms`))
      return { kind: 'replied', call, reply: TIMEOUT }
    } finally {
      answered.abort()
      this.atWork.delete(skill)
    }
  }

  private async replyOf({ task, returned }: SkillCall, answered: AbortSignal): Promise<SkillReply> {
    if (returned.kind === 'threw' || !(returned.value instanceof Promise)) return returned
    const reply = returned.value.then(
      (value: unknown): SkillReply => ({ kind: 'returned', value }),
      (error: unknown): SkillReply => ({ kind: 'threw', error }),
    )
    return await Promise.race([reply, this.ports.clock.sleep(task.timeoutMs, answered).then(() => TIMEOUT)])
  }
}

const DONE: StepAnswer = { kind: 'done' }
const TIMEOUT: SkillReply = { kind: 'timeout' }

/** Why a machine is halted by what is about to be recorded; undefined: it is not. */
function haltReason(event: AuditEvent): string | undefined {
  if (event.kind === 'HARNESS_VIOLATION') return `${event.skill}: ${event.violation} in ${event.task}`
  if (event.kind === 'HARNESS_ERROR') return event.task === null ? event.message : `${event.task}: ${event.message}`
  return undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
