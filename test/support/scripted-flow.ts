import { FLOW_GRAPHS } from '../../src/core/flows/flow-graphs.js'
import type { Clock } from '../../src/ports/clock.js'
import type { FlowName, FlowRecord } from '../../src/ports/vocabulary/flows.js'
import type { EffectResource } from '../../src/ports/vocabulary/harness.js'
import type { Posture } from '../../src/ports/vocabulary/market.js'
import {
  FatalFlowError,
  type FlowEffect,
  type FlowTask,
  type FlowTaskEffect,
  type FlowWork,
} from '../../src/runtime/flows/flow-work.js'

/** What each attempt of a task does, over all processes; past its end an attempt succeeds at once. */
export type FlowScript = Readonly<Record<string, readonly Behaviour[]>>
export type Behaviour = readonly ['ok' | 'error' | 'fatal' | 'hang', number]

/** The work of a flow whose tasks do what a script says, and what came of it: both outlive the process that does it. */
export class ScriptedFlow {
  posture: Posture = 'APEX'
  /** Effects that were made, in order: each key once, as a sink takes it. */
  readonly made: FlowEffect[] = []
  /** Names of tasks, each time they were called. */
  readonly called: string[] = []
  private readonly attempts = new Map<string, number>()

  constructor(
    private readonly flow: FlowName,
    private readonly clock: Clock,
    private readonly script: FlowScript = {},
  ) {}

  work(): FlowWork {
    const names = FLOW_GRAPHS[this.flow].flatMap(({ tasks }) => tasks.map(({ name }) => name))
    return {
      tasks: Object.fromEntries(names.map((name) => [name, this.task(name)])),
      apply: async (effect) => {
        if (!this.made.some(({ key }) => key === effect.key)) this.made.push(effect)
      },
      summaryOf: (outputs) => ({ tasks: Object.keys(outputs).length }),
    }
  }

  /** An attempt that is recorded is one of the script's, though its process may have died before it called the task. */
  recorded(record: FlowRecord): void {
    if (record.kind === 'ATTEMPT') this.attempts.set(record.task, (this.attempts.get(record.task) ?? 0) + 1)
  }

  private task(name: string): FlowTask {
    return async () => {
      this.called.push(name)
      const [how, ms] = this.script[name]?.[(this.attempts.get(name) ?? 1) - 1] ?? ['ok', 0]
      if (how === 'hang') return new Promise<never>(() => undefined)
      await this.clock.sleep(ms)
      if (how === 'error') throw new Error(`${name} failed as it was told`)
      if (how === 'fatal') throw new FatalFlowError(`${name} failed for good as it was told`)
      const { posture } = this
      const output = name === 'read_posture' ? { posture, timestampMs: this.clock.epochMs() } : { of: name }
      return { output, effects: SCRIPTED_EFFECTS[name] ?? [] }
    }
  }
}

/** What the tasks that write give back. */
export const SCRIPTED_EFFECTS: Readonly<Record<string, readonly FlowTaskEffect[]>> = {
  write_result: [effect('pnl', 'pnl_log'), effect('state', 'grid_state')],
  write_state: [effect('pnl', 'pnl_log'), effect('state', 'grid_state')],
  log_pnl: [effect('line', 'pnl_log')],
  write_report: [effect('report', 'report')],
  heartbeat: [effect('heartbeat', 'heartbeat')],
}

function effect(name: string, resource: EffectResource): FlowTaskEffect {
  return { name, resource, payload: { name } }
}
