import { dateAsked, flowNamed, flowsChoice, type RawFlowsOptions } from '../flows-options.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { coloursFor, printResult, textOfLines } from '../shell/terminal.js'
import { summaryLines, taskLines, taskText } from './flows-text.js'
import { withFlows } from './with-flows.js'

/** Runs `dolphin flows status`: exit code 1 for a date that failed. */
export async function status(flow: string, raw: RawFlowsOptions): Promise<ExitCode> {
  const choice = await flowsChoice(raw)
  const key = { flow: flowNamed(flow), colour: choice.options.colour ?? 'blue' } as const
  const { row, records, lease } = await withFlows(choice, async ({ store, scheduler }) => {
    const rows = await store.rows(key)
    const { date } = choice.options
    const newest =
      date === undefined
        ? rows.at(-1)
        : rows.find(({ stamp }) => stamp === dateAsked(key.flow, choice.options, Date.now()).stamp)
    const found = newest === undefined ? [] : await store.records(newest)
    return { row: newest, records: found, lease: await scheduler.lease(key) }
  })
  const isRunning = row?.status === 'RUNNING' && lease !== null
  if (choice.options.json === true) {
    const document = {
      schema: 'dolphin.flow-status/1',
      ...key,
      row: row ?? null,
      tasks: taskLines(key.flow, records),
      lease,
    }
    await printResult(`${JSON.stringify(document)}\n`)
  } else if (row === undefined) {
    await printResult(
      textOfLines([`${key.flow} ${key.colour}: nothing was run. dolphin flows run ${key.flow} --colour ${key.colour}`]),
    )
  } else {
    const c = coloursFor(process.stdout)
    const by = isRunning
      ? ` at ${lease.owner}`
      : row.status === 'RUNNING'
        ? ' (interrupted: it goes on with the next run)'
        : ''
    const detail =
      row.detail === null ? [] : [`  ${row.status === 'FAILED' ? c.red('why') : 'why'}           ${row.detail}`]
    await printResult(
      textOfLines([
        c.bold(`${row.flow} ${row.colour} ${row.stamp}: ${row.status}${by}, run ${row.attempts}`),
        ...taskLines(key.flow, records).map((line) => taskText(line, c, { nowMs: Date.now() })),
        ...summaryLines(row.summary ?? {}, c),
        ...detail,
      ]),
    )
  }
  return row?.status === 'FAILED' ? EXIT.failed : EXIT.ok
}
