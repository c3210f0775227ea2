import { join } from 'node:path'
import { flowTasks } from '../../core/flows/flow-graphs.js'
import { displayPath } from '../../files/package-files.js'
import type { FlowDate, FlowName, FlowRecord, FlowRow } from '../../ports/vocabulary/flows.js'
import { count, signedUsd, usd } from '../shell/figures-text.js'
import { type Colours, paintSign } from '../shell/terminal.js'

/** Where a task of a run stands. */
export interface TaskLine {
  readonly task: string
  readonly state: 'waiting' | 'running' | 'resting' | 'done' | 'stands' | 'skipped' | 'failed' | 'blocked'
  readonly attempt: number
  /** UTC ms; null: it has not begun, or is over. */
  readonly sinceMs: number | null
  readonly tookMs: number | null
  /** Why it failed last, or was skipped. */
  readonly note: string
}

/** What the records of a run say of each task, in the order in which they run. */
export function taskLines(flow: FlowName, records: readonly FlowRecord[]): readonly TaskLine[] {
  const lines = new Map<string, TaskLine>(
    flowTasks(flow).map(({ name }) => [
      name,
      { task: name, state: 'waiting', attempt: 0, sinceMs: null, tookMs: null, note: '' },
    ]),
  )
  for (const record of records) {
    if (record.kind === 'FLOW_RESUMED') {
      for (const line of lines.values()) lines.set(line.task, { ...line, state: 'waiting', attempt: 0, note: '' })
    }
    if (!('task' in record)) continue
    const line = lines.get(record.task)
    if (line !== undefined) lines.set(record.task, { ...line, ...after(line, record) })
  }
  return [...lines.values()]
}

function after(line: TaskLine, record: Extract<FlowRecord, { task: string }>): Partial<TaskLine> {
  const tookMs = line.sinceMs === null ? null : record.atMs - line.sinceMs
  switch (record.kind) {
    case 'ATTEMPT':
      return { state: 'running', attempt: record.attempt, sinceMs: record.atMs }
    case 'ATTEMPT_FAILED':
      return { state: 'resting', note: record.message, sinceMs: null, tookMs }
    case 'TASK_SUCCESS':
      return { state: 'done', tookMs, sinceMs: null, note: '' }
    case 'TASK_FAILED':
      return { state: 'failed', sinceMs: null }
    case 'TASK_BLOCKED':
      return { state: 'blocked', note: `after ${record.blockers.join(', ')}` }
    case 'TASK_SKIPPED':
      return { state: 'skipped', note: record.reason === 'GATE' ? 'its gate is closed: HIBERNATE' : 'dry run' }
    case 'TASK_REPLAYED':
      return { state: record.status === 'SUCCESS' ? 'stands' : 'skipped', note: 'from the run before' }
    default:
      return {}
  }
}

const MARKS: Readonly<Record<TaskLine['state'], string>> = {
  ...{ waiting: '·', running: '▸', resting: '↻', done: '✓', stands: '✓', skipped: '–', failed: '✗', blocked: '·' },
}

/** A task in a line. @param progress of one that runs, 0 … 1. */
export function taskText(
  line: TaskLine,
  c: Colours,
  { nowMs, progress }: { readonly nowMs: number; readonly progress?: string },
): string {
  const paint = { done: c.green, stands: c.green, failed: c.red, resting: c.yellow, running: c.cyan } as const
  const mark = (paint[line.state as keyof typeof paint] ?? c.dim)(MARKS[line.state])
  const ms = line.sinceMs === null ? line.tookMs : nowMs - line.sinceMs
  const time = ms === null ? '' : `${(ms / 1_000).toFixed(1)} s`
  const tried = line.attempt > 1 ? `attempt ${line.attempt}` : ''
  const rest = [tried, progress ?? '', line.note].filter((text) => text !== '').join('  ')
  return `  ${mark} ${line.task.padEnd(16)} ${time.padStart(8)}  ${rest}`.trimEnd()
}

/** Where a run wrote what. */
export function writtenTo(
  { flow, colour, stamp }: FlowDate,
  { grid, folder, paperLogs }: { readonly grid: string; readonly folder: string; readonly paperLogs: string },
): readonly string[] {
  const of = grid === 'embedded' ? join(folder, 'grid') : grid
  const maps = colour.toUpperCase()
  switch (flow) {
    case 'paper-day':
      return [
        `DOLPHIN_PNL_${maps}[${stamp}] and DOLPHIN_STATE_${maps}[latest] of ${of}`,
        join(paperLogs, colour, 'pnl.jsonl'),
      ]
    case 'supervised-day':
      return [`DOLPHIN_PNL_${maps}[${stamp}:nautilus] and DOLPHIN_STATE_${maps}[latest_nautilus] of ${of}`]
    default:
      return [
        `DOLPHIN_FEATURES[mc_forewarner_latest] of ${of}`,
        join(folder, 'reports', `forewarner-${colour}-${stamp}.json`),
      ]
  }
}

/** What a person wants to know of a run that is over. */
export function summaryLines(summary: Readonly<Record<string, unknown>>, c: Colours): readonly string[] {
  const { day, bars, assets, posture, capitalBefore, capitalFrom, capital, pnl, trades, assessment } = summary
  const rows: [string, string][] = []
  if (typeof day === 'string')
    rows.push(['Day', `${displayPath(day)}, ${count(Number(bars))} bars, ${Number(assets)} assets`])
  if (typeof posture === 'string') rows.push(['Posture', posture])
  if (typeof capitalBefore === 'number')
    rows.push(['Capital', `${usd(capitalBefore)} USDT ${fromText(String(capitalFrom))}`])
  if (typeof capital === 'number') rows.push(['After', `${usd(capital)} USDT  ${paintSign(signedUsd(Number(pnl)), c)}`])
  if (typeof trades === 'number') rows.push(['Trades', count(trades)])
  const report = (assessment as { readonly report?: { readonly catastrophicProbability?: number } } | undefined)?.report
  if (report?.catastrophicProbability !== undefined) {
    rows.push(['Catastrophic', `${(100 * report.catastrophicProbability).toFixed(1)} %`])
  }
  return rows.map(([name, text]) => `  ${name.padEnd(14)}${text}`)
}

function fromText(from: string): string {
  if (from === 'initial') return '(the initial one)'
  return from === 'override' ? '(as said)' : `(of ${from})`
}

/** A row of the ledger, for tables. */
export function rowCells({ stamp, status, attempts, summary, atMs, detail }: FlowRow): readonly string[] {
  const { capital, pnl, trades } = summary ?? {}
  return [
    stamp,
    status,
    String(attempts),
    typeof capital === 'number' ? usd(capital) : '',
    typeof pnl === 'number' ? signedUsd(pnl) : '',
    typeof trades === 'number' ? count(trades) : '',
    `${new Date(atMs).toISOString().slice(0, 19)}Z`,
    detail ?? '',
  ]
}

export const ROW_HEAD = ['date', 'status', 'runs', 'capital', 'result', 'trades', 'written', 'detail']
