import { describe, expect, it } from 'vitest'
import { Cycle } from '../../../src/core/harness/harness-cycle.js'
import type { HarnessBundle } from '../../../src/ports/vocabulary/harness.js'
import { BUNDLE, NOW_MS } from '../../support/arbitrary-cycles.js'
import { cycleOptions, type PlayedCase, type PlayedTask, playCycle, writtenEvents } from '../../support/played-cycle.js'

const cycleOf = (tasks: readonly PlayedTask[], more: Partial<PlayedCase> = {}): PlayedCase => ({
  graph: { graph: 'g', gates: [], tasks },
  bundle: BUNDLE,
  nowMs: NOW_MS,
  mode: 'live',
  ...more,
})

const written = (played: PlayedCase): readonly unknown[] => writtenEvents(playCycle(played).events, played)
const statuses = (played: PlayedCase): readonly unknown[] =>
  playCycle(played).result!.tasks.map(({ task, status }) => [task, status])
const released = (played: PlayedCase): readonly unknown[] =>
  written(played).filter((event) => (event as unknown[])[0] === 'RELEASED')

const SELLS: PlayedTask = { name: 'sells', sideEffects: ['orders'] }

describe('the order of a cycle', () => {
  it('a cycle is validated before any gate, and its gates are evaluated before any task', () => {
    const gates = [{ condition: 'regime.isStable', ifTrue: 'a', ifFalse: 'SKIP' }]
    const played = cycleOf([{ name: 'a' }])
    expect(written({ ...played, graph: { ...played.graph, gates } })).toEqual([
      ['CYCLE_STARTED'],
      ['VALIDATED', 'EXECUTE'],
      ['GATE', 0, 'TRUE'],
      ['TASK_STARTED', 'a'],
      ['TASK_FINISHED', 'a', 'SUCCESS'],
      ['CYCLE_FINISHED', 'COMPLETE'],
    ])
  })

  it('nothing follows a record that is not durable', () => {
    const played = cycleOf([
      { name: 'a', sideEffects: ['report', 'orders'] },
      { name: 'b', dependsOn: ['a'] },
    ])
    const whole = playCycle(played).events.length
    for (let dieAfter = 1; dieAfter < whole; dieAfter++) {
      const { events, invoked, made } = playCycle(played, { dieAfter })
      const kinds = events.map(({ kind }) => kind)
      expect(events).toHaveLength(dieAfter)
      expect(invoked.length).toBeLessThanOrEqual(kinds.filter((kind) => kind === 'TASK_STARTED').length)
      expect(made.length).toBeLessThanOrEqual(2)
      if (!kinds.includes('TASK_FINISHED')) expect(made.filter(({ key }) => key.endsWith('orders'))).toEqual([])
    }
  })

  it.each([
    ['HALTED', 'HALT', { ...BUNDLE, regime: null }],
    ['REJECTED', 'REJECT', { ...BUNDLE, timestampMs: NOW_MS - 10_001 }],
    ['SKIPPED', 'SKIP', { ...BUNDLE, beliefs: { stateId: 'b', timestampMs: NOW_MS, beliefs: [] } }],
  ])('a cycle that is %s ends before its gates and tasks, and leaves its machine idle', (outcome, verdict, bundle) => {
    const played = cycleOf([{ name: 'a', requiredState: ['regime', 'beliefs'] }], { bundle })
    const beliefs = { stateId: 'b', timestampMs: NOW_MS, beliefs: [] }
    const whole = { ...played, bundle: outcome === 'SKIPPED' ? bundle : { ...bundle, beliefs } }
    expect(written(whole)).toEqual([['CYCLE_STARTED'], ['VALIDATED', verdict], ['CYCLE_FINISHED', outcome]])
    expect(playCycle(whole).result).toEqual({ outcome, machine: 'IDLE', tasks: [], outputs: {} })
  })

  it.each([
    ['a number that JSON does not have', { regime: { ...BUNDLE.regime, confidence: Number.NaN } }],
    ['an object that is none', { factor: 'all' }],
    ['a field that is missing', { factor: { stateId: 'f', timestampMs: NOW_MS } }],
    ['a time that is none', { timestampMs: null }],
  ])('a state with %s halts its cycle, not its machine', (_, more) => {
    const bundle = { ...BUNDLE, ...more } as HarnessBundle
    const played = cycleOf([{ name: 'a', requiredState: ['regime'], requiredPermissions: ['open'] }], { bundle })
    expect(written(played)).toEqual([['CYCLE_STARTED'], ['VALIDATED', 'HALT'], ['CYCLE_FINISHED', 'HALTED']])
    expect(playCycle(played).result?.machine).toBe('IDLE')
  })

  it('a task that failed blocks those behind it, a skipped one does not', () => {
    const behind = [
      { name: 'b', dependsOn: ['a'] },
      { name: 'c', dependsOn: ['b'] },
    ]
    const failed = cycleOf([{ name: 'a' }, ...behind], { behaviours: { a: { result: 'error' } } })
    expect(statuses(failed)).toEqual([
      ['a', 'FAILED'],
      ['b', 'BLOCKED'],
      ['c', 'BLOCKED'],
    ])
    const skipped = cycleOf([{ name: 'a', requiredState: ['macro'] }, ...behind])
    expect(statuses(skipped)).toEqual([
      ['a', 'SKIPPED'],
      ['b', 'SUCCESS'],
      ['c', 'SUCCESS'],
    ])
  })

  it('a task is handed the outputs of what it depends on and nothing of others', () => {
    const options = cycleOptions(
      cycleOf([{ name: 'a' }, { name: 'b', dependsOn: ['a'] }, { name: 'c', dependsOn: ['b'] }]),
      {
        isAvailable: () => true,
        call: () => expect.unreachable(),
        answer: ({ task }) => ({ kind: 'success', output: `of ${task.name}`, effects: [] }),
      },
    )
    const cycle = new Cycle(options)
    const handed: unknown[] = []
    const due = [...cycle.begin(NOW_MS)]
    for (let step = due.shift(); step !== undefined && step.kind !== 'finished'; step = due.shift()) {
      if (step.kind !== 'call') due.push(...cycle.told(step, { kind: 'done' }, NOW_MS))
      else {
        handed.push(step.handed.outputs)
        const returned = { kind: 'returned', value: null } as const
        due.push(...cycle.told(step, { kind: 'replied', call: { task: step.task, returned }, reply: returned }, NOW_MS))
      }
    }
    expect(handed).toEqual([{}, { a: 'of a' }, { b: 'of b' }])
  })
})

describe('orders', () => {
  it('leave when the cycle is over, not when they are made', () => {
    const events = written(cycleOf([SELLS, { name: 'b', sideEffects: ['report'] }]))
    expect(events.slice(-2)).toEqual([
      ['RELEASED', 'sells/0/orders'],
      ['CYCLE_FINISHED', 'COMPLETE'],
    ])
  })

  it('of a shadow cycle are recorded and leave nothing', () => {
    const played = cycleOf([SELLS], { mode: 'shadow' })
    expect(written(played)).toContainEqual(['EFFECT', 'sells/0/orders'])
    expect([released(played), playCycle(played).made]).toEqual([[], []])
  })

  it.each([
    ['a confidence below the threshold', { bundle: { ...BUNDLE, regime: { ...BUNDLE.regime!, confidence: 0.49 } } }],
    ['a critical task that failed later', { behaviours: { last: { result: 'error' } } }],
    [
      'a critical task whose state was missing',
      {
        graph: {
          graph: 'g',
          gates: [],
          tasks: [SELLS, { name: 'last', critical: true, requiredState: ['regime', 'macro'] }],
        },
      },
    ],
    ['a critical task whose skill was not there', { skills: { last: 'QUARANTINED' } }],
    ['a layer bypass of a task that is not critical', { behaviours: { other: { result: 'LAYER_BYPASS' } } }],
    ['a violation that halts the cycle', { behaviours: { last: { result: 'UNDECLARED_EFFECT' } } }],
    ['an override', { behaviours: { last: { result: 'OVERRIDE' } } }],
    ['an error of the harness', { behaviours: { last: { result: 'HARNESS_ERROR' } } }],
  ] as const)('stay, those that were made before too, after %s', (_, more) => {
    const tasks = [
      { ...SELLS, requiredState: ['regime'] as const },
      { name: 'other' },
      { name: 'last', critical: true },
    ]
    const played = cycleOf(tasks, more as Partial<PlayedCase>)
    expect(written(played)).toContainEqual(['EFFECT', 'sells/0/orders'])
    expect([released(played), playCycle(played).made]).toEqual([[], []])
  })

  it('leave although a task that is not critical failed, or a critical one was kept back by a decision', () => {
    const failed = cycleOf([SELLS, { name: 'b' }], { behaviours: { b: { result: 'error' } } })
    const denied = cycleOf([SELLS, { name: 'b', critical: true, requiredPermissions: ['quality'] }])
    const unsure = cycleOf([SELLS, { name: 'b', critical: true, minConfidence: 0.95 }])
    for (const played of [failed, denied, unsure]) expect(released(played)).toEqual([['RELEASED', 'sells/0/orders']])
  })

  it('that a task had asked for when it failed are not made', () => {
    const played = cycleOf([SELLS], { behaviours: { sells: { result: 'hang' } } })
    expect(written(played)).not.toContainEqual(['EFFECT', 'sells/0/orders'])
  })
})

describe('a step that the harness cannot do', () => {
  const broken = (kind: 'apply' | 'release') => {
    const played = cycleOf([{ name: 'a', sideEffects: ['report', 'orders'] }, { name: 'b' }])
    const events: unknown[] = []
    const cycle = new Cycle(
      cycleOptions(played, {
        isAvailable: () => true,
        call: () => expect.unreachable(),
        answer: ({ task }) => ({
          kind: 'success',
          output: null,
          effects: task.sideEffects.map((resource) => ({ resource, payload: null })),
        }),
      }),
    )
    const due = [...cycle.begin(NOW_MS)]
    for (let step = due.shift(); step !== undefined; step = due.shift()) {
      if (step.kind === 'finished') return { events: events as readonly (readonly unknown[])[], result: step.result }
      if (step.kind === 'append') events.push(...writtenEvents([step.event], played))
      const returned = { kind: 'returned', value: null } as const
      if (step.kind === kind) due.push(...cycle.told(step, { kind: 'failed', message: 'the disk is full' }, NOW_MS))
      else if (step.kind !== 'call') due.push(...cycle.told(step, { kind: 'done' }, NOW_MS))
      else
        due.push(...cycle.told(step, { kind: 'replied', call: { task: step.task, returned }, reply: returned }, NOW_MS))
    }
    return expect.unreachable()
  }

  it('halts the machine where an effect is not made: the task failed, and the rest is blocked', () => {
    const { events, result } = broken('apply')
    expect(events.slice(2)).toEqual([
      ['TASK_STARTED', 'a'],
      ['HARNESS_ERROR', 'a'],
      ['TASK_FINISHED', 'a', 'FAILED', 'HARNESS_ERROR'],
      ['TASK_BLOCKED', 'b', []],
      ['CYCLE_FINISHED', 'HALTED'],
    ])
    expect([result.outcome, result.machine]).toEqual(['HALTED', 'HALTED'])
  })

  it('halts the machine where an order does not leave, and no other one leaves', () => {
    const { events, result } = broken('release')
    expect(events.slice(-2)).toEqual([
      ['HARNESS_ERROR', null],
      ['CYCLE_FINISHED', 'HALTED'],
    ])
    expect([result.outcome, result.machine]).toEqual(['HALTED', 'HALTED'])
  })
})

it('a critical task that is blocked degrades its cycle, and not one that is halted anyway', () => {
  const tasks = [{ name: 'a' }, { name: 'b', dependsOn: ['a'], critical: true }]
  const failed = cycleOf(tasks, { behaviours: { a: { result: 'error' } } })
  expect(written(failed)).toContainEqual(['CYCLE_DEGRADED', 'b'])
  const halted = cycleOf(tasks, { behaviours: { a: { result: 'UNDECLARED_OUTPUT' } } })
  expect(written(halted).map((event) => (event as unknown[])[0])).not.toContain('CYCLE_DEGRADED')
})

describe('several skills at work at once', () => {
  const started = (tasks: readonly PlayedTask[]): readonly string[] => {
    const { events } = playCycle(cycleOf(tasks), { parallelism: 3 })
    const first = events.findIndex(({ kind }) => kind === 'TASK_FINISHED')
    return events.slice(0, first).flatMap((event) => (event.kind === 'TASK_STARTED' ? [event.task] : []))
  }

  it('are those of tasks that depend on nothing unfinished', () => {
    expect(
      started([{ name: 'a' }, { name: 'b', dependsOn: ['a'] }, { name: 'c' }, { name: 'd' }, { name: 'e' }]),
    ).toEqual(['a', 'c', 'd'])
  })

  it('share no effect, and no skill whose quarantine would keep a later task from running', () => {
    expect(
      started([{ name: 'a', sideEffects: ['report'] }, { name: 'b', sideEffects: ['report'] }, { name: 'c' }]),
    ).toEqual(['a', 'c'])
    expect(started([{ name: 'a', skillRef: 's' }, { name: 'b', skillRef: 's' }, { name: 'c' }])).toEqual(['a', 'c'])
  })

  it('are dropped, and their tasks blocked, when one whose turn comes before halts the cycle', () => {
    const played = cycleOf([{ name: 'a' }, { name: 'b', sideEffects: ['report'] }], {
      behaviours: { a: { result: 'STATE_MUTATION' } },
    })
    const { invoked, made, result } = playCycle(played, { parallelism: 2, pick: (count) => count - 1 })
    expect([invoked, made]).toEqual([['b', 'a'], []])
    expect(result!.tasks.map(({ task, status }) => [task, status])).toEqual([
      ['a', 'FAILED'],
      ['b', 'BLOCKED'],
    ])
  })
})

it('a skill is not called any more when its start becomes durable after its cycle was halted', () => {
  const played = cycleOf([{ name: 'a' }, { name: 'b' }], { behaviours: { a: { result: 'STATE_MUTATION' } } })
  // Of two steps: a's start, its call, its violation and its end are answered, and only then the record of b's start.
  const picks = [0, 1, 1, 1, 0]
  const pick = (count: number): number => (count === 1 ? 0 : (picks.shift() ?? 0))
  const { invoked, events } = playCycle(played, { parallelism: 2, pick })
  expect(events.flatMap((event) => (event.kind === 'TASK_STARTED' ? [event.task] : []))).toEqual(['a', 'b'])
  expect(invoked).toEqual(['a'])
})

it('an answer that nobody waits for any more changes nothing', () => {
  const played = cycleOf([{ name: 'a' }])
  const cycle = new Cycle({
    ...cycleOptions(played, {
      isAvailable: () => false,
      call: () => expect.unreachable(),
      answer: () => expect.unreachable(),
    }),
  })
  const all = [...cycle.begin(NOW_MS)]
  for (let at = 0; at < all.length; at++) all.push(...cycle.told(all[at]!, { kind: 'done' }, NOW_MS))
  expect(all.at(-1)?.kind).toBe('finished')
  for (const step of all) expect(cycle.told(step, { kind: 'done' }, NOW_MS)).toEqual([])
})
