import { describe, expect, it } from 'vitest'
import { Cycle } from '../../../src/core/harness/harness-cycle.js'
import type { AuditEvent } from '../../../src/ports/vocabulary/harness.js'
import { BUNDLE, NOW_MS } from '../../support/arbitrary-cycles.js'
import {
  cycleOptions,
  type PlayedCase,
  PlayedSkills,
  type PlayedTask,
  playCycle,
  recordsOf,
  writtenEvents,
} from '../../support/played-cycle.js'

const cycleOf = (tasks: readonly PlayedTask[], more: Partial<PlayedCase> = {}): PlayedCase => ({
  graph: { graph: 'g', gates: [], tasks },
  bundle: BUNDLE,
  nowMs: NOW_MS,
  mode: 'live',
  ...more,
})

/** What is left of a cycle up to the first record that `isLast`, and what a second process then does. */
function rerun(played: PlayedCase, isLast: (event: AuditEvent) => boolean, more: Partial<PlayedCase> = {}) {
  const { events } = playCycle(played)
  const left = events.slice(0, events.findIndex(isLast) + 1)
  const second = playCycle({ ...played, ...more }, { recorded: recordsOf(left) })
  return { ...second, written: writtenEvents(second.events, played) as readonly (readonly unknown[])[] }
}

const SELLS: PlayedTask = { name: 'sells', sideEffects: ['orders', 'report'] }
const AFTER: PlayedTask = { name: 'after', dependsOn: ['sells'] }

describe('a cycle that was interrupted', () => {
  it('says that it goes on, is validated now, and evaluates its gates anew', () => {
    const gates = [{ condition: 'regime.isStable', ifTrue: 'sells', ifFalse: 'SKIP' }]
    const played = cycleOf([SELLS])
    const { written } = rerun({ ...played, graph: { ...played.graph, gates } }, ({ kind }) => kind === 'GATE')
    expect(written.slice(0, 3)).toEqual([['CYCLE_RESUMED'], ['VALIDATED', 'EXECUTE'], ['GATE', 0, 'TRUE']])
  })

  it('is REJECTED when its state has become stale, and releases nothing, not even what was ready to leave', () => {
    const stale = { nowMs: NOW_MS + 10_001 }
    for (const last of ['TASK_STARTED', 'TASK_FINISHED'] as const) {
      const { written, made, result } = rerun(
        cycleOf([{ ...SELLS, requiredState: ['regime'] }]),
        ({ kind }) => kind === last,
        stale,
      )
      expect(written).toEqual([['CYCLE_RESUMED'], ['VALIDATED', 'REJECT'], ['CYCLE_FINISHED', 'REJECTED']])
      expect([made, result]).toEqual([[], { outcome: 'REJECTED', machine: 'IDLE', tasks: [], outputs: {} }])
    }
  })

  it('lets recorded ends stand, failures too, and takes outputs from the audit', () => {
    const played = cycleOf(
      [SELLS, AFTER, { name: 'fails' }, { name: 'skipped', requiredState: ['macro'] }, { name: 'last' }],
      {
        behaviours: { fails: { result: 'error' } },
      },
    )
    const better = { behaviours: {}, bundle: BUNDLE }
    const { written, invoked, result } = rerun(
      played,
      (event) => event.kind === 'TASK_STARTED' && event.task === 'last',
      better,
    )
    expect(written.slice(2, 6)).toEqual([
      ['TASK_REPLAYED', 'sells', 'SUCCESS'],
      ['TASK_REPLAYED', 'after', 'SUCCESS'],
      ['TASK_REPLAYED', 'fails', 'FAILED'],
      ['TASK_REPLAYED', 'skipped', 'SKIPPED'],
    ])
    expect(invoked).toEqual(['last'])
    expect(result!.outputs).toEqual({ sells: { of: 'sells' }, after: { of: 'after' }, last: { of: 'last' } })
  })

  it('runs a task again that had started and not finished, and applies none of its recorded effects twice', () => {
    const { written, made, invoked } = rerun(
      cycleOf([{ ...SELLS, sideEffects: ['report', 'orders'] }]),
      ({ kind }) => kind === 'EFFECT',
    )
    expect(invoked).toEqual(['sells'])
    expect(written.slice(2)).toEqual([
      ['TASK_STARTED', 'sells'],
      ['EFFECT', 'sells/1/orders'],
      ['TASK_FINISHED', 'sells', 'SUCCESS'],
      ['RELEASED', 'sells/1/orders'],
      ['CYCLE_FINISHED', 'COMPLETE'],
    ])
    expect(made.map(({ key }) => key.split('/')[2])).toEqual(['orders'])
  })

  it('releases an order as it was recorded, whatever the skill says the second time', () => {
    const played = cycleOf([SELLS])
    const { events } = playCycle(played)
    const left = events.slice(0, events.findIndex(({ kind }) => kind === 'EFFECT') + 1)
    const changed = left.map((event) => (event.kind === 'EFFECT' ? { ...event, payload: 'as recorded' } : event))
    const { made } = playCycle(played, { recorded: recordsOf(changed) })
    expect(made.find(({ key }) => key.endsWith('orders'))?.payload).toBe('as recorded')
  })

  it('releases no order of a task that had recorded one and fails when it is run again', () => {
    const { written, made } = rerun(cycleOf([SELLS]), ({ kind }) => kind === 'EFFECT', {
      behaviours: { sells: { result: 'error' } },
    })
    expect(written.slice(2)).toEqual([
      ['TASK_STARTED', 'sells'],
      ['TASK_FINISHED', 'sells', 'FAILED', 'ERROR'],
      ['CYCLE_FINISHED', 'COMPLETE'],
    ])
    expect(made).toEqual([])
  })

  it('finishes a task unrun whose violation is recorded', () => {
    const played = cycleOf([{ name: 'a' }, { name: 'b' }], { behaviours: { a: { result: 'LAYER_BYPASS' } } })
    const { written, invoked } = rerun(played, ({ kind }) => kind === 'SKILL_VIOLATION')
    expect(written.slice(2, 4)).toEqual([
      ['TASK_FINISHED', 'a', 'FAILED', 'LAYER_BYPASS'],
      ['CYCLE_DEGRADED', 'a'],
    ])
    expect(invoked).toEqual(['b'])
  })

  it('stays DEGRADED, without saying so again', () => {
    const played = cycleOf([SELLS, { name: 'critical', critical: true }, { name: 'last' }], {
      behaviours: { critical: { result: 'error' } },
    })
    const { written, result, made } = rerun(played, ({ kind }) => kind === 'CYCLE_DEGRADED')
    expect(written.map(([kind]) => kind)).not.toContain('CYCLE_DEGRADED')
    expect([result!.outcome, made]).toEqual(['DEGRADED', []])
  })

  it('blocks nothing again, and releases nothing again', () => {
    const blocked = cycleOf([{ name: 'a' }, { name: 'b', dependsOn: ['a'] }, { name: 'c', dependsOn: ['b'] }], {
      behaviours: { a: { result: 'error' } },
    })
    expect(rerun(blocked, ({ kind }) => kind === 'TASK_BLOCKED').written.slice(3)).toEqual([
      ['TASK_BLOCKED', 'c', ['b']],
      ['CYCLE_FINISHED', 'COMPLETE'],
    ])
    const selling = cycleOf([
      { name: 'a', sideEffects: ['orders'] },
      { name: 'b', sideEffects: ['orders'] },
    ])
    const { written, made } = rerun(selling, ({ kind }) => kind === 'RELEASED')
    expect(written.slice(4)).toEqual([
      ['RELEASED', 'b/0/orders'],
      ['CYCLE_FINISHED', 'COMPLETE'],
    ])
    expect(made).toHaveLength(1)
  })
})

describe('a cycle that is over', () => {
  it('does nothing when it is run again, and has the same result', () => {
    for (const behaviours of [
      {},
      { sells: { result: 'error' as const } },
      { sells: { result: 'STATE_MUTATION' as const } },
    ]) {
      const played = cycleOf([SELLS, AFTER], { behaviours })
      const first = playCycle(played)
      const again = playCycle({ ...played, nowMs: NOW_MS + 1_000_000 }, { recorded: recordsOf(first.events) })
      expect(again).toEqual({ events: [], made: [], invoked: [], result: first.result })
    }
  })

  it.each([
    ['OVERRIDE', 'HARNESS_VIOLATION'],
    ['HARNESS_ERROR', 'HARNESS_ERROR'],
  ] as const)('by %s, recorded and no more, is refused: HALTED, and so is its machine', (result, kind) => {
    const played = cycleOf([SELLS, AFTER], { behaviours: { sells: { result } } })
    const again = rerun(played, (event) => event.kind === kind, { behaviours: {} })
    expect([again.events, again.invoked, again.made]).toEqual([[], [], []])
    expect([again.result!.outcome, again.result!.machine]).toEqual(['HALTED', 'HALTED'])
  })
})

it.each([
  ['bundleHash', { bundle: { ...BUNDLE, timestampMs: NOW_MS - 1 } }],
  ['mode', { mode: 'shadow' as const }],
  ['graph', { graph: { graph: 'other', gates: [], tasks: [SELLS] } }],
])('records of a cycle with another %s are refused: its effects would have other keys', (field, more) => {
  const played = cycleOf([SELLS])
  const recorded = recordsOf(playCycle(played, { dieAfter: 3 }).events)
  const other = { ...played, ...more }
  expect(() => new Cycle({ ...cycleOptions(other, new PlayedSkills(other)), recorded })).toThrow(
    `cycle c: expected the ${field} that the cycle began with`,
  )
})
