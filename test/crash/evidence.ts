import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DecisionRecord } from '../../src/core/decision/records.js'
import type { DecisionState } from '../../src/core/decision/state.js'
import { ExecutionSide } from '../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../src/core/execution/records.js'
import type { ExecutionSettings } from '../../src/core/execution/settings.js'
import { isSegmentName } from '../../src/core/journal/frame.js'
import { scanJournal } from '../../src/core/journal/scan.js'
import type { JournalVerdict } from '../../src/ports/journal.js'
import type { Alert } from '../../src/ports/vocabulary/alerts.js'
import type { Fill } from '../../src/ports/vocabulary/orders.js'
import type { ExchangeTruth } from './rig-exchange.js'

/** What the exchange, the executor's journal and the decision side say. */
export interface Evidence extends ExchangeTruth {
  readonly settings: ExecutionSettings
  readonly execution: { readonly records: readonly ExecutionRecord[]; readonly verdict: JournalVerdict }
  readonly decision: readonly DecisionRecord[]
  readonly decisionState: DecisionState
  /** Of the decision side, so far. */
  readonly alerts: readonly Alert[]
  /** What an executor said when it was stopped. */
  readonly stopped: { readonly records: number; readonly stateHash: string } | undefined
  readonly complaint: string | undefined
}

export function readExecutionJournal(folder: string): Evidence['execution'] {
  const names = readdirSync(folder).filter(isSegmentName).sort()
  const segments = names.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
  return scanJournal<ExecutionRecord>('execution', segments)
}

/** What must hold at any moment, whoever has just been killed. Answers what does not. */
export function lawsAfterKill({ submits, fills, execution, alerts }: Evidence): string[] {
  const broken: string[] = []
  for (const { level, category, message } of alerts) {
    if (level === 'CRITICAL' || level === 'EMERGENCY') broken.push(`${level} ${category}: ${message}`)
  }
  const { records, verdict } = execution
  if (verdict.kind === 'corrupt') broken.push(`the journal is damaged at record ${verdict.record}`)
  for (const [id, { arrived, accepted }] of submits) {
    if (accepted > 1) broken.push(`${id} was accepted ${accepted} times`)
    // What closes may leave before its record is durable, and again under its id after a crash; what opens may not.
    if (arrived > 1 && id.endsWith('.e')) broken.push(`${id} was submitted ${arrived} times`)
  }
  const placed = new Set(records.flatMap((record) => (record.type === 'order' ? [record.order.clientOrderId] : [])))
  for (const id of submits.keys()) {
    if (id.endsWith('.e') && !placed.has(id)) broken.push(`${id} opened without a durable record`)
  }
  const made = new Map(fills.map((fill) => [keyOf(fill), fill]))
  for (const id of repeated(fillsOf(records).map(keyOf))) broken.push(`fill ${id} is in the executor's journal twice`)
  for (const fill of fillsOf(records)) {
    const real = made.get(keyOf(fill))
    if (real === undefined) broken.push(`fill ${keyOf(fill)} was never made`)
    else if (JSON.stringify(real) !== JSON.stringify(sorted(fill, real)))
      broken.push(`fill ${keyOf(fill)} was recorded otherwise`)
  }
  return broken
}

/** What must hold besides when nothing is under way and everybody had time to agree. */
export function lawsAtRest(evidence: Evidence): string[] {
  const broken = lawsAfterKill(evidence)
  const { fills, positions, openOrders, walletUsd, execution, decision, decisionState, complaint } = evidence
  if (complaint !== undefined) broken.push(complaint)
  const made = fills.map(keyOf).sort()
  const recorded = fillsOf(execution.records).map(keyOf).sort()
  const reported = decision
    .flatMap((record) =>
      record.type === 'report' && record.report.type === 'FILL_REPORT'
        ? [`${record.report.body.instrument.symbol} ${record.report.body.tradeId}`]
        : [],
    )
    .sort()
  if (made.join() !== recorded.join()) broken.push(`fills made and recorded differ: ${difference(made, recorded)}`)
  if (made.join() !== reported.join()) broken.push(`fills made and reported differ: ${difference(made, reported)}`)
  for (const { symbol, quantity } of positions) broken.push(`${quantity} ${symbol} is open at the exchange`)
  for (const { clientOrderId } of openOrders) broken.push(`${clientOrderId} rests at the exchange`)
  if (decisionState.position !== null) broken.push('the decision side holds a position')
  if (decisionState.balanceUsd !== walletUsd)
    broken.push(`${decisionState.balanceUsd} USD by the books of the decision side, ${walletUsd} USD at the exchange`)
  broken.push(...lawsOfReplay(evidence))
  return broken
}

/** The journal alone, read again, says that nothing is under way, and is where the executor said it stopped. */
function lawsOfReplay({ settings, execution: { records }, stopped }: Evidence): string[] {
  let replayed: ExecutionSide
  try {
    replayed = ExecutionSide.recover(settings, records)
  } catch (error) {
    return [`the executor's journal does not replay: ${(error as Error).message}`]
  }
  const broken: string[] = []
  const { entry, orders } = replayed.state
  if (entry !== null) broken.push(`the executor's journal ends with ${entry.positionId} under way`)
  if (Object.keys(orders).length > 0) broken.push(`it ends with ${Object.keys(orders).join(', ')} open`)
  if (stopped === undefined) return broken
  if (stopped.records !== records.length) {
    broken.push(`the executor stopped after record ${stopped.records}, its journal has ${records.length}`)
  }
  if (stopped.stateHash !== replayed.stateHash()) {
    broken.push(`the executor stopped in state ${stopped.stateHash}, its journal replays to ${replayed.stateHash()}`)
  }
  return broken
}

function fillsOf(records: readonly ExecutionRecord[]): Fill[] {
  return records.flatMap((record) => (record.type === 'fill' ? [record.fill] : []))
}

function keyOf({ symbol, tradeId }: Fill): string {
  return `${symbol} ${tradeId}`
}

/** Canonical JSON sorts keys; the same fields in the order of `as`. */
function sorted(fill: Fill, as: Fill): Fill {
  return Object.fromEntries(Object.keys(as).map((key) => [key, fill[key as keyof Fill]])) as unknown as Fill
}

function repeated(keys: readonly string[]): string[] {
  const seen = new Set<string>()
  return keys.filter((key) => seen.size === seen.add(key).size)
}

function difference(a: readonly string[], b: readonly string[]): string {
  const missing = a.filter((key) => !b.includes(key))
  const extra = b.filter((key) => !a.includes(key))
  return `missing ${missing.join(', ') || 'none'}, too many ${extra.join(', ') || 'none'}`
}
