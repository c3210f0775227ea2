import { describe, expect, it, test } from 'vitest'
import { buildFlow, builtFlow, type FlowPlace } from '../../../src/core/flows/built-flow.js'
import { FLOW_GRAPHS } from '../../../src/core/flows/flow-graphs.js'
import { FlowRun } from '../../../src/core/flows/flow-run.js'
import { RecordedRun } from '../../../src/core/flows/recorded-run.js'
import type { FlowEvent, FlowFailure, FlowRecord } from '../../../src/ports/vocabulary/flows.js'

const PAPER = builtFlow('paper-day')

describe('what a run does next', () => {
  it('is the same however often it is asked, until something is recorded', () => {
    const { run } = begun(PAPER)
    expect(run.next(0)).toEqual(run.next(0))
  })

  it('begins with what the record says: that it starts, or that it goes on', () => {
    const first = new FlowRun(PAPER, new RecordedRun([]), false)
    const second = new FlowRun(PAPER, new RecordedRun(numbered([{ kind: 'FLOW_STARTED' }])), false)
    expect([first.next(0), second.next(0)]).toEqual([
      { kind: 'record', event: { kind: 'FLOW_STARTED' } },
      { kind: 'record', event: { kind: 'FLOW_RESUMED' } },
    ])
  })

  it.each<[string, FlowFailure, number, unknown]>([
    ['after a first error a second attempt, a second later', 'error', 1, { attempt: 2, pauseMs: 1_000 }],
    ['after a second timeout a third, two seconds later', 'timeout', 2, { attempt: 3, pauseMs: 2_000 }],
    ['after the last retry that the task failed', 'error', 3, { event: { kind: 'TASK_FAILED', task: 'load_day' } }],
    ['after an error for good the same', 'fatal', 1, { event: { kind: 'TASK_FAILED', task: 'load_day' } }],
  ])('is %s', (_, failure, attempt, expected) => {
    const { run, happen } = begun(PAPER)
    happen({ kind: 'TASK_SUCCESS', task: 'load_config', output: null })
    happen({ kind: 'ATTEMPT_FAILED', task: 'load_day', attempt, failure, message: 'no' })
    expect(run.next(0)).toMatchObject(expected as object)
  })

  it('is nothing but its outcome, once that is recorded', () => {
    const { run, happen } = begun(PAPER)
    happen({ kind: 'FLOW_FINISHED', outcome: 'SUCCESS' })
    expect(run.next(0)).toEqual({ kind: 'finished', outcome: 'SUCCESS' })
  })
})

test('tasks that do not wait for one that failed are done first, and then the blocked are named with what blocks them', () => {
  const [task] = FLOW_GRAPHS['paper-day'][0]!.tasks
  const named = (name: string, ...dependsOn: string[]) => ({ ...task!, name, taskType: name, dependsOn })
  const tasks = [named('a'), named('b', 'a'), named('c', 'a', 'b'), named('d')]
  const { run, happen } = begun(buildFlow([{ graph: 'g', tasks, gates: [] }], new Set()))
  happen({ kind: 'ATTEMPT_FAILED', task: 'a', attempt: 1, failure: 'fatal', message: 'it broke' })
  happen({ kind: 'TASK_FAILED', task: 'a' })
  expect(run.next(0)).toMatchObject({ kind: 'attempt', place: { task: { name: 'd' } } })
  happen({ kind: 'TASK_SUCCESS', task: 'd', output: 1 })
  const blocked: unknown[] = []
  for (let step = run.next(0); step.kind === 'record'; step = run.next(0)) {
    blocked.push(step.event)
    happen(step.event)
  }
  expect(blocked).toEqual([
    { kind: 'TASK_BLOCKED', task: 'b', blockers: ['a'] },
    { kind: 'TASK_BLOCKED', task: 'c', blockers: ['a', 'b'] },
    { kind: 'FLOW_FINISHED', outcome: 'FAILED' },
  ])
  expect(run.failure).toEqual({ task: 'a', message: 'it broke' })
})

test('nobody can change what a task has put out', () => {
  const { run, happen } = begun(PAPER)
  happen({ kind: 'TASK_SUCCESS', task: 'load_config', output: { colour: { name: 'blue' } } })
  const output = run.outputs.get('load_config') as { colour: { name: string } }
  expect(() => {
    output.colour.name = 'green'
  }).toThrow(TypeError)
})

function begun(places: readonly FlowPlace[]) {
  const run = new FlowRun(places, new RecordedRun([]), false)
  const happen = (event: FlowEvent) => run.recorded(numbered([event])[0]!)
  happen({ kind: 'FLOW_STARTED' })
  return { run, happen }
}

function numbered(events: readonly FlowEvent[]): readonly FlowRecord[] {
  return events.map((event, i) => ({ ...event, seq: i + 1, atMs: 0 }))
}
