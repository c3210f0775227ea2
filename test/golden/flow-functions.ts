import { present } from '../../src/base/present.js'
import { restoreCapital } from '../../src/core/flows/restore-capital.js'
import { dueDates } from '../../src/core/flows/schedule.js'
import type { FlowName, FlowSchedule, FlowStatus } from '../../src/ports/vocabulary/flows.js'
import type { Posture } from '../../src/ports/vocabulary/market.js'
import { type FlowProcess, FlowRig } from '../support/flow-rig.js'
import type { FlowScript } from '../support/scripted-flow.js'

/** What the harness's golden cases ask of the flows. */
export const FLOW_FUNCTIONS = {
  due: dueCase,
  restore_capital: restoreCapitalCase,
  flow_run: flowRunCase,
  flow_again: flowAgainCase,
  flow_crash_every_step: flowCrashEveryStepCase,
}

interface DueCase {
  readonly schedule:
    | { readonly kind: 'daily'; readonly at: string }
    | { readonly kind: 'every'; readonly hours: number }
  readonly ledger: readonly (readonly [string, FlowStatus, number])[]
  readonly nowMs: number
  readonly since: string | null
  readonly lease: { readonly owner: string; readonly unchangedMs: number } | null
}

function dueCase({ schedule, ledger, ...context }: DueCase): unknown {
  const written: FlowSchedule =
    schedule.kind === 'daily'
      ? { kind: 'daily', at: schedule.at, catchUp: 'all' }
      : { kind: 'hours', every: schedule.hours, catchUp: 'newest' }
  const rows = ledger.map(([stamp, status, attempts]) => ({ stamp, status, attempts }))
  return dueDates(written, rows, context)
}

interface RestoreCapitalCase {
  readonly date: string
  readonly states: readonly (readonly [string, unknown])[]
  readonly override?: number
  readonly initialCapital?: number
}

function restoreCapitalCase({ date, states, override, initialCapital }: RestoreCapitalCase): unknown {
  const recorded = states.map(([day, capital]) => ({ date: day, capital }))
  const restored = restoreCapital(date, recorded, present({ override, initial: initialCapital }))
  if (restored.kind === 'refused') return { error: restored.error }
  return { capital: restored.capital, from: restored.from }
}

interface FlowCase {
  readonly flow: FlowName
  readonly script?: FlowScript
  readonly posture?: Posture
  /** In the second process; else the same. */
  readonly postureAfter?: Posture
  readonly dryRun?: boolean
}

async function flowRunCase(args: FlowCase): Promise<unknown> {
  const process = await rigOf(args).process({ isDry: args.dryRun ?? false })
  return { outcome: process.result!.outcome, events: eventsOf(process) }
}

async function flowAgainCase(args: FlowCase): Promise<unknown> {
  return again(args, Number.POSITIVE_INFINITY)
}

async function flowCrashEveryStepCase(args: FlowCase): Promise<unknown> {
  const { records } = await rigOf(args).process({ isDry: args.dryRun ?? false })
  const crashes: unknown[] = []
  for (let at = 1; at <= records.length; at++) crashes.push(await again(args, at))
  return crashes
}

/** The same date in two processes, of which the first dies after so many records. */
async function again(args: FlowCase, dieAfter: number): Promise<unknown> {
  const rig = rigOf(args)
  const isDry = args.dryRun ?? false
  await rig.process({ isDry, dieAfter })
  rig.scripted.posture = args.postureAfter ?? rig.scripted.posture
  const second = await rig.process({ isDry })
  const effects = rig.scripted.made.map(({ name }) => name)
  return { events: eventsOf(second), outcome: second.result!.outcome, effects }
}

function rigOf({ flow, script, posture }: FlowCase): FlowRig {
  const rig = new FlowRig(flow, script)
  rig.scripted.posture = posture ?? 'APEX'
  return rig
}

function eventsOf({ records, beganMs }: FlowProcess): readonly unknown[] {
  return records.map((record) => {
    switch (record.kind) {
      case 'ATTEMPT':
        return [record.kind, record.task, record.attempt, record.atMs - beganMs]
      case 'ATTEMPT_FAILED':
        return [record.kind, record.task, record.attempt, record.failure]
      case 'EFFECT':
        return [record.kind, record.name]
      case 'TASK_BLOCKED':
        return [record.kind, record.task, record.blockers]
      case 'TASK_SKIPPED':
        return [record.kind, record.task, record.reason]
      case 'TASK_REPLAYED':
        return [record.kind, record.task, record.status]
      case 'FLOW_FINISHED':
        return [record.kind, record.outcome]
      default:
        return 'task' in record ? [record.kind, record.task] : [record.kind]
    }
  })
}
