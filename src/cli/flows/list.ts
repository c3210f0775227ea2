import { FLOW_SCHEDULES } from '../../core/flows/flow-graphs.js'
import { dueAtMs, dueDates, newestDue, stampAfter } from '../../core/flows/schedule.js'
import type { FlowKey, FlowRow } from '../../ports/vocabulary/flows.js'
import type { OpenFlows } from '../compose/flows.js'
import { flowsChoice, type RawFlowsOptions } from '../flows-options.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { table } from '../shell/figures-text.js'
import { coloursFor, printResult, textOfLines } from '../shell/terminal.js'
import { withFlows } from './with-flows.js'

/** Runs `dolphin flows list`. */
export async function list(raw: RawFlowsOptions): Promise<ExitCode> {
  const choice = await flowsChoice(raw)
  const listed = await withFlows(choice, (open) => Promise.all(choice.flows.run.map((key) => listedOf(key, open))))
  if (choice.options.json === true) {
    await printResult(`${JSON.stringify({ schema: 'dolphin.flows/1', flows: listed })}\n`)
    return EXIT.ok
  }
  const c = coloursFor(process.stdout)
  const cells = listed.map(({ flow, colour, schedule, last, open, next, holder }) => [
    `${flow} ${colour}`,
    schedule,
    last === null ? 'never' : `${last.stamp} ${last.status}`,
    open.length === 0 ? '' : open.length > 2 ? `${open[0]} … ${open.at(-1)} (${open.length})` : open.join(', '),
    next,
    holder ?? '',
  ])
  const lines = table(['flow', 'due', 'last', 'open', 'next', 'runs at'], cells, { head: c.bold })
  const never = listed.every(({ last }) => last === null)
  const hint = never
    ? [
        '',
        'Nothing was run yet. Try one: dolphin flows run paper-day --date 2025-05-20; at their times: dolphin serve flows --days <folder>.',
      ]
    : []
  await printResult(textOfLines([...lines, ...hint]))
  return EXIT.ok
}

interface Listed extends FlowKey {
  readonly schedule: string
  readonly last: FlowRow | null
  /** Dates that are due and not done. */
  readonly open: readonly string[]
  /** When the next date falls due, UTC. */
  readonly next: string
  readonly holder: string | null
}

async function listedOf(key: FlowKey, { store, scheduler }: OpenFlows): Promise<Listed> {
  const schedule = FLOW_SCHEDULES[key.flow]
  const nowMs = Date.now()
  const [rows, since, lease] = [await store.rows(key), await store.since(key), await scheduler.lease(key)]
  const { run, exhausted } = dueDates(schedule, rows, { nowMs, since, lease: null })
  const newest = newestDue(schedule, nowMs)
  return {
    ...key,
    schedule: schedule.kind === 'hours' ? `every ${schedule.every} h` : `${schedule.at} UTC`,
    last: rows.at(-1) ?? null,
    open: since === null ? [] : [...run, ...exhausted].sort(),
    next: `${new Date(dueAtMs(schedule, stampAfter(schedule, newest))).toISOString().slice(0, 16)}Z`,
    holder: lease?.owner ?? null,
  }
}
