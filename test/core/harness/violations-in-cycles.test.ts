import { describe, expect, it } from 'vitest'
import { AuditNow, runCycleNow } from '../../../src/core/harness/cycle-now.js'
import type { Skill } from '../../../src/core/harness/skill-call.js'
import { SkillDesk } from '../../../src/core/harness/skill-desk.js'
import { SkillRegistry } from '../../../src/core/harness/skill-registry.js'
import type { HarnessTask, LedgerEntry, SkillEffect, Violation } from '../../../src/ports/vocabulary/harness.js'
import { BUNDLE_NOW_MS, builtGraph, harnessBundle, harnessTask } from '../../support/harness-cases.js'
import { registrationOf } from '../../support/skill-plays.js'

const ORDER = { beliefId: 'bel1', signalId: 'sig1', regimeStateId: 'r1', permission: 'f1' }
const order = (payload: object): SkillEffect => ({ resource: 'orders', payload })
const orders = (payload: object) => () => ({ output: null, effects: [order(payload)] })

/** One skill for each violation, by what it does and not by what somebody says of it. */
const BAD: Readonly<Record<Violation, Skill>> = {
  UNDECLARED_OUTPUT: () => ({ output: { surprise: true }, effects: [order(ORDER)] }),
  UNDECLARED_EFFECT: () => ({ output: null, effects: [order(ORDER), { resource: 'ledger', payload: 1 }] }),
  STATE_MUTATION: ({ state }) => {
    Reflect.set(state.regime!, 'confidence', 1)
    return { output: null, effects: [order(ORDER)] }
  },
  PERMISSION_BYPASS: orders({ ...ORDER, permission: 'mine' }),
  LAYER_BYPASS: ({ state }) => ({ output: state.posture === undefined ? null : 'seen', effects: [order(ORDER)] }),
  OVERRIDE: orders({ ...ORDER, beliefId: 'weak' }),
}

describe('a skill that breaks a rule in a live cycle', () => {
  it.each<[Violation, string, string, string, readonly string[], string]>([
    ['UNDECLARED_OUTPUT', 'HALTED', 'IDLE', 'BLOCKED', [], 'QUARANTINED'],
    ['UNDECLARED_EFFECT', 'HALTED', 'IDLE', 'BLOCKED', [], 'QUARANTINED'],
    ['STATE_MUTATION', 'HALTED', 'IDLE', 'BLOCKED', [], 'QUARANTINED'],
    ['PERMISSION_BYPASS', 'COMPLETE', 'IDLE', 'SUCCESS', ['good'], 'ACTIVE'],
    ['LAYER_BYPASS', 'DEGRADED', 'IDLE', 'SUCCESS', [], 'QUARANTINED'],
    ['OVERRIDE', 'HALTED', 'HALTED', 'BLOCKED', [], 'QUARANTINED'],
  ])(
    'at %s: the cycle %s, the machine %s, the task after it %s, orders of %j',
    (kind, outcome, machine, after, released, state) => {
      const rig = rigOf(BAD[kind])
      const result = rig.run('1')
      expect(result).toMatchObject({ outcome, machine })
      expect(result.tasks.map(({ status }) => status)).toEqual(['SUCCESS', 'FAILED', after])
      expect(result.tasks[1]).toMatchObject({ task: 'bad', reason: kind })
      expect(rig.released).toEqual(released)
      expect(rig.registry.skill('s')).toMatchObject({ state, violations: 1 })
      const event = kind === 'OVERRIDE' ? 'HARNESS_VIOLATION' : 'SKILL_VIOLATION'
      const action = state === 'ACTIVE' ? 'NONE' : 'QUARANTINE'
      expect(rig.audit.of('1')).toContainEqual(
        expect.objectContaining({ kind: event, skill: 's', violation: kind, action, task: 'bad' }),
      )
    },
  )

  it.each(Object.keys(BAD) as Violation[])('at %s: none of its effects is made, and it leaves no order', (kind) => {
    const rig = rigOf(BAD[kind])
    rig.run('1')
    const keys = rig.audit.of('1').flatMap((record) => (record.kind === 'EFFECT' ? [record.key.split('/').at(-1)] : []))
    expect(keys).toEqual(kind === 'PERMISSION_BYPASS' || kind === 'LAYER_BYPASS' ? ['orders', 'report'] : ['orders'])
    expect(rig.released).not.toContain('bad')
  })

  it('that was quarantined is skipped in the next cycle, which is then degraded by a critical task', () => {
    const rig = rigOf(BAD.LAYER_BYPASS)
    rig.run('1')
    expect(rig.run('2').tasks[1]).toMatchObject({ task: 'bad', status: 'SKIPPED', reason: 'SKILL_UNAVAILABLE' })
    const critical = rigOf(BAD.LAYER_BYPASS, { critical: true })
    critical.run('1')
    expect(critical.run('2').outcome).toBe('DEGRADED')
  })

  it('is deregistered at the third violation and runs no more', () => {
    const rig = rigOf(BAD.PERMISSION_BYPASS)
    const ends = ['1', '2', '3', '4'].map((cycle) => rig.run(cycle).tasks[1])
    expect(ends.map((end) => ('reason' in end! ? end.reason : end!.status))).toEqual([
      'PERMISSION_BYPASS',
      'PERMISSION_BYPASS',
      'PERMISSION_BYPASS',
      'SKILL_UNAVAILABLE',
    ])
    expect(rig.audit.of('3')).toContainEqual(expect.objectContaining({ action: 'DEREGISTER' }))
  })

  it('runs again after a release, by its entry in the ledger alone', () => {
    const rig = rigOf(BAD.STATE_MUTATION)
    rig.run('1')
    expect(rig.registry.release(registrationOf(), 'D999')).toEqual({ refused: 'NO_LEDGER_ENTRY' })
    expect(rig.registry.release(registrationOf(), 'D003')).toMatchObject({ state: 'ACTIVE' })
    expect(rig.run('2').tasks[1]).toMatchObject({ reason: 'STATE_MUTATION' })
  })
})

/** A graph of three tasks that do not wait for each other: one that asks for an order, the bad one, and one after it. */
function rigOf(bad: Skill, task: Partial<HarnessTask> = {}) {
  const declared = { requiredInputs: ['regime', 'signals', 'beliefs'], sideEffects: ['orders'] } as const
  const registrations = [
    registrationOf({
      ...declared,
      skillId: 'good',
      taskTypes: ['good'],
      outputSchema: 'good',
      decisionLedgerRef: 'D101',
    }),
    registrationOf({ ...declared, layerDependencies: ['L6', 'L8', 'L9'] }),
    registrationOf({
      skillId: 'after',
      taskTypes: ['after'],
      outputSchema: 'after',
      sideEffects: ['report'],
      decisionLedgerRef: 'D102',
    }),
  ]
  const registry = new SkillRegistry(LEDGER)
  for (const registration of registrations) {
    if ('refused' in registry.register(registration)) throw new Error(registration.skillId)
    registry.authorise(registration)
  }
  const nothing = { orNull: { oneOf: [] } }
  const desk = new SkillDesk({
    registry,
    skills: {
      good: { run: orders(ORDER), output: nothing },
      s: { run: bad, output: nothing },
      after: { run: () => ({ output: null, effects: [{ resource: 'report', payload: 1 }] }), output: nothing },
    },
  })
  const graph = builtGraph([
    harnessTask({ name: 'good', requiredState: declared.requiredInputs, sideEffects: ['orders'] }),
    harnessTask({
      name: 'bad',
      taskType: 's',
      requiredState: declared.requiredInputs,
      sideEffects: ['orders'],
      ...task,
    }),
    harnessTask({ name: 'after', sideEffects: ['report'] }),
  ])
  const audit = new AuditNow()
  const released: string[] = []
  const run = (cycle: string) => {
    return runCycleNow(
      { cycle, graph, bundle: BUNDLE, mode: 'live', factorImplemented: true, skills: desk },
      {
        nowMs: () => BUNDLE_NOW_MS,
        append: (name, atMs, event) => audit.append(name, atMs, event),
        apply: () => {},
        release: (key) => released.push(nameOf(key)),
      },
    )
  }
  /** Of the task that asked for it: a key begins with the task's id. */
  const nameOf = (key: string) =>
    audit.records.flatMap((record) =>
      record.kind === 'TASK_STARTED' && key.startsWith(record.taskId) ? [record.task] : [],
    )[0]!
  return { registry, audit, released, run }
}

const LEDGER: readonly LedgerEntry[] = [
  { ref: 'D001', kind: 'AUTHORIZE', skillId: 's' },
  { ref: 'D003', kind: 'RELEASE', skillId: 's' },
  { ref: 'D101', kind: 'AUTHORIZE', skillId: 'good' },
  { ref: 'D102', kind: 'AUTHORIZE', skillId: 'after' },
]

const BUNDLE = harnessBundle({
  beliefs: {
    stateId: 'b1',
    timestampMs: BUNDLE_NOW_MS,
    beliefs: [
      { beliefId: 'bel1', signalId: 'sig1', conviction: 0.8, permissions: ['open'] },
      { beliefId: 'weak', signalId: 'sig1', conviction: 0.1, permissions: ['open'] },
    ],
  },
})
