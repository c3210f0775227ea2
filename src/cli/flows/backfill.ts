import { systemClock } from '../../adapters/clock/system-clock.js'
import { InputMistake } from '../../base/mistakes.js'
import { dateOfEpochDay, epochDay } from '../../base/utc-date.js'
import { FLOW_SCHEDULES } from '../../core/flows/flow-graphs.js'
import { newestDue } from '../../core/flows/schedule.js'
import type { FlowDate } from '../../ports/vocabulary/flows.js'
import { type DateRun, runDate } from '../../runtime/flows/run-date.js'
import { type FlowsOptions, flowNamed, flowsChoice, type RawFlowsOptions } from '../flows-options.js'
import type { ExitCode } from '../shell/exit-codes.js'
import { plural, table } from '../shell/figures-text.js'
import { startProgress } from '../shell/progress.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, printResult, textOfLines } from '../shell/terminal.js'
import { demandDays } from './demanded-days.js'
import { ROW_HEAD, rowCells } from './flows-text.js'
import { exitOf } from './run.js'
import { withFlows, withTasks, withTurn } from './with-flows.js'

/** Runs `dolphin flows backfill`: what is done stands, so that it goes on where it was stopped. */
export async function backfill(flow: string, raw: RawFlowsOptions): Promise<ExitCode> {
  const choice = await flowsChoice(raw)
  const key = { flow: flowNamed(flow), colour: choice.options.colour ?? 'blue' } as const
  const dates = datesOf(key, choice.options)
  const watch = watchInterrupt('now')
  const progress = startProgress({
    total: dates.length,
    unit: 'days',
    label: key.flow,
    quiet: choice.options.quiet === true,
  })
  const runs: DateRun[] = []
  try {
    await withFlows(choice, async (open) => {
      demandDays(choice, dates, await open.store.rows(key))
      return withTurn(open, key, ({ fence, owner, lost }) =>
        withTasks(choice, watch.signal, async (tasks) => {
          const turn = { store: open.store, fence, owner, clock: systemClock, lost, stop: watch.signal }
          for (const date of dates) {
            const ran = await runDate(date, tasks.workOf(date), turn)
            runs.push(ran)
            if (ran.end === 'FAILED' || ran.end === 'STOPPED' || ran.end === 'LOST') return
            progress.advance(1, date.stamp)
          }
        }),
      )
    }).finally(() => progress.stop())
  } finally {
    watch.stop()
  }
  await print(runs, dates, choice.options)
  const last = runs.at(-1)!
  return exitOf(last, last.row)
}

/** A slip of the year would run for days. */
const DATES_MAX = 400

async function print(runs: readonly DateRun[], dates: readonly FlowDate[], { json }: FlowsOptions): Promise<void> {
  if (json === true) return printResult(runs.map(({ end, row }) => `${JSON.stringify({ end, row })}\n`).join(''))
  const cells = runs.map(({ row }) => rowCells(row))
  const lines = table(ROW_HEAD, cells, { head: coloursFor(process.stdout).bold }).map((line) => line.trimEnd())
  const before = runs.filter(({ end }) => end === 'DONE' || end === 'WAIVED').length
  const left = dates.length - runs.length
  const said = [
    ...(before > 0 ? [`${plural(before, 'date')} had been done before`] : []),
    ...(left > 0 ? [`${plural(left, 'date')} not begun`] : []),
  ]
  await printResult(textOfLines([...lines, ...(said.length > 0 ? ['', `${said.join(', ')}.`] : [])]))
}

/** @throws InputMistake */
function datesOf(key: Pick<FlowDate, 'flow' | 'colour'>, { from, to }: FlowsOptions): readonly FlowDate[] {
  const problems: { place: string; message: string }[] = []
  const schedule = FLOW_SCHEDULES[key.flow]
  if (schedule.catchUp === 'newest') {
    throw new InputMistake({
      place: '<flow>',
      message: `expected paper-day or supervised-day, found ${key.flow}: only its newest slot is run`,
    })
  }
  const newest = newestDue(schedule, Date.now())
  if (from === undefined) problems.push({ place: '--from', message: 'expected the first date, found nothing' })
  const last = to ?? newest
  if (last > newest)
    problems.push({ place: '--to', message: `expected a date that is due, ${newest} at the latest, found ${last}` })
  if (from !== undefined && from > last)
    problems.push({ place: '--from', message: `expected a date up to ${last}, found ${from}` })
  const count = from === undefined ? 0 : epochDay(last) - epochDay(from) + 1
  if (count > DATES_MAX)
    problems.push({ place: '--from', message: `expected at most ${DATES_MAX} dates at once, found ${count}` })
  if (problems.length > 0) throw new InputMistake(problems)
  return Array.from({ length: count }, (_, i) => ({ ...key, stamp: dateOfEpochDay(epochDay(from!) + i) }))
}
