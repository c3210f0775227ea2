import { assert, unreachable } from '../../base/assert.js'
import { type Direction, directionName } from '../../base/direction.js'
import { type DecimalText, Exact, exact } from '../../base/exact.js'
import { InvariantViolation } from '../../base/invariant-violation.js'
import type {
  EntryRejectReason,
  EntryResult,
  ExitAck,
  FillReport,
  FundingReport,
} from '../../ports/vocabulary/messages.js'
import type { MissedEntry, TradeClosed, TradeOpened } from '../../ports/vocabulary/session.js'
import { type Position, type PositionEvent, signedQuantity, transition } from '../position/position.js'
import type { Report, TradeFacts } from './records.js'
import type { DecisionState, Holding, LastExit, Reduction } from './state.js'
import { entryCall, exitCall, type StrategyCall } from './strategy-calls.js'

/** The state after something that happened to the holding, with what follows from it. */
export interface Booked {
  readonly state: DecisionState
  readonly facts: TradeFacts
  readonly calls: readonly StrategyCall[]
  /** What happened fits nothing that is known here. */
  readonly fault?: string
}

/** A report that does not fit: kept for the person who looks into it. */
class Misfit extends Error {}

/**
 * The state after a report. Pure: what a record says of a trade and what recovery makes of the report are one calculation.
 * One that does not fit is counted as seen, changes nothing else and names its fault: the next truth decides.
 */
export function bookReport(state: DecisionState, report: Report): Booked {
  assert(report.body.reportNumber === state.reportsSeen + 1, 'reports are booked in their order')
  const seen: DecisionState = { ...state, reportsSeen: report.body.reportNumber }
  try {
    return book(seen, report)
  } catch (error) {
    if (!(error instanceof Misfit || error instanceof InvariantViolation)) throw error
    return { state: seen, facts: {}, calls: [], fault: `report ${report.body.reportNumber}: ${error.message}` }
  }
}

function book(state: DecisionState, report: Report): Booked {
  switch (report.type) {
    case 'FILL_REPORT':
      return bookFill(state, report.body)
    case 'ENTRY_RESULT':
      return bookEntryResult(state, report.body)
    case 'EXIT_ACK':
      return bookExitAck(state, report.body)
    case 'FUNDING_REPORT':
      return bookFunding(state, report.body)
    default:
      return unreachable(report)
  }
}

/** A proposal that was never permitted, or that came to nothing: no fill of it exists. */
export function bookNothingFilled(state: DecisionState, reason: EntryRejectReason, detail: string): Booked {
  const { holding, position } = state
  assert(holding !== null && position !== null, 'there is a proposal to take back')
  const flat = transition(position, { type: 'ENTRY_REJECTED', filledQuantity: '0' })
  assert(flat.state === 'FLAT', 'nothing filled leaves nothing')
  const missed = missedEntry(holding, reason, detail)
  return {
    state: { ...state, position: null, holding: null },
    facts: { missed: [missed] },
    calls: [{ strategyId: holding.strategyId, kind: 'dropped', symbol: holding.instrument.symbol, reason }],
  }
}

/** SYNC_LOCAL: the venue is flat. What is missing of the exit is valued at the truth's mark price. */
export function bookSyncFlat(state: DecisionState, markPrice: DecimalText, atMs: number): Booked {
  const { holding, position } = state
  assert(holding !== null && position !== null, 'there is a position to give up')
  transition(position, { type: 'SYNC_FLAT' })
  const lastExit: LastExit = {
    purpose: 'FOREIGN',
    requestedPrice: null,
    atMs,
    bar: state.bar,
    reason: 'SYNC_LOCAL',
    strategyReason: 'SAFETY',
  }
  const lost = { price: markPrice, quantity: position.quantity, feeUsd: '0' }
  return bookClose({ ...state, reduction: null }, position, withExit(holding, lost, lastExit))
}

export function walletUsd(state: DecisionState): Exact {
  const { holding, position, balanceUsd } = state
  const balance = exact(balanceUsd)
  if (holding === null || position === null || position.entryPrice === null) return balance
  const realised = exact(holding.exitValueUsd)
    .minus(exact(position.entryPrice).times(exact(holding.exitQuantity)))
    .times(holding.direction)
  return balance
    .plus(realised)
    .minus(exact(holding.entryFeesUsd))
    .minus(exact(holding.exitFeesUsd))
    .plus(exact(holding.fundingUsd))
}

export function missedEntry(
  entry: Pick<
    Holding,
    'strategyId' | 'direction' | 'entryBar' | 'entryBarAtMs' | 'requestedPrice' | 'targetNotionalUsd'
  > & {
    readonly instrument: { readonly symbol: string }
  },
  reason: EntryRejectReason,
  detail: string,
): MissedEntry {
  const { strategyId: strategy, direction, entryBar, entryBarAtMs, requestedPrice, targetNotionalUsd } = entry
  return {
    strategy,
    symbol: entry.instrument.symbol,
    direction: directionName(direction),
    entryBar,
    entryBarAtMs,
    requestedPrice,
    targetNotionalUsd,
    reason,
    detail,
  }
}

function bookFill(state: DecisionState, reported: FillReport): Booked {
  const { holding, position } = state
  const what = `${reported.purpose} fill ${reported.tradeId} of ${reported.positionId}`
  if (
    holding === null ||
    position === null ||
    reported.positionId !== holding.positionId ||
    reported.purpose === 'FOREIGN'
  )
    throw new Misfit(`${what}: ${holding === null ? 'nothing' : holding.positionId} is held here`)
  const isEntry = reported.purpose === 'ENTRY'
  const isWithOthers = !isEntry && state.latches.POSITION_MISMATCH !== undefined
  const fill = isWithOthers ? ownPart(position, reported) : reported
  if (fill.instrument.symbol !== holding.instrument.symbol || (fill.side === holding.side) !== isEntry)
    throw new Misfit(
      `${what}: ${fill.side} ${fill.instrument.symbol} does not fit ${holding.side} ${holding.instrument.symbol}`,
    )
  const after = positionEvents(position, holding, state.reduction, fill).reduce(transition, position)
  const signed = after.state === 'FLAT' ? '0' : signedQuantity(after)
  if (!isWithOthers && !new Exact(signed).equals(fill.positionQuantity))
    throw new Misfit(`${what}: a position of ${signed} is left here, ${fill.positionQuantity} there`)
  if (isEntry) return bookEntryFill(state, after, holding, fill)
  const exited = withExit(
    holding,
    { price: fill.filledPrice, quantity: fill.quantity, feeUsd: fill.feeUsd },
    exitOf(state, fill),
  )
  const reduction = reductionAfter(state.reduction, fill, after)
  if (after.state === 'FLAT') return bookClose({ ...state, reduction }, position, exited)
  const next = { ...state, position: after, holding: exited, reduction }
  return { state: next, facts: {}, calls: [exitCall(exited, false)] }
}

/**
 * Of a fill that closes while the venue holds something that is not ours: the execution side closes whatever is open, ours first,
 * in one order. Its fee is the account's and counts whole; what the rest won or lost is not ours, and the account's truth tells it.
 */
function ownPart(position: Position, fill: FillReport): FillReport {
  const isBeyond = exact(position.quantity).greaterThan(0) && new Exact(fill.quantity).greaterThan(position.quantity)
  return isBeyond ? { ...fill, quantity: position.quantity } : fill
}

/**
 * An exit whose command this side forgot, dying before it was on disk, is still one: the purpose of the fill says what the
 * position went through.
 */
function positionEvents(
  position: Position,
  holding: Holding,
  reduction: Reduction | null,
  fill: FillReport,
): readonly PositionEvent[] {
  const { quantity, filledPrice: price, purpose } = fill
  switch (purpose) {
    case 'ENTRY': {
      const filled = new Exact(position.entryQuantity).plus(quantity)
      if (filled.greaterThan(holding.orderedQuantity))
        throw new Misfit(`${filled.toFixed()} of ${holding.positionId} filled, ${holding.orderedQuantity} ordered`)
      return [{ type: 'ENTRY_FILL', quantity, price, last: filled.equals(holding.orderedQuantity) }]
    }
    case 'REDUCE': {
      const reduced: PositionEvent = { type: 'REDUCE_FILL', quantity, price, last: isLastOf(reduction, fill) }
      return position.state === 'OPEN' ? [{ type: 'REDUCE' }, reduced] : [reduced]
    }
    case 'EXIT': {
      const exited: PositionEvent = { type: 'EXIT_FILL', quantity, price }
      return position.state === 'CLOSING' ? [exited] : [{ type: 'EXIT' }, exited]
    }
    case 'LIQUIDATION':
      return [{ type: 'LIQUIDATION_FILL', quantity, price }]
    default:
      return [{ type: 'PROTECTIVE_FILL', quantity, price }]
  }
}

function bookEntryFill(state: DecisionState, position: Position, before: Holding, fill: FillReport): Booked {
  const holding: Holding = {
    ...before,
    openedAtMs: before.openedAtMs ?? fill.filledAtMs,
    entryFeesUsd: new Exact(before.entryFeesUsd).plus(fill.feeUsd).toFixed(),
  }
  const opened = before.openedAtMs === null ? { opened: openedTrade(holding) } : {}
  return { state: { ...state, position, holding }, facts: opened, calls: [entryCall(holding, position)] }
}

function bookEntryResult(state: DecisionState, result: EntryResult): Booked {
  const { holding, position, reduction } = state
  const isNothing = new Exact(result.filledQuantity).isZero()
  if (reduction?.actionId === result.intentId) return bookReductionOver(state)
  // Of a proposal that was taken back here, or of a holding that is over: its fills, if it had any, were reports of their own.
  if (holding === null || position === null || holding.positionId !== result.intentId) return unchanged(state)
  if (isNothing && new Exact(position.entryQuantity).isZero())
    return bookNothingFilled(state, result.reason ?? 'REJECT_VENUE', result.detail)
  if (position.entryOver) {
    if (new Exact(result.filledQuantity).equals(position.entryQuantity)) return unchanged(state)
    throw new Misfit(
      `result of ${result.intentId}: ${result.filledQuantity} filled there, ${position.entryQuantity} here`,
    )
  }
  const after = transition(position, { type: 'ENTRY_CANCELED', filledQuantity: result.filledQuantity })
  if (after.state === 'FLAT') return bookClose(state, position, holding)
  return { state: { ...state, position: after }, facts: {}, calls: [entryCall(holding, after)] }
}

/** The rest of a reduction will not fill. */
export function bookReductionOver(state: DecisionState): Booked {
  const { position } = state
  const after = position?.state === 'REDUCING' ? transition(position, { type: 'REDUCE_CANCELED' }) : position
  return unchanged({ ...state, position: after, reduction: null })
}

function bookExitAck(state: DecisionState, ack: ExitAck): Booked {
  const isDone = ack.exitId === state.exit?.exitId && ack.outcome !== 'ACCEPTED'
  return unchanged(isDone ? { ...state, exit: null } : state)
}

function bookFunding(state: DecisionState, funding: FundingReport): Booked {
  const { holding } = state
  // What comes before the first fill was settled of the position before, and this one may never open.
  if (holding !== null && holding.openedAtMs !== null && funding.positionId === holding.positionId) {
    const fundingUsd = new Exact(holding.fundingUsd).plus(funding.amountUsd).toFixed()
    return unchanged({ ...state, holding: { ...holding, fundingUsd } })
  }
  return unchanged({ ...state, balanceUsd: new Exact(state.balanceUsd).plus(funding.amountUsd).toFixed() })
}

/** The position is flat: the holding's money becomes balance. Times are the venue's, whose clock may have been set back. */
function bookClose(state: DecisionState, position: Position, holding: Holding): Booked {
  const { lastExit } = holding
  assert(lastExit !== null, 'a position that was entered ends by an exit')
  const gross = new Exact(holding.exitValueUsd).minus(position.entryCostUsd).times(holding.direction)
  const net = gross.minus(holding.entryFeesUsd).minus(holding.exitFeesUsd).plus(holding.fundingUsd)
  const closed: TradeClosed = {
    tradeId: holding.positionId,
    closedAtMs: Math.max(lastExit.atMs, holding.openedAtMs ?? 0),
    exitBar: lastExit.bar,
    requestedPrice: lastExit.requestedPrice,
    quantity: position.entryQuantity,
    entryValueUsd: position.entryCostUsd,
    exitValueUsd: holding.exitValueUsd,
    entryFeesUsd: holding.entryFeesUsd,
    exitFeesUsd: holding.exitFeesUsd,
    fundingUsd: holding.fundingUsd,
    purpose: lastExit.purpose,
    reason: lastExit.reason,
  }
  const balanceUsd = net.plus(state.balanceUsd).toFixed()
  const flat = { ...state, balanceUsd, position: null, holding: null, reduction: null }
  return { state: flat, facts: { closed }, calls: [exitCall(holding, true)] }
}

/** USD, after fees and funding. */
export function netOf(closed: TradeClosed, direction: Direction): Exact {
  const gross = new Exact(closed.exitValueUsd).minus(closed.entryValueUsd).times(direction)
  return gross.minus(closed.entryFeesUsd).minus(closed.exitFeesUsd).plus(closed.fundingUsd)
}

function exitOf(state: DecisionState, fill: FillReport): LastExit {
  const common = { purpose: fill.purpose, atMs: fill.filledAtMs }
  const { exit } = state
  const isOfExit = fill.purpose === 'EXIT' && exit !== null && (exit.positionId ?? fill.positionId) === fill.positionId
  if (isOfExit) {
    const { bar, reason, trigger, requestedPrice } = exit
    return { ...common, bar, reason, requestedPrice, strategyReason: trigger === 'STRATEGY' ? reason : trigger }
  }
  const reason = fill.purpose === 'EXIT' || fill.purpose === 'REDUCE' ? 'OTHER' : fill.purpose
  return { ...common, bar: state.bar, reason, requestedPrice: fill.requestedPrice, strategyReason: reason }
}

function withExit(
  holding: Holding,
  fill: { readonly price: DecimalText; readonly quantity: DecimalText; readonly feeUsd: DecimalText },
  lastExit: LastExit,
): Holding {
  const value = new Exact(fill.price).times(fill.quantity)
  return {
    ...holding,
    exitQuantity: new Exact(holding.exitQuantity).plus(fill.quantity).toFixed(),
    exitValueUsd: value.plus(holding.exitValueUsd).toFixed(),
    exitFeesUsd: new Exact(holding.exitFeesUsd).plus(fill.feeUsd).toFixed(),
    lastExit,
  }
}

function isLastOf(reduction: Reduction | null, fill: FillReport): boolean {
  if (reduction === null) return true
  return new Exact(reduction.filledQuantity).plus(fill.quantity).greaterThanOrEqualTo(reduction.quantity)
}

function reductionAfter(reduction: Reduction | null, fill: FillReport, after: Position): Reduction | null {
  if (reduction === null || fill.purpose !== 'REDUCE') return after.state === 'FLAT' ? null : reduction
  if (isLastOf(reduction, fill)) return null
  return { ...reduction, filledQuantity: new Exact(reduction.filledQuantity).plus(fill.quantity).toFixed() }
}

function openedTrade(holding: Holding): TradeOpened {
  assert(holding.openedAtMs !== null, 'an opened trade has a first fill')
  return {
    tradeId: holding.positionId,
    symbol: holding.instrument.symbol,
    strategy: holding.strategyId,
    direction: directionName(holding.direction),
    openedAtMs: holding.openedAtMs,
    entryBar: holding.entryBar,
    entryBarAtMs: holding.entryBarAtMs,
    requestedPrice: holding.requestedPrice,
    targetNotionalUsd: holding.targetNotionalUsd,
    orderedQuantity: holding.orderedQuantity,
  }
}

function unchanged(state: DecisionState): Booked {
  return { state, facts: {}, calls: [] }
}
