import { type DecimalText, type Exact, exact } from '../../base/exact.js'
import type { TradingMode } from '../../ports/vocabulary/alerts.js'
import type { PositionId, VenueTradeId } from '../../ports/vocabulary/ids.js'
import type { InstrumentIdentity } from '../../ports/vocabulary/instrument.js'
import type { ExitTrigger, FillPurpose, Message, OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import type { OrderSide } from '../../ports/vocabulary/orders.js'
import { isOver, type Order } from '../orders/order.js'
import { type Position, signedQuantity } from '../position/position.js'

/** Everything that survives a restart, as plain JSON. It changes only in `apply` (records.ts). */
export interface ExecutionState {
  /** Number of the last record. */
  n: number
  /** Session number of the link; 0 before the first. */
  session: number
  mode: TradingMode
  /** An operator works on the system. */
  isMaintained: boolean
  /** Why nothing opens; in alphabetical order, each once. */
  latches: OpenPermissionReason[]
  entry: Entry | null
  exit: Exit | null
  /** Orders of the entry and the exit, by client order id. */
  orders: Record<string, VenueOrder>
  /** Numbers used so far of each kind of order of this root. */
  numbers: Record<NumberedKind, number>
  /** Base units, signed, by symbol: what fills that are not our position's add up to. Zero is absent. */
  foreign: Record<string, DecimalText>
  /** By symbol: trade ids applied, whatever way they came. */
  seen: Record<string, SeenTrades>
  /** The symbol traded last; empty before the first. */
  symbol: string
  /** Number of the last report. */
  reportsIssued: number
  /** Not acknowledged yet, rising numbers. */
  outbox: OutboxEntry[]
  /** Alerts so far: the number in the last alert's id. */
  alerts: number
  /** The last exits that have been answered for good: a late repeat is not answered again. */
  answeredExits: string[]
  /** Ids of the last fundings. */
  fundings: number[]
  /**
   * USD counted since the account began; null before the first truth. Everything settled before `throughMs` is in it, and
   * nothing after `lastMs`, by the venue's clock.
   */
  funding: { readonly usd: DecimalText; readonly throughMs: number; readonly lastMs: number } | null
}

/** Of client order ids: exits, reductions, take-profits and stops; an entry has no number. */
export type NumberedKind = 'x' | 'r' | 't' | 's'
export type OrderKind = 'e' | NumberedKind

/** Every id up to `through`, and those above it. */
export interface SeenTrades {
  readonly through: VenueTradeId
  readonly above: readonly VenueTradeId[]
}

/** From an intent until it is flat and none of its orders can fill. */
export interface Entry {
  readonly positionId: PositionId
  /** Of the question for permission; the answer repeats it. */
  readonly correlationId: string
  readonly strategyId: string
  readonly instrument: InstrumentIdentity
  readonly side: OrderSide
  /** Base units asked for. */
  readonly quantity: DecimalText
  /** USD. */
  readonly requestedPrice: DecimalText
  readonly issuedAtMs: number
  /** ASKED: waiting for permission; ORDERED: an order exists; OVER: no more of it will fill. */
  readonly stage: 'ASKED' | 'ORDERED' | 'OVER'
  readonly position: Position
  /** USD; null before the first fill. Fixed by the entry's fills. */
  readonly takeProfitPrice: DecimalText | null
  readonly stopPrice: DecimalText | null
  /** The reduction under way; its action is not known when a crash took the record. */
  readonly reduce: { readonly actionId: string | null; readonly clientOrderId: string } | null
  /** Reasons of the fail-safes that have acted on this position: each does so once. */
  readonly failSafes: readonly string[]
}

/** Everything of the symbol is to be closed. */
export interface Exit {
  /** The entry's, or one of its own for a position that is not ours. */
  readonly positionId: PositionId
  readonly instrument: InstrumentIdentity
  readonly purpose: FillPurpose
  readonly reason: string
  readonly requestedPrice: DecimalText | null
  /** EARLY_EXIT_NOW messages that wait for COMPLETE. */
  readonly requests: readonly { readonly exitId: string; readonly trigger: ExitTrigger }[]
  /** In a row. */
  readonly rejections: number
  readonly notBeforeMs: number
  /** It was flat, and said so. */
  readonly isDone: boolean
}

export interface VenueOrder {
  readonly order: Order
  readonly kind: OrderKind
  readonly purpose: FillPurpose
  /** USD: what slippage is measured from; null when nothing told a price. */
  readonly requestedPrice: DecimalText | null
  readonly requestedAtMs: number
  /** When it left; null before. */
  readonly submittedAtMs: number | null
  readonly validUntilMs: number
  /** Base units that the venue said are filled; more than our fills means that some are missing. */
  readonly reportedQuantity: DecimalText
}

/** A report of something that happened: numbered, repeated until acknowledged. */
export type Report = Extract<Message, { readonly type: 'FILL_REPORT' | 'ENTRY_RESULT' | 'EXIT_ACK' | 'FUNDING_REPORT' }>

export interface OutboxEntry {
  /** The record that it came from: it leaves when that is durable. */
  readonly record: number
  readonly report: Report
}

export function initialState(): ExecutionState {
  return {
    n: 0,
    session: 0,
    mode: 'ACTIVE',
    isMaintained: false,
    latches: [],
    entry: null,
    exit: null,
    orders: noOrders(),
    numbers: { x: 0, r: 0, t: 0, s: 0 },
    foreign: {},
    seen: {},
    symbol: '',
    reportsIssued: 0,
    outbox: [],
    alerts: 0,
    answeredExits: [],
    fundings: [],
    funding: null,
  }
}

/**
 * A table without a prototype, which V8 keeps as a table: of a plain object it derives a shape per client order id, and
 * among thousands of shapes that takes 40 µs per order.
 */
export function noOrders(): Record<string, VenueOrder> {
  return Object.create(null)
}

/** No more of it will fill, and every fill of it is known. */
export function isSettled({ order, reportedQuantity }: VenueOrder): boolean {
  return isOver(order) && !exact(order.filledQuantity).lessThan(exact(reportedQuantity))
}

export function liveOrders(state: ExecutionState, kind?: OrderKind): readonly VenueOrder[] {
  if (lastLive.state !== state || lastLive.n !== state.n) {
    const orders: VenueOrder[] = []
    for (const id in state.orders) if (!isSettled(state.orders[id]!)) orders.push(state.orders[id]!)
    lastLive = { state, n: state.n, orders }
  }
  const { orders } = lastLive
  return kind === undefined ? orders : orders.filter((order) => order.kind === kind)
}

/** Asked for a dozen times an event, and records alone change them. */
let lastLive: { readonly state: ExecutionState | null; readonly n: number; readonly orders: readonly VenueOrder[] } = {
  state: null,
  n: 0,
  orders: [],
}

/** Signed base units that our fills and foreign ones add up to. */
export function recordedQuantity(state: ExecutionState, symbol: string): Exact {
  const foreign = state.foreign[symbol]
  const own = ownQuantity(state, symbol)
  return foreign === undefined ? own : own.plus(foreign)
}

/** Signed base units of our own position. */
export function ownQuantity(state: ExecutionState, symbol: string): Exact {
  const { entry } = state
  return exact(entry?.instrument.symbol === symbol ? signedQuantity(entry.position) : '0')
}

export function isSeen(state: ExecutionState, symbol: string, tradeId: VenueTradeId): boolean {
  const seen = state.seen[symbol]
  return seen !== undefined && (tradeId <= seen.through || seen.above.includes(tradeId))
}

export function entryOrderId(positionId: PositionId): string {
  return `${positionId}.e`
}

/** The kind of an order whose id derives from a position's; undefined for anybody else's. */
export function kindOfId(positionId: PositionId, clientOrderId: string): OrderKind | undefined {
  if (!clientOrderId.startsWith(`${positionId}.`)) return undefined
  const match = /^(?:(e)|([xrts])[1-9][0-9]*)$/.exec(clientOrderId.slice(positionId.length + 1))
  return match === null ? undefined : ((match[1] ?? match[2]) as OrderKind)
}
