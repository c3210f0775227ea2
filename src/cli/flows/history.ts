import { dateAsked, flowNamed, flowsChoice, type RawFlowsOptions } from '../flows-options.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { table } from '../shell/figures-text.js'
import { coloursFor, printResult, textOfLines } from '../shell/terminal.js'
import { ROW_HEAD, rowCells } from './flows-text.js'
import { withFlows } from './with-flows.js'

/** Runs `dolphin flows history`. */
export async function history(flow: string, raw: RawFlowsOptions): Promise<ExitCode> {
  const choice = await flowsChoice(raw)
  const { options } = choice
  const key = { flow: flowNamed(flow), colour: options.colour ?? 'blue' } as const
  if (options.records === true) return records(flow, raw)
  const { limit = LIMIT, date } = options
  const all = await withFlows(choice, ({ store }) => store.rows(key))
  const rows = all.filter(({ stamp }) => date === undefined || stamp === date).slice(-limit)
  if (options.json === true) {
    await printResult(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    return EXIT.ok
  }
  const c = coloursFor(process.stdout)
  const lines =
    rows.length === 0
      ? [`${key.flow} ${key.colour}: nothing was run.`]
      : table(ROW_HEAD, [...rows].reverse().map(rowCells), { head: c.bold })
  await printResult(textOfLines(lines.map((line) => line.trimEnd())))
  return EXIT.ok
}

const LIMIT = 30

async function records(flow: string, raw: RawFlowsOptions): Promise<ExitCode> {
  const choice = await flowsChoice(raw)
  const { options } = choice
  const asked = dateAsked(flowNamed(flow), options, Date.now())
  const { date, found } = await withFlows(choice, async ({ store }) => {
    const newest = options.date === undefined ? (await store.rows(asked)).at(-1)?.stamp : undefined
    const date = { ...asked, stamp: newest ?? asked.stamp }
    return { date, found: await store.records(date) }
  })
  if (options.json === true) {
    await printResult(found.map((record) => `${JSON.stringify(record)}\n`).join(''))
    return EXIT.ok
  }
  const lines = found.map(({ seq, atMs, kind, ...rest }) => {
    const said = Object.entries(rest).map(([name, value]) => `${name} ${shown(value)}`)
    return `${String(seq).padStart(4)}  ${new Date(atMs).toISOString()}  ${kind.padEnd(14)}  ${said.join('  ')}`.trimEnd()
  })
  const none = [`${date.flow} ${date.colour} ${date.stamp}: nothing was run.`]
  await printResult(textOfLines(lines.length === 0 ? none : lines))
  return EXIT.ok
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 97)}…` : text
}
