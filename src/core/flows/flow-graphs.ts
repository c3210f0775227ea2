import type { FlowDate, FlowName, FlowSchedule } from '../../ports/vocabulary/flows.js'
import type { EffectResource, HarnessGraph, HarnessTask } from '../../ports/vocabulary/harness.js'

/** When each flow is due, UTC. Source: system bible §17.1; spec "Schedules". */
export const FLOW_SCHEDULES: Readonly<Record<FlowName, FlowSchedule>> = {
  'paper-day': { kind: 'daily', at: '00:05', catchUp: 'all' },
  'supervised-day': { kind: 'daily', at: '00:10', catchUp: 'all' },
  forewarner: { kind: 'hours', every: 4, catchUp: 'newest' },
}

/**
 * The tasks of each flow as graphs, run one after the other. The second of `supervised-day` is built when the posture is known: its gate
 * reads it. Source: system bible §17.2, §17.3; spec "Flow runs".
 */
export const FLOW_GRAPHS: Readonly<Record<FlowName, readonly HarnessGraph[]>> = {
  'supervised-day': [
    chain('supervised-day', [
      ['probe_grid', 3, 30],
      ['check_champion', 0, 10],
      ['load_day', 2, 120],
      ['read_posture', 2, 20],
      ['restore_capital', 2, 20],
    ]),
    {
      ...chain('supervised-day-engine', [
        ['run_day', 0, 600, { requiredState: ['posture'] }],
        ['write_result', 3, 30, { sideEffects: ['pnl_log', 'grid_state'] }],
        ['heartbeat', 0, 15, { sideEffects: ['heartbeat'], critical: false }],
      ]),
      gates: [{ condition: "posture.posture != 'HIBERNATE'", ifTrue: 'run_day', ifFalse: 'SKIP' }],
    },
  ],
  'paper-day': [
    chain('paper-day', [
      ['load_config', 0, 10],
      ['load_day', 2, 120],
      ['restore_capital', 2, 20],
      ['run_day', 0, 600],
      ['write_state', 3, 30, { sideEffects: ['pnl_log', 'grid_state'] }],
      ['log_pnl', 0, 15, { sideEffects: ['pnl_log'] }],
    ]),
  ],
  forewarner: [
    chain('forewarner', [
      ['probe_grid', 3, 30],
      ['assess', 2, 120],
      ['write_report', 3, 30, { sideEffects: ['report'] }],
      ['heartbeat', 0, 15, { sideEffects: ['heartbeat'], critical: false }],
    ]),
  ],
}

/** All tasks of a flow, in the order in which they run. */
export function flowTasks(flow: FlowName): readonly HarnessTask[] {
  return FLOW_GRAPHS[flow].flatMap(({ tasks }) => tasks)
}

/** The tasks that a dry run runs: all up to what it would be run on. */
export function dryTasks(flow: FlowName): readonly HarnessTask[] {
  const tasks = flowTasks(flow)
  const last = flow === 'forewarner' ? 'assess' : 'restore_capital'
  return tasks.slice(0, tasks.findIndex(({ name }) => name === last) + 1)
}

/** What they found is of the moment: each attempt of a date looks again. */
export const ALWAYS_AGAIN: ReadonlySet<string> = new Set(['probe_grid', 'read_posture'])

/** What the tasks' ids are of. */
export function keyDocument({ flow, colour, stamp }: FlowDate) {
  return { flow, colour, date: stamp }
}

type Row = readonly [
  name: string,
  retries: number,
  timeoutSeconds: number,
  more?: Partial<Pick<HarnessTask, 'requiredState' | 'critical'>> & {
    readonly sideEffects?: readonly EffectResource[]
  },
]

/** Each task depends on the one before. One that is not tried again is not declared idempotent: nothing rests on it. */
function chain(graph: string, rows: readonly Row[]): HarnessGraph {
  const tasks = rows.map(([name, retries, timeoutSeconds, more = {}], at): HarnessTask => {
    return {
      name,
      taskType: name,
      skillRef: `${graph.replace('-engine', '')}.${name}`,
      requiredState: [],
      requiredPermissions: [],
      dependsOn: at === 0 ? [] : [rows[at - 1]![0]],
      inputs: {},
      timeoutMs: timeoutSeconds * 1_000,
      outputSchema: name,
      sideEffects: [],
      critical: true,
      minConfidence: null,
      retries,
      idempotent: retries > 0,
      ...more,
    }
  })
  return { graph, tasks, gates: [] }
}
