import { describe, expect, it } from 'vitest'
import { buildGraph } from '../../../src/core/harness/graph.js'
import { SkillDesk } from '../../../src/core/harness/skill-desk.js'
import { v1Graph, v1Registry, v1Skills } from '../../../src/core/harness/v1.js'
import type { HarnessBelief, HarnessBundle, HarnessMode } from '../../../src/ports/vocabulary/harness.js'
import { BUNDLE_NOW_MS, harnessBundle } from '../../support/harness-cases.js'
import { answerOf, HANDED } from '../../support/skill-plays.js'

describe('the graph v1', () => {
  it('is built: four critical tasks in a chain, of which the last two have a gate each', () => {
    const built = buildGraph(v1Graph)
    expect(built.kind).toBe('graph')
    expect(v1Graph.tasks.map(({ name, dependsOn, critical }) => [name, dependsOn, critical])).toEqual([
      ['T1', [], true],
      ['T2', ['T1'], true],
      ['T3', ['T2'], true],
      ['T4', ['T3'], true],
    ])
    expect(v1Graph.gates.map(({ ifTrue, ifFalse }) => [ifTrue, ifFalse])).toEqual([
      ['T3', 'SKIP'],
      ['T4', 'SKIP'],
    ])
  })

  it('has a skill for each of its tasks that is available', () => {
    const desk = new SkillDesk({ registry: v1Registry(), skills: v1Skills })
    expect(v1Graph.tasks.map((task) => desk.isAvailable(task))).toEqual([true, true, true, true])
  })

  it('closes T3 and T4 in exactly those regimes in which an order is an override', () => {
    const built = buildGraph(v1Graph)
    if (built.kind !== 'graph') throw new Error('it is built')
    const at = { timestampMs: BUNDLE_NOW_MS, stateId: 'r1', bias: 'NEUTRAL', isStable: true } as const
    for (const behavior of ['EVENT_LOCK', 'UNDEFINED', 'EVENT_DOMINANT', 'TRENDING_HIGH_VOL'] as const) {
      for (const confidence of [0, 0.49, 0.5, 1]) {
        const bundle = harnessBundle({ regime: { ...at, behavior, confidence } })
        const { output } = run(bundle).T2 as { output: { isBlocked: boolean } }
        for (const gate of built.gates) expect(gate.evaluate(bundle, true)).toBe(output.isBlocked ? 'FALSE' : 'TRUE')
      }
    }
  })
})

describe('T3 drops a belief for the first of four reasons, and T4 makes actions of the others', () => {
  it.each<[string, Partial<HarnessBelief>, string]>([
    [
      'of a signal that the state does not have',
      { signalId: 'gone', conviction: 0, permissions: ['value'] },
      'NO_SIGNAL',
    ],
    ['of a signal of another regime', { signalId: 'old', conviction: 0, permissions: ['value'] }, 'NO_REGIME'],
    ['that needs what is not permitted', { conviction: 0, permissions: ['value'] }, 'PERMISSION_DENIED'],
    ['with too little conviction', { conviction: 0.4999 }, 'BELOW_CONVICTION'],
  ])('a belief %s', (_, belief, reason) => {
    const { T3, T4 } = run(withBelief(belief))
    expect(T3).toMatchObject({ output: { kept: [], dropped: [{ beliefId: 'bel1', reason }] } })
    expect(T4).toEqual({ kind: 'success', output: [], effects: [] })
  })

  it('every action names belief, signal, regime and permission, is logged, and is an order in live mode', () => {
    const action = { beliefId: 'bel1', signalId: 'sig1', regimeStateId: 'r1', permission: 'f1' }
    expect(run(harnessBundle()).T4).toEqual({
      kind: 'success',
      output: [action],
      effects: [
        { resource: 'audit_log', payload: action },
        { resource: 'orders', payload: action },
      ],
    })
  })

  it('in shadow mode actions are logged and nothing else', () => {
    expect(run(harnessBundle(), { mode: 'shadow' }).T4).toMatchObject({ effects: [{ resource: 'audit_log' }] })
  })

  it('a bypassed factor layer is what permits an action, and a silent one drops all, also what needs no permission', () => {
    const bundle = { ...withBelief({ permissions: [] }), factor: null }
    expect(run(bundle, { factorImplemented: false }).T4).toMatchObject({ output: [{ permission: 'BYPASSED' }] })
    expect(run(bundle, { factorImplemented: true })).toMatchObject({
      T3: { output: { dropped: [{ reason: 'PERMISSION_DENIED' }] } },
      T4: { output: [] },
    })
  })

  it('makes no action of anything when T3 put nothing out', () => {
    const desk = new SkillDesk({ registry: v1Registry(), skills: v1Skills })
    expect(answerOf(desk, v1Graph.tasks[3]!, { outputs: {} })).toMatchObject({ kind: 'success', output: [] })
  })
})

function withBelief(belief: Partial<HarnessBelief>): HarnessBundle {
  const at = { timestampMs: BUNDLE_NOW_MS }
  return harnessBundle({
    signals: {
      ...at,
      stateId: 's1',
      signals: [
        { signalId: 'sig1', regimeStateId: 'r1' },
        { signalId: 'old', regimeStateId: 'r0' },
      ],
    },
    beliefs: {
      ...at,
      stateId: 'b1',
      beliefs: [{ beliefId: 'bel1', signalId: 'sig1', conviction: 0.8, permissions: ['open'], ...belief }],
    },
  })
}

/** Answers of the four skills, one after the other, whatever the gates say. */
function run(bundle: HarnessBundle, handed: { mode?: HarnessMode; factorImplemented?: boolean } = {}) {
  const desk = new SkillDesk({ registry: v1Registry(), skills: v1Skills })
  const outputs: Record<string, unknown> = {}
  const answers = v1Graph.tasks.map((task) => {
    const answer = answerOf(desk, task, { ...HANDED, ...handed, bundle, outputs })
    if (answer.kind === 'success') outputs[task.name] = answer.output
    return [task.name, answer]
  })
  return Object.fromEntries(answers) as Record<string, unknown>
}
