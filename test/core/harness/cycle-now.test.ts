import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AuditNow, type CycleNowPorts, runCycleNow } from '../../../src/core/harness/cycle-now.js'
import type { CycleSkills } from '../../../src/core/harness/cycle-skills.js'
import { arbitraryCycle, BUNDLE, NOW_MS } from '../../support/arbitrary-cycles.js'
import { cycleOptions, PlayedSkills, type PlayedTask, playCycle } from '../../support/played-cycle.js'

interface Effect {
  readonly key: string
  readonly payload: unknown
}

function rig(more: Partial<CycleNowPorts> = {}) {
  const audit = new AuditNow()
  const made: Effect[] = []
  const ports: CycleNowPorts = {
    nowMs: () => NOW_MS,
    append: (...record) => audit.append(...record),
    apply: (_, key, payload) => made.push({ key, payload }),
    release: (key, payload) => made.push({ key, payload }),
    ...more,
  }
  return { audit, made, ports }
}

const answering = (returned: () => unknown): CycleSkills => ({
  isAvailable: () => true,
  call: (task) => ({ task, returned: { kind: 'returned', value: returned() } }),
  answer: (_, reply) =>
    reply.kind === 'returned'
      ? { kind: 'success', output: reply.value, effects: [] }
      : {
          kind: 'failed',
          reason: reply.kind === 'timeout' ? 'TIMEOUT' : 'ERROR',
          message: String(reply.kind === 'threw' ? reply.error : ''),
          violation: null,
        },
})

const options = (skills: CycleSkills, tasks: readonly PlayedTask[] = [{ name: 'a', timeoutMs: 10 }]) =>
  cycleOptions({ graph: { graph: 'g', gates: [], tasks }, bundle: BUNDLE, nowMs: NOW_MS, mode: 'live' }, skills)

describe('a cycle that runs at once', () => {
  it('makes the records, effects and result of the same cycle that is run step by step', () => {
    fc.assert(
      fc.property(arbitraryCycle(), (played) => {
        // Time stands still here: nothing hangs.
        const behaviours = Object.fromEntries(
          Object.entries(played.behaviours!).map(([name, { result }]) => [
            name,
            { result: result === 'hang' ? ('error' as const) : result },
          ]),
        )
        const calm = { ...played, behaviours }
        const { audit, made, ports } = rig()
        const result = runCycleNow(cycleOptions(calm, new PlayedSkills(calm)), ports)
        const stepped = playCycle(calm)
        expect(result).toEqual(stepped.result)
        expect(made).toEqual(stepped.made)
        expect(audit.of('c')).toEqual(
          stepped.events.map((event, at) => ({ seq: at + 1, atMs: NOW_MS, cycle: 'c', ...event })),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('goes on from the records of a trail, and a finished one does nothing again', () => {
    const { audit, made, ports } = rig()
    const skills = answering(() => 'done')
    const first = runCycleNow(options(skills, [{ name: 'a', sideEffects: ['report'] }]), ports)
    const before = audit.records.length
    const again = runCycleNow(
      { ...options(skills, [{ name: 'a', sideEffects: ['report'] }]), recorded: audit.of('c') },
      ports,
    )
    expect([again, audit.records.length, made]).toEqual([first, before, []])
  })

  it('takes nothing that a skill puts out for null, as the audit gives it back', () => {
    const { audit, ports } = rig()
    const skills = answering(() => undefined)
    const first = runCycleNow(options(skills), ports)
    const left = JSON.parse(JSON.stringify(audit.of('c')))
    expect(runCycleNow({ ...options(skills), recorded: left }, ports)).toEqual(first)
    expect(first.outputs).toEqual({ a: null })
  })

  it('fails a task whose skill gives a promise: nobody could wait for it', () => {
    const { ports } = rig()
    const { tasks } = runCycleNow(options(answering(() => Promise.reject(new Error('later')))), ports)
    expect(tasks).toEqual([{ task: 'a', status: 'FAILED', reason: 'ERROR' }])
  })

  it.each([
    [10, 'SUCCESS'],
    [11, 'FAILED'],
  ])('takes an answer after %d ms of 10 for %s', (durationMs, status) => {
    let nowMs = NOW_MS
    const skills = answering(() => {
      nowMs += durationMs
      return null
    })
    const { tasks } = runCycleNow(options(skills), rig({ nowMs: () => nowMs }).ports)
    expect(tasks[0]!.status).toBe(status)
  })

  it('halts its machine when an order cannot leave, and throws what the audit throws', () => {
    const full = (): never => {
      throw new Error('full')
    }
    const selling: CycleSkills = {
      ...answering(() => null),
      answer: () => ({ kind: 'success', output: null, effects: [{ resource: 'orders', payload: 1 }] }),
    }
    const { audit, ports } = rig({ release: full })
    expect(runCycleNow(options(selling), ports)).toMatchObject({ outcome: 'HALTED', machine: 'HALTED' })
    expect(audit.records.at(-2)).toMatchObject({ kind: 'HARNESS_ERROR', task: null, message: 'full' })
    expect(() => runCycleNow(options(selling), rig({ append: full }).ports)).toThrow('full')
  })
})
