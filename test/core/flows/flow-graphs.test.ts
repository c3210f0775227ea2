import { describe, expect, it, test } from 'vitest'
import { dryTasks, FLOW_GRAPHS, FLOW_SCHEDULES, flowTasks } from '../../../src/core/flows/flow-graphs.js'
import { FLOWS, type FlowName } from '../../../src/ports/vocabulary/flows.js'

describe('the flows of the source', () => {
  it.each<[FlowName, readonly string[]]>([
    [
      'supervised-day',
      [
        'probe_grid 3/30',
        'check_champion 0/10',
        'load_day 2/120',
        'read_posture 2/20',
        'restore_capital 2/20',
        'run_day 0/600',
        'write_result 3/30 pnl_log grid_state',
        'heartbeat 0/15 heartbeat',
      ],
    ],
    [
      'paper-day',
      [
        'load_config 0/10',
        'load_day 2/120',
        'restore_capital 2/20',
        'run_day 0/600',
        'write_state 3/30 pnl_log grid_state',
        'log_pnl 0/15 pnl_log',
      ],
    ],
    ['forewarner', ['probe_grid 3/30', 'assess 2/120', 'write_report 3/30 report', 'heartbeat 0/15 heartbeat']],
  ])('%s has their tasks, retries, timeouts and effects', (flow, rows) => {
    const found = flowTasks(flow).map(({ name, retries, timeoutMs, sideEffects }) =>
      [`${name} ${retries}/${timeoutMs / 1_000}`, ...sideEffects].join(' '),
    )
    expect(found).toEqual(rows)
  })

  it.each(FLOWS)('of %s only the heartbeat may fail', (flow) => {
    const uncritical = flowTasks(flow).filter(({ critical }) => !critical)
    expect(uncritical.map(({ name }) => name)).toEqual(flow === 'paper-day' ? [] : ['heartbeat'])
  })

  it('only a task that may be repeated is retried', () => {
    for (const task of FLOWS.flatMap(flowTasks)) if (task.retries > 0) expect(task.idempotent, task.name).toBe(true)
  })

  it('supervised-day asks for the posture in a graph of its own, once the capital is restored', () => {
    const [before, after] = FLOW_GRAPHS['supervised-day']
    expect(before!.tasks.at(-1)!.name).toBe('restore_capital')
    expect(after!.tasks[0]).toMatchObject({ name: 'run_day', requiredState: ['posture'] })
    expect(after!.gates).toEqual([{ condition: "posture.posture != 'HIBERNATE'", ifTrue: 'run_day', ifFalse: 'SKIP' }])
  })
})

test.each<[FlowName, unknown]>([
  ['paper-day', { kind: 'daily', at: '00:05', catchUp: 'all' }],
  ['supervised-day', { kind: 'daily', at: '00:10', catchUp: 'all' }],
  ['forewarner', { kind: 'hours', every: 4, catchUp: 'newest' }],
])('%s is due when the source says', (flow, schedule) => {
  expect(FLOW_SCHEDULES[flow]).toEqual(schedule)
})

test.each<[FlowName, string]>([
  ['paper-day', 'restore_capital'],
  ['supervised-day', 'restore_capital'],
  ['forewarner', 'assess'],
])('a dry run of %s ends with %s', (flow, last) => {
  expect(dryTasks(flow).at(-1)!.name).toBe(last)
})
