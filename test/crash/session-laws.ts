import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExchangeRecord } from '../../src/adapters/paper/exchange-record.js'
import { ExchangeRecovery } from '../../src/adapters/paper/exchange-recovery.js'
import { isOpen, type PaperOrder } from '../../src/adapters/paper/order.js'
import { Exact } from '../../src/base/exact.js'
import type { DecisionRecord } from '../../src/core/decision/records.js'
import type { ExecutionRecord } from '../../src/core/execution/records.js'
import { replay } from '../../src/core/execution/recover.js'
import { isSegmentName } from '../../src/core/journal/frame.js'
import { scanJournal } from '../../src/core/journal/scan.js'
import type { JournalKind, JournalRecord, JournalVerdict } from '../../src/ports/journal.js'

/** What `dolphin paper --json` says of a session, as far as it is looked at. */
export interface SessionReport {
  readonly bars: number
  readonly trades: readonly { readonly tradeId: string; readonly netPnl: string }[]
  readonly openTrades: readonly unknown[]
  readonly performance: { readonly capitalUsd: string }
}

/** What the three journals of a session say. */
export interface SessionEvidence {
  readonly exchange: readonly ExchangeRecord[]
  readonly execution: readonly ExecutionRecord[]
  readonly decision: readonly DecisionRecord[]
  readonly verdicts: Readonly<Record<JournalKind, JournalVerdict>>
}

export function sessionEvidence(out: string): SessionEvidence {
  const exchange = readJournal<ExchangeRecord>(out, 'exchange')
  const execution = readJournal<ExecutionRecord>(out, 'execution')
  const decision = readJournal<DecisionRecord>(out, 'decision')
  return {
    exchange: exchange.records,
    execution: execution.records,
    decision: decision.records,
    verdicts: { exchange: exchange.verdict, execution: execution.verdict, decision: decision.verdict },
  }
}

/** What must hold whenever a session has been killed: no side knows what the exchange does not. */
export function killedLaws({ exchange, execution, decision, verdicts }: SessionEvidence): string[] {
  const broken: string[] = []
  for (const [kind, verdict] of Object.entries(verdicts))
    if (verdict.kind === 'corrupt') broken.push(`the ${kind} journal is damaged at record ${verdict.record}`)
  const made = madeBy(exchange)
  const known = new Set(made)
  for (const [who, fills] of [
    ['execution', executedBy(execution)],
    ['decision', reportedTo(decision)],
  ] as const) {
    for (const id of fills) if (!known.has(id)) broken.push(`fill ${id} of the ${who} journal was never made`)
    if (new Set(fills).size < fills.length) broken.push(`a fill is in the ${who} journal twice: ${fills}`)
  }
  const submitted = execution.flatMap((record) => (record.type === 'submitted' ? [record.clientOrderId] : []))
  const opening = submitted.filter((id) => id.endsWith('.e'))
  if (new Set(opening).size < opening.length) broken.push(`an entry was submitted twice: ${opening}`)
  const venueIds = new Map<string, string>()
  for (const { request, venueOrderId } of ordersOf(exchange)) {
    const before = venueIds.get(venueOrderId) ?? request.clientOrderId
    if (before !== request.clientOrderId) broken.push(`${before} and ${request.clientOrderId} are one order`)
    venueIds.set(venueOrderId, request.clientOrderId)
  }
  if (new Set(venueIds.values()).size < venueIds.size) broken.push('an id was accepted twice')
  return broken
}

/** What must hold besides when a session that was killed has come to its end. */
export function wholeLaws(
  evidence: SessionEvidence,
  report: SessionReport,
  executor: 'in-process' | 'process',
): string[] {
  const { exchange, execution, decision } = evidence
  const broken = killedLaws(evidence)
  const made = madeBy(exchange)
  for (const [who, fills] of [
    ['execution', executedBy(execution)],
    ['decision', reportedTo(decision)],
  ] as const)
    if (`${fills}` !== `${made}`) broken.push(`fills ${made} were made, ${fills} are in the ${who} journal`)
  const bars = decision.flatMap((record) => (record.type === 'bar' ? [record.bar.bar] : []))
  if (bars.some((bar, i) => bar !== i) || bars.length !== report.bars)
    broken.push(`of ${report.bars} bars ${bars.length} were decided on, each once`)
  for (const { level, message } of alertsOf(evidence))
    if (level === 'CRITICAL' || level === 'EMERGENCY') broken.push(`${level}: ${message}`)
  const ids = report.trades.map(({ tradeId }) => tradeId)
  if (new Set(ids).size < ids.length) broken.push(`a trade is told twice: ${ids}`)
  broken.push(...moneyLaws(exchange, report))
  // Two processes are started one after the other, on a clock that does not wait, and patient limits outlast a short day: an
  // exit that a kill has cut off may still be asked about at its end.
  if (executor === 'in-process') broken.push(...nakedLaws(exchange, NAKED_MS_MAX))
  else if (isNaked(keptBy(exchange)) && !isProtecting(execution)) broken.push('nobody protects what is open')
  return broken
}

/** The wallet gained what the trades brought, less what the open position has cost so far. */
function moneyLaws(exchange: readonly ExchangeRecord[], report: SessionReport): string[] {
  const kept = keptBy(exchange)
  if (kept.account === null) return report.trades.length === 0 ? [] : ['trades without an account']
  const gained = new Exact(kept.account.walletUsd).minus(kept.startingBalanceUsd!)
  const nets = report.trades.reduce((sum, { netPnl }) => sum.plus(netPnl), new Exact(0))
  const isFlat = Object.keys(kept.account.positions).length === 0
  if (isFlat !== (report.openTrades.length === 0)) return ['exchange and books disagree on what is open']
  if (!isFlat) return []
  if (!nets.eq(gained)) return [`the wallet gained ${gained}, the trades ${nets}`]
  const { capitalUsd } = report.performance
  return new Exact(capitalUsd).eq(kept.account.walletUsd)
    ? []
    : [`the wallet has ${kept.account.walletUsd}, the books ${capitalUsd}`]
}

/** Session's time that an open position may be without one of its exits. */
const NAKED_MS_MAX = 10_000

function nakedLaws(exchange: readonly ExchangeRecord[], msMax: number): string[] {
  const recovery = new ExchangeRecovery()
  const broken: string[] = []
  let since: number | undefined
  for (const record of exchange) {
    recovery.take(record)
    const naked = isNaked(recovery.state())
    if (since !== undefined && record.atMs - since > msMax)
      broken.push(`a position was naked for ${record.atMs - since} ms`)
    since = naked ? (since ?? record.atMs) : undefined
  }
  return since === undefined ? broken : [...broken, 'a position is naked at the end']
}

function isNaked({ account, orders }: ReturnType<ExchangeRecovery['state']>): boolean {
  if (Object.keys(account?.positions ?? {}).length === 0) return false
  const exits = orders.filter((order) => isOpen(order) && order.request.reduceOnly).map(({ request }) => request.type)
  return !(exits.includes('STOP_MARKET') && exits.includes('LIMIT'))
}

/** The execution side has placed both exits, or asks about them. */
function isProtecting(execution: readonly ExecutionRecord[]): boolean {
  const kinds = Object.values(replay(execution).orders).map(({ kind }) => kind)
  return kinds.includes('t') && kinds.includes('s')
}

function keptBy(exchange: readonly ExchangeRecord[]): ReturnType<ExchangeRecovery['state']> {
  const recovery = new ExchangeRecovery()
  for (const record of exchange) recovery.take(record)
  return recovery.state()
}

function ordersOf(exchange: readonly ExchangeRecord[]): readonly PaperOrder[] {
  return exchange.flatMap((record) => (record.type === 'changed' ? record.orders : []))
}

function madeBy(exchange: readonly ExchangeRecord[]): number[] {
  return exchange.flatMap((record) => (record.type === 'changed' ? record.fills.map(({ tradeId }) => tradeId) : []))
}

function executedBy(execution: readonly ExecutionRecord[]): number[] {
  return execution.flatMap((record) => (record.type === 'fill' ? [record.fill.tradeId] : []))
}

function reportedTo(decision: readonly DecisionRecord[]): number[] {
  return decision.flatMap((record) =>
    record.type === 'report' && record.report.type === 'FILL_REPORT' ? [record.report.body.tradeId] : [],
  )
}

function alertsOf({ decision, execution }: SessionEvidence) {
  return [
    ...decision.flatMap((record) => (record.type === 'alerted' ? [record.alert] : [])),
    ...execution.flatMap((record) => (record.type === 'alert' ? [record.alert] : [])),
  ]
}

function readJournal<R extends JournalRecord>(
  out: string,
  kind: JournalKind,
): { readonly records: readonly R[]; readonly verdict: JournalVerdict } {
  const folder = join(out, 'journal', kind)
  if (!existsSync(folder)) return { records: [], verdict: { kind: 'whole' } }
  const names = readdirSync(folder).filter(isSegmentName).sort()
  return scanJournal<R>(
    kind,
    names.map((name) => ({ name, bytes: readFileSync(join(folder, name)) })),
  )
}
