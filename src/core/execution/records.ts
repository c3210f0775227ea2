import { assert, unreachable } from '../../base/assert.js'
import { openedDirection, signedBy } from '../../base/direction.js'
import { type DecimalText, Exact } from '../../base/exact.js'
import type { JournalRecord } from '../../ports/journal.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import { type PositionId, type VenueTradeId, venueTradeId } from '../../ports/vocabulary/ids.js'
import type {
  ApprovedAction,
  ExitTrigger,
  FillPurpose,
  OpenPermissionReason,
  RetiredLatch,
} from '../../ports/vocabulary/messages.js'
import type { Fill, OrderRequest } from '../../ports/vocabulary/orders.js'
import { isRetired } from '../link/version-one.js'
import { isMaintainedAfter } from '../mode/maintenance.js'
import { afterAlert, afterCommand } from '../mode/operator-mode.js'
import { newOrder, type OrderEvent, stepOrder } from '../orders/order.js'
import { flatPosition, type PositionEvent, transition } from '../position/position.js'
import type { NamedDecision } from '../reconciliation/reconciliation.js'
import type { ProtectionLevels } from './protection-levels.js'
import {
  type Entry,
  type ExecutionState,
  isSettled,
  type NumberedKind,
  noOrders,
  type OrderKind,
  ownQuantity,
  type Report,
} from './state.js'

/** What a record is about. Any of them may carry the reports that it gives rise to: they are as durable as it is. */
export type RecordBody = { readonly reports?: readonly Report[] } & (
  | { readonly type: 'alert'; readonly alert: Alert }
  /** `session`: the link's last; 0 before the first. */
  | { readonly type: 'started'; readonly session: number; readonly build: string }
  /** A session of the link began, of this number. */
  | { readonly type: 'session'; readonly session: number }
  | { readonly type: 'latched'; readonly latch: OpenPermissionReason | RetiredLatch; readonly detail: string }
  | { readonly type: 'unlatched'; readonly latches: readonly (OpenPermissionReason | RetiredLatch)[] }
  /** A command; `operator` is the journal's word for it. */
  | { readonly type: 'operator'; readonly operator: OperatorCommand }
  | ({ readonly type: 'entryIntent' } & EntryAsked)
  | { readonly type: 'entryRefused'; readonly intentId: string }
  | ({ readonly type: 'order' } & OrderPlaced)
  | { readonly type: 'submitted'; readonly clientOrderId: string }
  | {
      readonly type: 'orderEvent'
      readonly clientOrderId: string
      readonly event: Exclude<OrderEvent, { readonly type: 'FILL' | 'SUBMIT' }> | null
      /** Base units that the venue says are filled. */
      readonly reportedQuantity?: DecimalText
      /** A rejected exit: when the next may be tried. */
      readonly exitNotBeforeMs?: number
    }
  | {
      readonly type: 'fill'
      readonly fill: Fill
      readonly purpose: FillPurpose
      /** Of an entry: where its protection is from now on, USD. */
      readonly levels?: ProtectionLevels
    }
  | { readonly type: 'entryOver' }
  | { readonly type: 'reduceOver' }
  | ({ readonly type: 'exit' } & ExitAsked)
  | { readonly type: 'exitAnswered'; readonly exitId: string }
  | { readonly type: 'flat' }
  | { readonly type: 'closed' }
  /** What a truth of the venue led to. `lastTradeId`: every fill up to it is known now. */
  | {
      readonly type: 'truth'
      readonly symbol: string
      readonly lastTradeId: VenueTradeId
      readonly decisions: readonly NamedDecision[]
    }
  | { readonly type: 'syncedFlat'; readonly symbol: string; readonly decisions: readonly NamedDecision[] }
  /** Reports up to this number. */
  | { readonly type: 'acknowledged'; readonly through: number }
  | {
      readonly type: 'funding'
      /** The venue's own. */
      readonly fundingId: number
      readonly amountUsd: DecimalText
      readonly settledAtMs: number
    }
  /** The venue's sum of all fundings, when it differs from what was counted, or nothing was so far. */
  | { readonly type: 'fundingTruth'; readonly fundingUsd: DecimalText; readonly venueAtMs: number }
)

export interface EntryAsked extends Omit<ApprovedAction, 'actionId' | 'action' | 'positionId'> {
  readonly intentId: PositionId
  /** Absent in journals of before there was one; so are the prices of the protection if it fills as requested. */
  readonly correlationId?: string
  readonly protection?: ProtectionLevels
}

export interface OrderPlaced {
  readonly order: OrderRequest
  readonly kind: OrderKind
  readonly purpose: FillPurpose
  readonly requestedPrice: DecimalText | null
  readonly validUntilMs: number
  /** ENTRY: what allowed it. */
  readonly permissionId?: string
  /** REDUCE: what asked for it. */
  readonly actionId?: string
  /** The venue told of it: a crash had taken its record. */
  readonly isAdopted?: true
}

export interface ExitAsked {
  readonly rootId: PositionId
  readonly instrument: ApprovedAction['instrument']
  readonly purpose: FillPurpose
  readonly reason: string
  readonly requestedPrice: DecimalText | null
  /** EARLY_EXIT_NOW that it answers; null for the execution side's own. */
  readonly request: { readonly exitId: string; readonly trigger: ExitTrigger } | null
  /** A fail-safe acts once per position. */
  readonly failSafe: string | null
}

/** A line of the execution journal. */
export type ExecutionRecord = JournalRecord & RecordBody

/**
 * The one way in which durable state changes, live and in recovery. Changes `state` in place: a copy per record would cost
 * more than everything else. Records are in order and without holes.
 */
export function apply(state: ExecutionState, record: ExecutionRecord): void {
  assert(record.n === state.n + 1, `records follow each other: ${record.n} after ${state.n}`)
  state.n = record.n
  for (const report of record.reports ?? []) {
    assert(report.body.reportNumber === state.reportsIssued + 1, 'reports are numbered without holes')
    state.reportsIssued++
    state.outbox.push({ record: record.n, report })
  }
  applyBody(state, record)
}

function applyBody(state: ExecutionState, record: ExecutionRecord): void {
  switch (record.type) {
    case 'started':
      state.session = record.session
      latch(state, 'RESTART_RECONCILE_REQUIRED')
      doubtOrders(state)
      break
    case 'session':
      state.session = record.session
      break
    case 'latched':
      if (!isRetired(record.latch)) latch(state, record.latch)
      break
    case 'unlatched':
      state.latches = state.latches.filter((reason) => !record.latches.includes(reason))
      break
    case 'operator':
      state.mode = afterCommand(state.mode, record.operator)
      state.isMaintained = isMaintainedAfter(state.isMaintained, record.operator)
      break
    case 'alert':
      state.alerts++
      state.mode = afterAlert(state.mode, record.alert)
      break
    case 'entryIntent':
      state.entry = newEntry(record, record.atMs)
      state.symbol = record.instrument.symbol
      break
    case 'entryRefused':
      break
    case 'order':
      applyOrder(state, record, record.atMs)
      break
    case 'submitted':
      changeOrder(state, record.clientOrderId, { type: 'SUBMIT' })
      state.orders[record.clientOrderId] = { ...state.orders[record.clientOrderId]!, submittedAtMs: record.atMs }
      break
    case 'orderEvent':
      applyOrderEvent(state, record)
      break
    case 'fill':
      applyFill(state, record)
      break
    case 'entryOver':
      applyEntryOver(state)
      break
    case 'reduceOver':
      applyReduceOver(state)
      break
    case 'exit':
      applyExit(state, record, record.atMs)
      break
    case 'exitAnswered':
      remember(state.answeredExits, record.exitId)
      break
    case 'flat':
      for (const { exitId } of state.exit?.requests ?? []) remember(state.answeredExits, exitId)
      if (state.exit !== null) state.exit = { ...state.exit, isDone: true, requests: [] }
      break
    case 'closed':
      applyClosed(state)
      break
    case 'truth':
      state.seen[record.symbol] = {
        through: record.lastTradeId,
        above: (state.seen[record.symbol]?.above ?? []).filter((tradeId) => tradeId > record.lastTradeId),
      }
      break
    case 'syncedFlat':
      applySyncedFlat(state, record.symbol)
      break
    case 'acknowledged':
      state.outbox = state.outbox.filter(({ report }) => report.body.reportNumber > record.through)
      break
    case 'funding':
      applyFunding(state, record)
      break
    case 'fundingTruth':
      state.funding = {
        usd: record.fundingUsd,
        throughMs: record.venueAtMs,
        lastMs: Math.max(record.venueAtMs, state.funding?.lastMs ?? 0),
      }
      break
    default:
      unreachable(record)
  }
}

function latch(state: ExecutionState, reason: OpenPermissionReason): void {
  if (!state.latches.includes(reason)) state.latches = [...state.latches, reason].sort()
}

/** After a restart nobody knows whether an order left: those without an answer have an unknown outcome. */
function doubtOrders(state: ExecutionState): void {
  for (const id in state.orders) {
    const { status } = state.orders[id]!.order
    if (status === 'PENDING') changeOrder(state, id, { type: 'SUBMIT' })
    if (status === 'PENDING' || status === 'SUBMITTED') changeOrder(state, id, { type: 'OUTCOME_UNKNOWN' })
  }
}

function newEntry(asked: EntryAsked, atMs: number): Entry {
  const { intentId, correlationId = intentId, strategyId, instrument, side, quantity, requestedPrice } = asked
  return {
    positionId: intentId,
    correlationId,
    strategyId,
    instrument,
    side,
    quantity,
    requestedPrice,
    issuedAtMs: atMs,
    stage: 'ASKED',
    position: transition(flatPosition(instrument.symbol), { type: 'ENTRY', direction: openedDirection(side) }),
    takeProfitPrice: null,
    stopPrice: null,
    reduce: null,
    failSafes: [],
  }
}

function applyOrder(state: ExecutionState, placed: OrderPlaced, atMs: number): void {
  const { order: request, kind, purpose, requestedPrice, validUntilMs } = placed
  const id = request.clientOrderId
  assert(state.orders[id] === undefined, `${id} is placed once`)
  state.orders[id] = {
    order: newOrder(request),
    kind,
    purpose,
    requestedPrice,
    requestedAtMs: atMs,
    submittedAtMs: null,
    validUntilMs,
    reportedQuantity: '0',
  }
  if (kind === 'e') {
    state.entry = { ...entryOf(state), stage: 'ORDERED' }
    return
  }
  state.numbers[kind] = Math.max(state.numbers[kind], numberOf(id, kind))
  changeOrder(state, id, { type: 'SUBMIT' })
  state.orders[id] = { ...state.orders[id]!, submittedAtMs: atMs }
  if (placed.isAdopted) changeOrder(state, id, { type: 'OUTCOME_UNKNOWN' })
  if (kind !== 'r') return
  const entry = entryOf(state)
  const { position } = entry
  state.entry = {
    ...entry,
    position: position.state === 'OPEN' ? transition(position, { type: 'REDUCE' }) : position,
    reduce: { actionId: placed.actionId ?? null, clientOrderId: id },
  }
}

function numberOf(clientOrderId: string, kind: NumberedKind): number {
  return Number(clientOrderId.slice(clientOrderId.lastIndexOf(`.${kind}`) + 2))
}

function applyOrderEvent(
  state: ExecutionState,
  record: Extract<RecordBody, { readonly type: 'orderEvent' }> & { readonly atMs: number },
): void {
  const { clientOrderId, event, reportedQuantity, exitNotBeforeMs } = record
  if (event !== null) changeOrder(state, clientOrderId, event)
  if (reportedQuantity !== undefined) {
    state.orders[clientOrderId] = { ...state.orders[clientOrderId]!, reportedQuantity }
  }
  if (exitNotBeforeMs !== undefined && state.exit !== null) {
    state.exit = { ...state.exit, rejections: state.exit.rejections + 1, notBeforeMs: exitNotBeforeMs }
  }
}

function applyFill(state: ExecutionState, record: Extract<RecordBody, { readonly type: 'fill' }>): void {
  const { fill, purpose, levels } = record
  // Of a symbol without a baseline, whatever came before this fill is not ours to count.
  const seen = state.seen[fill.symbol] ?? { through: venueTradeId(fill.tradeId - 1), above: [] }
  state.seen[fill.symbol] = { ...seen, above: [...seen.above, fill.tradeId] }
  const placed = state.orders[fill.clientOrderId]
  const isOurs = placed !== undefined && purpose !== 'FOREIGN' && purpose !== 'LIQUIDATION'
  if (isOurs) changeOrder(state, fill.clientOrderId, { type: 'FILL', fill })
  if (isOurs && placed.kind === 'e') {
    const entry = entryOf(state)
    const last = state.orders[fill.clientOrderId]!.order.status === 'FILLED'
    const { quantity, price } = fill
    const position = transition(entry.position, { type: 'ENTRY_FILL', last, quantity, price })
    assert(levels !== undefined, 'a fill of an entry fixes its protection')
    state.entry = { ...entry, position, ...levels }
    return
  }
  const foreign = signedBy(fill.side, new Exact(fill.quantity)).minus(
    purpose === 'FOREIGN' ? 0 : closeOwn(state, fill, placed?.kind),
  )
  if (!foreign.isZero()) addForeign(state, fill.symbol, foreign)
  if (isOurs && placed.kind === 'x' && state.exit !== null) state.exit = { ...state.exit, rejections: 0 }
}

/** Takes off our own position what a closing fill can; returns that, signed as the fill. */
function closeOwn(state: ExecutionState, fill: Fill, kind: OrderKind | undefined): Exact {
  const { entry } = state
  const none = new Exact(0)
  if (entry === null || entry.instrument.symbol !== fill.symbol || entry.side === fill.side) return none
  const own = Exact.min(fill.quantity, entry.position.quantity)
  if (own.isZero()) return none
  const execution = { quantity: own.toFixed(), price: fill.price }
  // A reduction may fill after it was given up: the position went through it all the same.
  const isLate = kind === 'r' && fill.liquidation !== true && entry.position.state === 'OPEN'
  const before = isLate ? transition(entry.position, { type: 'REDUCE' }) : entry.position
  state.entry = { ...entry, position: transition(before, closingEvent(state, fill, kind, execution)) }
  return signedBy(fill.side, own)
}

function closingEvent(
  state: ExecutionState,
  fill: Fill,
  kind: OrderKind | undefined,
  execution: { readonly quantity: DecimalText; readonly price: DecimalText },
): PositionEvent {
  if (fill.liquidation === true || kind === undefined) return { type: 'LIQUIDATION_FILL', ...execution }
  if (kind === 'x') return { type: 'EXIT_FILL', ...execution }
  if (kind !== 'r') return { type: 'PROTECTIVE_FILL', ...execution }
  const under = entryOf(state).reduce
  return { type: 'REDUCE_FILL', last: under === null || isSettled(state.orders[under.clientOrderId]!), ...execution }
}

function addForeign(state: ExecutionState, symbol: string, quantity: Exact): void {
  const sum = quantity.plus(state.foreign[symbol] ?? 0)
  if (sum.isZero()) delete state.foreign[symbol]
  else state.foreign[symbol] = sum.toFixed()
}

function applyEntryOver(state: ExecutionState): void {
  const entry = entryOf(state)
  const { position } = entry
  const over =
    position.state === 'FLAT' || position.entryOver
      ? position
      : transition(position, { type: 'ENTRY_CANCELED', filledQuantity: position.entryQuantity })
  state.entry = { ...entry, stage: 'OVER', position: over }
}

function applyReduceOver(state: ExecutionState): void {
  const entry = entryOf(state)
  const { position } = entry
  const over = position.state === 'REDUCING' ? transition(position, { type: 'REDUCE_CANCELED' }) : position
  state.entry = { ...entry, reduce: null, position: over }
}

function applyExit(state: ExecutionState, asked: ExitAsked, atMs: number): void {
  const { entry } = state
  const requests = asked.request === null ? [] : [asked.request]
  const before = state.exit
  state.exit =
    before === null
      ? {
          positionId: asked.rootId,
          instrument: asked.instrument,
          purpose: asked.purpose,
          reason: asked.reason,
          requestedPrice: asked.requestedPrice,
          requests,
          rejections: 0,
          notBeforeMs: atMs,
          isDone: false,
        }
      : { ...before, requests: [...before.requests, ...requests], isDone: false }
  if (entry === null || entry.instrument.symbol !== asked.instrument.symbol) return
  const { state: of } = entry.position
  state.entry = {
    ...entry,
    position: of === 'FLAT' || of === 'CLOSING' ? entry.position : transition(entry.position, { type: 'EXIT' }),
    failSafes: asked.failSafe === null ? entry.failSafes : [...entry.failSafes, asked.failSafe],
  }
}

/** What was ours and what was foreign may have cancelled out: neither is left then. */
function applyClosed(state: ExecutionState): void {
  const { entry } = state
  if (entry !== null) {
    const { symbol } = entry.instrument
    const own = ownQuantity(state, symbol)
    if (!own.isZero()) addForeign(state, symbol, own)
  }
  state.entry = null
  state.exit = null
  state.orders = noOrders()
  state.numbers = { x: 0, r: 0, t: 0, s: 0 }
}

function applySyncedFlat(state: ExecutionState, symbol: string): void {
  delete state.foreign[symbol]
  const { entry } = state
  if (entry === null || entry.instrument.symbol !== symbol || entry.position.state === 'FLAT') return
  state.entry = { ...entry, position: transition(entry.position, { type: 'SYNC_FLAT' }) }
}

function applyFunding(state: ExecutionState, record: Extract<RecordBody, { readonly type: 'funding' }>): void {
  remember(state.fundings, record.fundingId)
  if (state.funding === null) return
  const { usd, throughMs, lastMs } = state.funding
  state.funding = {
    usd: new Exact(usd).plus(record.amountUsd).toFixed(),
    throughMs,
    lastMs: Math.max(lastMs, record.settledAtMs),
  }
}

function changeOrder(state: ExecutionState, clientOrderId: string, event: OrderEvent): void {
  const placed = state.orders[clientOrderId]
  assert(placed !== undefined, `${clientOrderId} is an order of this side`)
  state.orders[clientOrderId] = { ...placed, order: stepOrder(placed.order, event) }
}

function entryOf(state: ExecutionState): Entry {
  assert(state.entry !== null, 'there is an entry')
  return state.entry
}

/** The last 32: enough for whatever is still repeated. */
function remember<Id>(ids: Id[], id: Id): void {
  ids.push(id)
  if (ids.length > 32) ids.shift()
}
