import { expect, it } from 'vitest'
import { isOpen } from '../../src/adapters/paper/order.js'
import { MemorySessionLog } from '../../src/adapters/session-log/memory-session-log.js'
import { Exact } from '../../src/base/exact.js'
import { loadExecutionConfig } from '../../src/config/execution-config.js'
import { loadInstruments } from '../../src/config/instruments.js'
import { planSession, type SessionPlan } from '../../src/core/session/session-plan.js'
import type { StrategyBar } from '../../src/ports/strategy.js'
import type { FillMode } from '../../src/ports/vocabulary/paper.js'
import { SessionBooks } from '../../src/runtime/session/session-books.js'
import { MortalSession } from '../support/mortal-session.js'
import type { Script } from '../support/scripted-strategy.js'

const SYMBOL = 'BTCUSDT'
const FIRST_BAR_MS = Date.UTC(2026, 2, 2, 7, 55)
const BAR_MS = 10_000
/** Falls through the take-profit of a SHORT at bar 12, and rises again. */
const PRICES = Array.from({ length: 26 }, (_, bar) => (bar === 12 ? 58_000 : 60_000 + 7 * (bar % 5)))
const FUNDED_BEFORE_BAR = 6

/** LONG from bar 4 to bar 8; SHORT from bar 10 until its take-profit; whatever is open leaves at bar 20. */
const SCRIPT: Script = ({ bar, prices }, { held, pending }) => {
  const price = prices[0]!
  const entry = { type: 'ENTRY', symbol: SYMBOL, notionalUsd: price / 10, price, reason: 'SIGNAL' } as const
  if (held === null && pending === null && (bar === 4 || bar === 5)) return [{ ...entry, direction: 1 }]
  if (held === null && pending === null && (bar === 10 || bar === 11)) return [{ ...entry, direction: -1 }]
  if (held !== null && (bar === 8 || bar === 9 || bar >= 20))
    return [{ type: 'EXIT', symbol: SYMBOL, price, reason: 'DONE' }]
  return []
}

it.each<[FillMode, string, { decision: number; execution: number; exchange: number }]>([
  ['bar-price', 'the exchange has the slowest disk', { decision: 2, execution: 3, exchange: 60 }],
  ['bar-price', 'the exchange has the fastest disk', { decision: 40, execution: 50, exchange: 1 }],
  ['realistic', 'the exchange has the slowest disk', { decision: 2, execution: 3, exchange: 60 }],
  ['realistic', 'all disks are alike', { decision: 5, execution: 5, exchange: 5 }],
])('%s, %s: killed at any write, exchange and journals reconcile', async (fills, _, delaysMs) => {
  const plan = await planned(fills)
  const whole = await played(plan, delaysMs, 0)
  expect(brokenLaws(whole, plan)).toEqual([])
  expect(netsOf(whole, plan)).toHaveLength(2)
  expect(whole.writes).toBeGreaterThan(60)
  const found: string[] = []
  for (let killAtWrite = 1; killAtWrite <= whole.writes; killAtWrite++) {
    const session = await played(plan, delaysMs, killAtWrite)
    expect(session.deaths).toBe(1)
    found.push(...brokenLaws(session, plan).map((law) => `killed at write ${killAtWrite}: ${law}`))
  }
  expect(found).toEqual([])
})

/** The whole day; a process that died is started anew before the next bar. */
async function played(
  plan: SessionPlan,
  delaysMs: { decision: number; execution: number; exchange: number },
  killAtWrite: number,
): Promise<MortalSession> {
  const session = new MortalSession({ plan, symbol: SYMBOL, script: SCRIPT, delaysMs, killAtWrite })
  while (!(await session.start()));
  for (let bar = 0; bar < PRICES.length; bar++) {
    session.time.runTo(Math.max(session.time.epochMs(), FIRST_BAR_MS + bar * BAR_MS))
    if (session.isUp) session.naked += isNaked(session) ? 1 : 0
    await livesAgain(session, bar - 1)
    if (bar === FUNDED_BEFORE_BAR) session.fund('0.0001')
    session.bar(barOf(bar))
    await livesAgain(session, bar)
  }
  for (let i = 0; i < 60; i++) {
    session.pass(1_000)
    await livesAgain(session, PRICES.length - 1)
  }
  return session
}

/** A step after whatever has happened to it: what is open has both its exits at the exchange. */
function isNaked({ kept: { account, orders } }: MortalSession): boolean {
  if (Object.keys(account?.positions ?? {}).length === 0) return false
  const exits = orders.filter((order) => isOpen(order) && order.request.reduceOnly).map(({ request }) => request.type)
  return !(exits.includes('STOP_MARKET') && exits.includes('LIMIT'))
}

/** Started again, and shown the last bar again where the market had come to one. */
async function livesAgain(session: MortalSession, bar: number): Promise<void> {
  if (session.isUp) return
  while (!(await session.start()));
  for (let shown = 0; shown <= bar; shown++) session.bar(barOf(shown))
}

function barOf(bar: number): StrategyBar {
  return {
    bar,
    timestampMs: FIRST_BAR_MS + bar * BAR_MS,
    symbols: [SYMBOL],
    prices: Float64Array.of(PRICES[bar]!),
    velDiv: 0,
    volOk: true,
    posture: 'APEX',
  }
}

/** What exchange and journals say of each other when everybody had time to agree. */
function brokenLaws(session: MortalSession, plan: SessionPlan): string[] {
  const broken: string[] = []
  const { kept, disks, alerts, decisionSide, executionSide } = session
  for (const { level, message } of alerts)
    if (level === 'CRITICAL' || level === 'EMERGENCY') broken.push(`${level}: ${message}`)
  if (session.naked > 0) broken.push(`a position was naked at ${session.naked} bars`)
  const made = kept.fills.map(({ tradeId }) => tradeId)
  const executed = disks.execution.records.flatMap((record) => (record.type === 'fill' ? [record.fill.tradeId] : []))
  const reported = disks.decision.records.flatMap((record) =>
    record.type === 'report' && record.report.type === 'FILL_REPORT' ? [record.report.body.tradeId] : [],
  )
  if (`${executed}` !== `${made}`) broken.push(`fills ${made} were made, ${executed} are in the execution journal`)
  if (`${reported}` !== `${made}`) broken.push(`fills ${made} were made, ${reported} are in the decision journal`)
  const venueIds = new Set(kept.orders.map(({ venueOrderId }) => venueOrderId))
  if (venueIds.size !== kept.orders.length) broken.push('two orders have one id')
  const open = kept.orders.filter(isOpen)
  if (open.length > 0) broken.push(`${open.length} orders are open at the exchange`)
  if (Object.keys(kept.account!.positions).length > 0) broken.push('a position is open at the exchange')
  if (decisionSide!.state.position !== null) broken.push('the decision side holds a position')
  if (executionSide!.state.entry !== null) broken.push('the execution side holds a position')
  const gained = new Exact(kept.account!.walletUsd).minus(plan.exchange.startingBalanceUsd)
  const nets = netsOf(session, plan).reduce((sum, net) => sum.plus(net), new Exact(0))
  if (!nets.eq(gained)) broken.push(`the wallet gained ${gained}, the trades ${nets}`)
  if (decisionSide!.state.balanceUsd !== kept.account!.walletUsd)
    broken.push(`the wallet has ${kept.account!.walletUsd}, the decision side ${decisionSide!.state.balanceUsd}`)
  return broken
}

/** As the session's books have it. */
function netsOf({ disks }: MortalSession, plan: SessionPlan): readonly string[] {
  const log = new MemorySessionLog()
  const books = new SessionBooks(plan, log)
  for (const record of disks.decision.records) books.record(record)
  return log.trades.map(({ netPnl }) => netPnl)
}

async function planned(fills: FillMode): Promise<SessionPlan> {
  return planSession({
    run: { initialCapital: 25_000 },
    config: await loadExecutionConfig(),
    instruments: [loadInstruments().instrument(SYMBOL, 'PAPER')],
    fills,
    seed: 3,
    market: { firstBarMs: FIRST_BAR_MS, stepMs: BAR_MS },
    build: '0123456789abcdef',
  })
}
