import { assert, unreachable } from '../../base/assert.js'
import { Exact } from '../../base/exact.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { AssumptionRun } from '../../ports/vocabulary/assumptions.js'
import type { OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import { assumptionNotice } from '../assumptions/assumption-alerts.js'
import { standAfter } from '../assumptions/assumption-registry.js'
import { isMaintainedAfter } from '../mode/maintenance.js'
import { afterAlert, afterCommand } from '../mode/operator-mode.js'
import { flatPosition, transition } from '../position/position.js'
import { countTrade, resetBreaker } from '../risk/loss-breaker.js'
import type { LossBreakerLimits } from '../risk/risk-config.js'
import {
  type Booked,
  bookNothingFilled,
  bookReductionOver,
  bookReport,
  bookSyncFlat,
  netOf,
  walletUsd,
} from './book.js'
import { withBar, withHarnessCycle } from './harness-memory.js'
import { strategyBar } from './recorded-bar.js'
import { holdingOf } from './recorded-holding.js'
import type { DecisionRecord, TradeFacts } from './records.js'
import type { DecisionState, ExitOrder, Holding, Notice, StrategyFault } from './state.js'
import type { Strategies } from './strategies.js'

export interface Applied {
  readonly state: DecisionState
  /** For the live side to raise; recovery has raised them before. */
  readonly notices: readonly Notice[]
}

/**
 * The one way in which durable state changes, live and in recovery: the strategies move here, and nowhere else.
 * Records are in order and without holes.
 */
export function apply(
  before: DecisionState,
  record: DecisionRecord,
  strategies: Strategies,
  limits: LossBreakerLimits,
): Applied {
  assert(record.n === before.records + 1, `records follow each other: ${record.n} after ${before.records}`)
  const state: DecisionState = { ...before, records: record.n }
  switch (record.type) {
    case 'begun': {
      const { idPrefix, initialBalanceUsd } = record
      return withoutNotices({ ...state, begun: { idPrefix, initialBalanceUsd } })
    }
    case 'started':
      return withoutNotices(latched(state, 'RESTART_RECONCILE_REQUIRED', 'restart'))
    case 'checkpoint':
      return withoutNotices(state)
    case 'session':
      return withoutNotices({ ...state, session: record.session })
    case 'bar':
      return applyBar(state, record, strategies)
    case 'cycle':
      return applyCycle(state, record, strategies)
    case 'withdrawn':
      return withNotices(withdrawn(state, record), state, strategies, limits)
    case 'permitted':
      assert(state.holding !== null, 'a permission is for a proposal')
      return withoutNotices({ ...state, holding: { ...state.holding, permissionId: record.permission.permissionId } })
    case 'vetoed':
      return withoutNotices(state)
    case 'exit':
      return withoutNotices(ordered(state, record.exit))
    case 'report':
      return withNotices(bookReport(state, record.report), state, strategies, limits)
    case 'disagreed':
      return applyDisagreement(state, record, strategies, limits)
    case 'agreed':
      return withoutNotices({ ...cleared(state, record.cleared), mismatches: { position: 0, account: 0 } })
    case 'forgotten':
      return withNotices(forgotten(state, record), state, strategies, limits)
    case 'latched':
      return withoutNotices(latched(state, record.reason, record.cause))
    case 'operator':
      return withoutNotices(commanded(state, record.operator, record.balanceUsd))
    case 'assumption':
      return assumed(state, record.run)
    case 'alerted': {
      const mode = afterAlert(state.mode, record.alert)
      const after = record.fault === undefined ? state : withoutStrategy(state, record.fault)
      return withoutNotices(mode === state.mode ? after : { ...after, mode, modeCause: record.alert.message })
    }
    default:
      return unreachable(record)
  }
}

function applyBar(
  before: DecisionState,
  { bar, atMs }: Extract<DecisionRecord, { readonly type: 'bar' }>,
  strategies: Strategies,
): Applied {
  const symbols = bar.symbols ?? before.symbols
  const { mandates, faults } = strategies.onBar(strategyBar(bar, symbols), before.blocked)
  const state: DecisionState = {
    ...before,
    bar: bar.bar,
    barAtMs: bar.timestampMs,
    posture: bar.posture,
    forewarner: bar.day === undefined ? before.forewarner : (bar.day.forewarner ?? 'OK'),
    symbols,
    undecided: mandates.filter(({ type }) => type !== 'HOLD'),
    harness: withBar(before.harness, bar, atMs),
  }
  return withBlocked(state, faults)
}

function applyCycle(
  before: DecisionState,
  record: Extract<DecisionRecord, { readonly type: 'cycle' }>,
  strategies: Strategies,
): Applied {
  let state: DecisionState = { ...before, undecided: [] }
  if (record.harness !== undefined) state = { ...state, harness: withHarnessCycle(state.harness, record.harness) }
  if (record.withdrawn) state = { ...state, holding: null, position: null }
  if (record.proposal !== null) state = proposed(state, holdingOf(record.proposal))
  if (record.reduction !== null) {
    assert(state.position !== null, 'a reduction has a position')
    state = { ...state, reduction: record.reduction, position: transition(state.position, { type: 'REDUCE' }) }
  }
  if (record.exit !== null) state = ordered(state, record.exit)
  const missed = record.missed ?? []
  const calls = missed.map(
    ({ strategy, symbol, reason }) => ({ strategyId: strategy, kind: 'dropped', symbol, reason }) as const,
  )
  return withBlocked(state, strategies.tell(calls))
}

function proposed(state: DecisionState, holding: Holding): DecisionState {
  assert(state.holding === null && state.position === null, 'one position at a time')
  const position = transition(flatPosition(holding.instrument.symbol), { type: 'ENTRY', direction: holding.direction })
  return { ...state, holding, position }
}

/** What has not been permitted is not open: there is nothing to leave, and the proposal is taken back by a record of its own. */
function ordered(state: DecisionState, exit: ExitOrder): DecisionState {
  const { position, holding } = state
  const leaves = position !== null && position.state !== 'CLOSING' && holding?.permissionId !== null
  return { ...state, exit, position: leaves ? transition(position, { type: 'EXIT' }) : position }
}

function withdrawn(state: DecisionState, facts: TradeFacts): Booked {
  assert(state.holding?.permissionId === null, 'only what was not permitted is withdrawn')
  const [missed] = facts.missed ?? []
  assert(missed !== undefined, 'a withdrawal says what was missed')
  return bookNothingFilled(state, missed.reason, missed.detail)
}

function forgotten(state: DecisionState, record: TradeFacts & { readonly actionId: string }): Booked {
  if (state.reduction?.actionId === record.actionId) return bookReductionOver(state)
  const [missed] = record.missed ?? []
  assert(missed !== undefined && state.holding?.positionId === record.actionId, 'what is forgotten was pending')
  return bookNothingFilled(state, missed.reason, missed.detail)
}

function applyDisagreement(
  before: DecisionState,
  record: Extract<DecisionRecord, { readonly type: 'disagreed' }>,
  strategies: Strategies,
  limits: LossBreakerLimits,
): Applied {
  const { subject, decision, cause } = record
  const mismatches = { ...before.mismatches, [subject]: before.mismatches[subject] + 1 }
  const state = { ...before, mismatches }
  switch (decision.decision) {
    case 'LOCKOUT':
      return withoutNotices(latched(state, 'ACCOUNT_MISMATCH', cause))
    case 'SYNC_LOCAL':
      assert(record.markPrice !== undefined, 'what is given up has a price')
      return withNotices(
        bookSyncFlat(latched(state, 'POSITION_MISMATCH', cause), record.markPrice, record.atMs),
        state,
        strategies,
        limits,
      )
    case 'EMERGENCY_CLOSE':
    case 'LATCH_MISMATCH':
      return withoutNotices(latched(state, 'POSITION_MISMATCH', cause))
    default:
      return withoutNotices(state)
  }
}

/** The booked state, with what follows from it for the strategies and the loss breaker. */
function withNotices(
  booked: Booked,
  before: DecisionState,
  strategies: Strategies,
  limits: LossBreakerLimits,
): Applied {
  const faults = strategies.tell(booked.calls)
  const { state, notices } = withBlocked(withBreakerCount(booked, before, limits), faults)
  const { fault } = booked
  if (fault === undefined) return { state, notices: [...notices, ...breakerNotice(state, before)] }
  return {
    state: latched(state, 'POSITION_MISMATCH', fault),
    notices: [...notices, { level: 'CRITICAL', category: 'position', message: fault }],
  }
}

function withBreakerCount({ state, facts }: Booked, before: DecisionState, limits: LossBreakerLimits): DecisionState {
  const { closed } = facts
  if (closed === undefined) return state
  assert(before.holding !== null, 'what closed was held')
  const net = netOf(closed, before.holding.direction).toFixed()
  return { ...state, breaker: countTrade(state.breaker, net, limits) }
}

function breakerNotice(state: DecisionState, before: DecisionState): readonly Notice[] {
  if (state.breaker.state === before.breaker.state) return []
  return [{ level: 'ERROR', category: 'risk', message: `loss breaker open: ${state.breaker.cause}` }]
}

function withBlocked(state: DecisionState, faults: readonly StrategyFault[]): Applied {
  let { blocked } = state
  const notices: Notice[] = []
  for (const fault of faults) {
    const { strategyId, call, message } = fault
    const cause = `${call}: ${message}`
    blocked = { ...blocked, [strategyId]: blocked[strategyId] ?? cause }
    notices.push({ level: 'ERROR', category: 'strategy', message: `${strategyId} is blocked: ${cause}`, fault })
  }
  return { state: faults.length === 0 ? state : { ...state, blocked }, notices }
}

/** A strategy that was late once, or decides by chance, need not fail again in a recovery: the record blocks it there. */
function withoutStrategy(state: DecisionState, { strategyId, call, message }: StrategyFault): DecisionState {
  return {
    ...state,
    blocked: { ...state.blocked, [strategyId]: state.blocked[strategyId] ?? `${call}: ${message}` },
    undecided:
      call === 'onBar' ? state.undecided.filter((mandate) => mandate.strategyId !== strategyId) : state.undecided,
  }
}

function commanded(before: DecisionState, command: OperatorCommand, balanceUsd: string | undefined): DecisionState {
  const state = { ...before, isMaintained: isMaintainedAfter(before.isMaintained, command) }
  switch (command.command) {
    case 'kill':
    case 'reduce-only':
      return moded(state, command)
    case 'resume':
      return { ...moded(state, command), blocked: {}, harness: { ...state.harness, halt: null } }
    case 'clear-lockout': {
      const open = cleared(state, ['ACCOUNT_MISMATCH'])
      return balanceUsd === undefined ? open : { ...open, balanceUsd }
    }
    case 'reset-breaker':
      return { ...state, breaker: resetBreaker(walletUsd(state).toFixed(), command.reason) }
    case 'flatten':
    case 'resync':
    case 'maintenance-on':
    case 'maintenance-off':
      return state
    default:
      return unreachable(command)
  }
}

/** A mode that is not what the command asked for keeps its cause: reduce-only under a kill changes nothing. */
function moded(state: DecisionState, command: OperatorCommand): DecisionState {
  const mode = afterCommand(state.mode, command)
  return mode === afterCommand('ACTIVE', command) ? { ...state, mode, modeCause: `operator: ${command.reason}` } : state
}

function assumed(before: DecisionState, run: AssumptionRun): Applied {
  const stand = standAfter(before.assumptions[run.name], run)
  const notice = assumptionNotice(run.name, before.assumptions[run.name], stand)
  const state = { ...before, assumptions: { ...before.assumptions, [run.name]: stand } }
  return { state, notices: notice === undefined ? [] : [notice] }
}

function latched(state: DecisionState, reason: OpenPermissionReason, cause: string): DecisionState {
  if (state.latches[reason] !== undefined) return state
  return { ...state, latches: { ...state.latches, [reason]: cause } }
}

function cleared(state: DecisionState, reasons: readonly OpenPermissionReason[]): DecisionState {
  const latches = { ...state.latches }
  for (const reason of reasons) delete latches[reason]
  return { ...state, latches }
}

function withoutNotices(state: DecisionState): Applied {
  return { state, notices: [] }
}

/** USD to add to the balance so that the wallet is the venue's. */
export function adoptedBalance(state: DecisionState, walletBalanceUsd: string): string {
  return new Exact(walletBalanceUsd).minus(walletUsd(state)).plus(state.balanceUsd).toFixed()
}
