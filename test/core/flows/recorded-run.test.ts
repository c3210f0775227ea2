import { expect, test } from 'vitest'
import { RecordedRun } from '../../../src/core/flows/recorded-run.js'
import type { FlowEvent, FlowOutcome } from '../../../src/ports/vocabulary/flows.js'

test('of a date that was never begun nothing stands', () => {
  const { isNew, done, outputs, skipped, effects } = recorded()
  expect([isNew, done, outputs.size, skipped.size, effects.size]).toEqual([true, undefined, 0, 0, 0])
})

test('what succeeded stands with its newest output, what a gate closed, and the effects that were made', () => {
  const { isNew, outputs, skipped, effects } = recorded(
    { kind: 'FLOW_STARTED' },
    { kind: 'TASK_SUCCESS', task: 'read_posture', output: 'APEX' },
    { kind: 'TASK_SUCCESS', task: 'read_posture', output: 'TURTLE' },
    { kind: 'TASK_SKIPPED', task: 'run_day', reason: 'GATE' },
    { kind: 'EFFECT', key: 'a/0/pnl_log', name: 'pnl' },
    { kind: 'TASK_FAILED', task: 'write_result' },
  )
  expect(isNew).toBe(false)
  expect([...outputs]).toEqual([['read_posture', 'TURTLE']])
  expect([...skipped, ...effects]).toEqual(['run_day', 'a/0/pnl_log'])
})

test.each<[FlowOutcome, boolean]>([
  ['SUCCESS', true],
  ['HIBERNATED', true],
  ['FAILED', false],
])('a date that ended %s is done, or is not', (outcome, isDone) => {
  expect(recorded({ kind: 'FLOW_FINISHED', outcome }).done).toBe(isDone ? outcome : undefined)
})

test('a date that failed, and was begun again, is not done', () => {
  const failed = { kind: 'FLOW_FINISHED', outcome: 'FAILED' } as const
  expect(recorded(failed, { kind: 'FLOW_RESUMED' }).done).toBe(undefined)
})

function recorded(...events: FlowEvent[]): RecordedRun {
  return new RecordedRun(events.map((event, i) => ({ ...event, seq: i + 1, atMs: i })))
}
