import { canonicalJson } from '../../base/canonical-json.js'
import { found } from '../../base/mistakes.js'
import { printable } from '../../base/printable.js'
import { didYouMean } from '../../base/suggest.js'
import type { AuditEvent, AuditRecord, CycleOutcome } from '../../ports/vocabulary/harness.js'
import { readHarnessAudit } from '../compose/harness-audit.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { OptionCheck } from '../shell/option-check.js'
import { type Colours, coloursFor, notice, printResult, textOfLines } from '../shell/terminal.js'
import { utcTime } from '../shell/utc-time.js'

export interface RawAuditOptions {
  readonly cycle?: string
  readonly task?: string
  readonly kind?: string
  readonly outcome?: string
  readonly since?: string
  readonly until?: string
  readonly limit?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
}

interface Selection {
  readonly cycle: string | undefined
  readonly task: string | undefined
  readonly kinds: readonly string[] | undefined
  readonly outcome: CycleOutcome | undefined
  /** UTC ms. */
  readonly sinceMs: number
  readonly untilMs: number
  readonly limit: number
}

/** Runs `dolphin harness audit`. */
export async function audit(path: string, options: RawAuditOptions): Promise<ExitCode> {
  const selection = selectionOf(options)
  const records = await readHarnessAudit(path, { quiet: options.quiet ?? false })
  const selected = selectRecords(records, selection)
  const shown = selected.slice(-selection.limit)
  if (options.json) {
    await printResult(shown.map((record) => `${canonicalJson(record)}\n`).join(''))
    return EXIT.ok
  }
  const colours = coloursFor(process.stdout, options.color ?? true)
  await printResult(
    textOfLines([...shown.map((record) => auditText(record, colours)), ...summary(selected, shown.length)]),
  )
  if (records.length === 0 && !options.quiet)
    notice('The harness has run no cycle yet: it runs one for each bar on which a strategy wants to enter.')
  return EXIT.ok
}

/** Those that are asked for, in their order. */
export function selectRecords(records: readonly AuditRecord[], selection: Selection): readonly AuditRecord[] {
  const { cycle, task, kinds, outcome, sinceMs, untilMs } = selection
  const outcomes = outcome === undefined ? undefined : outcomesOf(records)
  return records.filter(
    (record) =>
      record.atMs >= sinceMs &&
      record.atMs < untilMs &&
      (cycle === undefined || record.cycle === cycle) &&
      (task === undefined || ('task' in record && record.task === task)) &&
      (kinds === undefined || kinds.includes(record.kind)) &&
      (outcome === undefined || outcomes?.get(record.cycle) === outcome),
  )
}

/** A record as a person reads it. */
export function auditText(record: AuditRecord, colours: Colours): string {
  const { seq, atMs, cycle, kind } = record
  const time = new Date(atMs).toISOString()
  const paint = ALARMING.has(kind) ? colours.red : colours.bold
  const said = printable(wordsOf(record))
  return `${String(seq).padStart(7)}  ${colours.dim(time)}  ${printable(cycle)}  ${paint(kind.padEnd(17))}  ${said}`.trimEnd()
}

function wordsOf(event: AuditEvent): string {
  switch (event.kind) {
    case 'CYCLE_STARTED':
    case 'CYCLE_RESUMED':
      return `${event.graph}, ${event.mode}, state ${event.bundleHash.slice(0, 12)}`
    case 'VALIDATED':
      return [event.verdict, ...event.findings.map((finding) => finding.join(' '))].join(', ')
    case 'CYCLE_DEGRADED':
      return `by ${event.cause}`
    case 'GATE':
      return `${event.index + 1} is ${event.value}`
    case 'TASK_SKIPPED':
      return `${event.task}: ${event.reason}, state ${event.bundleHash.slice(0, 12)}`
    case 'TASK_STARTED':
      return event.task
    case 'EFFECT':
    case 'RELEASED':
      return event.key
    case 'SKILL_VIOLATION':
    case 'HARNESS_VIOLATION':
      return `${event.task}: ${event.violation} of the skill ${event.skill}${ACTIONS[event.action]}`
    case 'HARNESS_ERROR':
      return event.task === null ? event.message : `${event.task}: ${event.message}`
    case 'TASK_FINISHED':
      return [`${event.task}: ${event.status}`, event.reason, event.message].filter(Boolean).join(', ')
    case 'TASK_REPLAYED':
      return `${event.task}: ${event.status}`
    case 'TASK_BLOCKED':
      return event.blockers.length === 0 ? event.task : `${event.task} by ${event.blockers.join(', ')}`
    case 'CYCLE_FINISHED':
      return event.outcome
  }
}

const ACTIONS = { NONE: '', QUARANTINE: ', quarantined', DEREGISTER: ', deregistered for ever' } as const

function summary(selected: readonly AuditRecord[], shown: number): readonly string[] {
  const outcomes = [...outcomesOf(selected).values()]
  const counts = OUTCOMES.flatMap((outcome) => {
    const count = outcomes.filter((each) => each === outcome).length
    return count === 0 ? [] : [`${count} ${outcome}`]
  })
  const cycles = new Set(selected.map(({ cycle }) => cycle)).size
  const orders = selected.filter(({ kind }) => kind === 'RELEASED').length
  const violations = selected.filter(({ kind }) => kind === 'SKILL_VIOLATION' || kind === 'HARNESS_VIOLATION').length
  const records =
    shown === selected.length ? counted(shown, 'record') : `the last ${shown} of ${selected.length} records`
  const facts = [
    counted(cycles, 'cycle'),
    ...counts,
    `${counted(orders, 'order')} released`,
    counted(violations, 'violation'),
  ]
  return [...(shown === 0 ? [] : ['']), `${records}: ${facts.join(', ')}`]
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function outcomesOf(records: readonly AuditRecord[]): ReadonlyMap<string, CycleOutcome> {
  const outcomes = new Map<string, CycleOutcome>()
  for (const record of records) if (record.kind === 'CYCLE_FINISHED') outcomes.set(record.cycle, record.outcome)
  return outcomes
}

function selectionOf(options: RawAuditOptions): Selection {
  const check = new OptionCheck()
  const kinds = options.kind?.split(',').map((kind) => kind.trim())
  for (const kind of kinds ?? []) {
    if (KINDS.includes(kind)) continue
    check.wrong('--kind', `expected one of ${KINDS.join(', ')}, found ${found(kind)}${didYouMean(kind, KINDS)}`)
  }
  const sinceMs = utcTime(check, '--since', options.since) ?? Number.NEGATIVE_INFINITY
  const untilMs = utcTime(check, '--until', options.until) ?? Number.POSITIVE_INFINITY
  if (sinceMs >= untilMs) check.wrong('--until', `expected a time after ${options.since}, found ${options.until}`)
  const selection = {
    cycle: options.cycle,
    task: options.task,
    kinds,
    outcome: check.oneOf('--outcome', options.outcome, OUTCOMES),
    sinceMs,
    untilMs,
    limit: check.number('--limit', options.limit, { min: 1, integer: true }) ?? Number.POSITIVE_INFINITY,
  }
  check.done()
  return selection
}

const OUTCOMES = ['COMPLETE', 'DEGRADED', 'HALTED', 'REJECTED', 'SKIPPED'] as const satisfies readonly CycleOutcome[]

const EVENTS: Readonly<Record<AuditEvent['kind'], boolean>> = {
  CYCLE_STARTED: true,
  CYCLE_RESUMED: true,
  VALIDATED: true,
  CYCLE_DEGRADED: true,
  GATE: true,
  TASK_SKIPPED: true,
  TASK_STARTED: true,
  EFFECT: true,
  SKILL_VIOLATION: true,
  HARNESS_VIOLATION: true,
  HARNESS_ERROR: true,
  TASK_FINISHED: true,
  TASK_REPLAYED: true,
  TASK_BLOCKED: true,
  RELEASED: true,
  CYCLE_FINISHED: true,
}
const KINDS: readonly string[] = Object.keys(EVENTS)
const ALARMING: ReadonlySet<string> = new Set([
  'SKILL_VIOLATION',
  'HARNESS_VIOLATION',
  'HARNESS_ERROR',
  'CYCLE_DEGRADED',
])
