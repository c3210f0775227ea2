import { systemClock } from '../../adapters/clock/system-clock.js'
import { Interrupted } from '../../base/mistakes.js'
import type { FlowDate } from '../../ports/vocabulary/flows.js'
import { type DateRun, runDate } from '../../runtime/flows/run-date.js'
import { runFlow } from '../../runtime/flows/run-flow.js'
import { openDryTasks } from '../compose/shared-flow-tasks.js'
import { dateAsked, type FlowsChoice, flowNamed, flowsChoice, type RawFlowsOptions } from '../flows-options.js'
import { tasksOf } from '../flows-tasks-choice.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { type InterruptWatch, watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, noticeWarning, printResult, textOfLines } from '../shell/terminal.js'
import { demandDays } from './demanded-days.js'
import { summaryLines, writtenTo } from './flows-text.js'
import { ShownRun } from './shown-run.js'
import { withFlows, withTasks, withTurn } from './with-flows.js'

/** Runs `dolphin flows run`. */
export async function run(flow: string, raw: RawFlowsOptions): Promise<ExitCode> {
  const choice = await flowsChoice(raw)
  const date = dateAsked(flowNamed(flow), choice.options, Date.now())
  const watch = watchInterrupt('now')
  try {
    if (choice.options.dryRun === true) return await dryRun(date, choice, watch)
    const ran = await withFlows(choice, async ({ store, scheduler, close }) => {
      demandDays(choice, [date], await store.rows(date))
      return withTurn({ store, scheduler, close }, date, (turn) =>
        withTasks(choice, watch.signal, async (tasks) => {
          const shown = new ShownRun(date, choice.options.quiet === true)
          const { fence, owner, lost } = turn
          const parts = { store, fence, owner, clock: systemClock, lost, stop: watch.signal, listener: shown }
          return runDate(date, tasks.workOf(date), parts).finally(() => shown.end())
        }),
      )
    })
    await print(date, choice, ran)
    return exitOf(ran, date)
  } finally {
    watch.stop()
  }
}

/** What the exit code says; a run that was stopped is not done. */
export function exitOf({ end, row }: DateRun, { flow, colour, stamp }: FlowDate): ExitCode {
  const again = `dolphin flows run ${flow} --colour ${colour} --date ${stamp}`
  switch (end) {
    case 'STOPPED':
      throw new Interrupted(`Stopped; what was done stands, and ${again} goes on from there.`)
    case 'LOST':
      notice(`${flow} ${colour} ${stamp}: another process has taken it over; it goes on there.`)
      return EXIT.failed
    case 'FAILED':
      notice(`${coloursFor(process.stderr).red('FAILED')} at ${row.detail ?? 'an unknown task'}`)
      notice(
        `What was done stands. Mend it and run it again: ${again}; or give it up: ${again.replace(' run ', ' waive ')} --reason …`,
      )
      return EXIT.failed
    default:
      return EXIT.ok
  }
}

async function print(date: FlowDate, choice: FlowsChoice, { end, row, result }: DateRun): Promise<void> {
  if (choice.options.json === true) {
    return printResult(`${JSON.stringify({ schema: 'dolphin.flow-run/1', end, row, isNew: result?.isNew ?? false })}\n`)
  }
  const colours = coloursFor(process.stdout)
  const { flow, colour, stamp } = date
  if (end === 'DONE' || end === 'WAIVED') {
    const when = `${new Date(row.atMs).toISOString().slice(0, 16)}Z`
    const what = end === 'DONE' ? `was done before, ${row.status} at ${when}` : `was waived at ${when} by ${row.owner}`
    return printResult(textOfLines([`${flow} ${colour} ${stamp} ${what}: nothing was run.`]))
  }
  if (end !== 'SUCCESS' && end !== 'HIBERNATED') return
  const seconds = ((row.atMs - (row.startedAtMs ?? row.atMs)) / 1_000).toFixed(1)
  const { grid, flows } = choice
  const written = writtenTo(date, { grid, ...flows })
  await printResult(
    textOfLines([
      `${flow} ${colour} ${stamp}: ${end} in ${seconds} s${row.attempts > 1 ? `, run ${row.attempts}` : ''}`,
      ...summaryLines(row.summary ?? {}, colours),
      ...written.map((text, i) => `  ${(i === 0 ? 'Written to' : '').padEnd(14)}${text}`),
    ]),
  )
}

async function dryRun(date: FlowDate, choice: FlowsChoice, watch: InterruptWatch): Promise<ExitCode> {
  demandDays(choice, [date], [])
  const { flow, colour, stamp } = date
  const shown = new ShownRun(date, choice.options.quiet === true)
  const tasks = await openDryTasks(tasksOf(choice, noticeWarning))
  const work = tasks.workOf(date)
  const parts = { date, work, store: null, fence: 0, clock: systemClock, end: watch.signal, listener: shown }
  const result = await runFlow(parts)
    .catch((error: unknown) => {
      if (watch.signal.aborted) throw new Interrupted('Stopped; a dry run keeps nothing.')
      throw error
    })
    .finally(() => shown.end())
    .finally(() => tasks.close())
  const summary = work.summaryOf?.(result.outputs) ?? {}
  if (choice.options.json === true) {
    const { outcome, failure } = result
    await printResult(`${JSON.stringify({ schema: 'dolphin.flow-dry-run/1', ...date, outcome, failure, summary })}\n`)
  } else if (result.failure === null) {
    const lines = summaryLines(summary, coloursFor(process.stdout))
    await printResult(textOfLines([`${flow} ${colour} ${stamp}: it can be run. Nothing was kept.`, ...lines]))
  }
  if (result.failure === null) return EXIT.ok
  notice(`${coloursFor(process.stderr).red('FAILED')} at ${result.failure.task}: ${result.failure.message}`)
  return EXIT.failed
}
