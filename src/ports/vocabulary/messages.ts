import type { DecimalText } from '../../base/exact.js'
import type { TradingMode } from './alerts.js'
import type { OrderProvenance } from './harness.js'
import type { PositionId, VenueTradeId } from './ids.js'
import type { InstrumentIdentity } from './instrument.js'
import type { OrderReport, OrderSide } from './orders.js'

export type LinkState = 'LINK_OK' | 'LINK_DEGRADED' | 'LINK_LOST' | 'LINK_CORRUPT'

/** Why an entry did not happen. Source: spec, "/status". */
export type EntryRejectReason =
  | 'REJECT_NO_PERMISSION'
  | 'REJECT_PERMISSION_LATE'
  | 'REJECT_PERMISSION_MISMATCH'
  | 'REJECT_MODE_REDUCE_ONLY'
  | 'REJECT_MODE_KILL'
  | 'REJECT_LATCHED'
  | 'REJECT_STALE_SCAN'
  | 'REJECT_POSITION_EXISTS'
  | 'REJECT_INSTRUMENT'
  | 'REJECT_RISK_LIMIT'
  | 'REJECT_LOT_OR_NOTIONAL'
  | 'REJECT_VENUE'

/** Why nothing opens until a reconciliation clears it. Source: spec, "/status"; what clears each: docs/execution.md. */
export type OpenPermissionReason =
  | 'RESTART_RECONCILE_REQUIRED'
  | 'SESSION_TERMINATED'
  | 'MARKET_DATA_STALE'
  | 'LINK_NOT_OK'
  | 'BOOK_GAP'
  | 'TRADES_GAP'
  | 'POSITION_MISMATCH'
  | 'ACCOUNT_MISMATCH'

/** Latch codes of the first contract that are none any more: what they name clears by itself. Old journals and messages hold them. */
export type RetiredLatch = 'WAL_BACKPRESSURE' | 'PARTIAL_FILL_UNRESOLVED'

/** Who ended a position. */
export type ExitTrigger = 'STRATEGY' | 'SAFETY' | 'RISK' | 'OPERATOR'

/** Why an execution happened, seen from the position. */
export type FillPurpose =
  | 'ENTRY'
  | 'REDUCE'
  | 'EXIT'
  | 'TAKE_PROFIT'
  | 'CATASTROPHIC_STOP'
  | 'FAIL_SAFE'
  | 'LIQUIDATION'
  | 'FOREIGN'

/** Decision → execution: an approved action. It is not yet allowed to open anything; see ENTRY_PERMISSION. */
export interface ApprovedAction {
  /** 1 to 28 of `[A-Za-z0-9.-]`, unique for ever; of an entry, the id of the position that it opens. */
  readonly actionId: string
  readonly action: 'ENTRY' | 'REDUCE'
  readonly strategyId: string
  readonly instrument: InstrumentIdentity
  readonly side: OrderSide
  /** Base units, a multiple of the lot. */
  readonly quantity: DecimalText
  /** USD: the price that the decision was made at; slippage is measured from it. */
  readonly requestedPrice: DecimalText
  /** REDUCE: the position to reduce. */
  readonly positionId?: PositionId
  /** ENTRY: the belief, signal, regime and permission that the harness released it with; absent: none stood before it. */
  readonly provenance?: OrderProvenance
}

/** Execution → decision: about to enter; may I? It is answered by a permission or a veto. */
export interface EntryIntent {
  readonly intentId: PositionId
  /** Of this question, `<session>.<record>`: the answer repeats it. */
  readonly correlationId: string
  readonly instrument: InstrumentIdentity
  readonly side: OrderSide
  readonly quantity: DecimalText
  readonly requestedPrice: DecimalText
  readonly entryStyle: 'MARKET'
  /** USD: where the protection will lie if it fills at the requested price. */
  readonly takeProfitPrice: DecimalText
  readonly stopPrice: DecimalText
  /** As its action's. */
  readonly provenance?: OrderProvenance
}

/** Decision → execution: yes, this one, this size, once. */
export interface EntryPermission {
  readonly permissionId: string
  readonly intentId: PositionId
  readonly correlationId: string
  readonly instrument: InstrumentIdentity
  readonly side: OrderSide
  readonly quantity: DecimalText
}

/** Decision → execution: no. Where neither a permission nor a veto comes, the link is broken. */
export interface EntryVeto {
  readonly intentId: PositionId
  readonly correlationId: string
  readonly reason: EntryRejectReason
  readonly detail: string
}

/** Decision → execution: leave now. Overrides everything, in any state; the same `exitId` again changes nothing. */
export interface EarlyExitNow {
  readonly exitId: string
  /** The position it means; null is whatever is open. One that is over already is acknowledged as flat. */
  readonly positionId: PositionId | null
  readonly trigger: ExitTrigger
  readonly reason: string
  /** USD: the price that the decision was made at; null when there was none. */
  readonly requestedPrice: DecimalText | null
}

/** Every report of something that happened is numbered; the number is what the decision side acknowledges. */
interface Numbered {
  /** 1, 2, 3, … over the life of the execution journal. Repeated until acknowledged. */
  readonly reportNumber: number
}

export interface FillReport extends Numbered {
  readonly positionId: PositionId
  readonly instrument: InstrumentIdentity
  readonly purpose: FillPurpose
  readonly tradeId: VenueTradeId
  readonly clientOrderId: string
  readonly side: OrderSide
  readonly quantity: DecimalText
  /** USD; null when there was none: what is not ours, or an order of which a crash took the record. */
  readonly requestedPrice: DecimalText | null
  readonly filledPrice: DecimalText
  /** Bps of the requested price; positive is against us. */
  readonly slippageBps: number | null
  readonly feeUsd: DecimalText
  readonly maker: boolean
  readonly requestedAtMs: number
  readonly filledAtMs: number
  /** Signed base units after this fill. */
  readonly positionQuantity: DecimalText
}

/** The end of an entry: no more of it will fill. */
export interface EntryResult extends Numbered {
  /** The entry's, or the action id of a reduction. */
  readonly intentId: string
  readonly instrument: InstrumentIdentity
  readonly outcome: 'FILLED' | 'PARTIALLY_FILLED' | 'NOT_FILLED'
  readonly filledQuantity: DecimalText
  /** Why less than the whole filled. */
  readonly reason: EntryRejectReason | null
  readonly detail: string
}

export interface ExitAck extends Numbered {
  readonly exitId: string
  readonly positionId: PositionId | null
  readonly instrument: InstrumentIdentity
  /** ACCEPTED: an exit is on its way. ALREADY_FLAT: nothing was open. COMPLETE: flat now. */
  readonly outcome: 'ACCEPTED' | 'ALREADY_FLAT' | 'COMPLETE'
  readonly detail: string
}

/** Funding settled on the position. */
export interface FundingReport extends Numbered {
  /** The venue's own, one for each settlement of a position. */
  readonly fundingId: number
  readonly positionId: PositionId | null
  readonly symbol: string
  /** USD received; negative was paid. */
  readonly amountUsd: DecimalText
  readonly settledAtMs: number
}

export interface ActiveContractStatus {
  readonly instrument: InstrumentIdentity
  readonly status: 'ACTIVE' | 'UNINTENDED' | 'EXPIRED' | 'NOT_TRADING'
  readonly detail: string
}

/** Truth as the venue states it. `reportsIssued`: the last report number that came before this truth. */
export interface AccountStatus {
  readonly walletBalanceUsd: DecimalText
  readonly equityUsd: DecimalText
  readonly availableMarginUsd: DecimalText
  readonly fundingUsd: DecimalText
  readonly venueAtMs: number
  /** Number of the last report of the execution side. */
  readonly reportsIssued: number
}

export interface PositionStatus {
  readonly instrument: InstrumentIdentity
  /** The venue's, signed base units. */
  readonly quantity: DecimalText
  readonly entryPrice: DecimalText | null
  /** USD; null while nothing has told one. */
  readonly markPrice: DecimalText | null
  readonly liquidationPrice: DecimalText | null
  /** The execution side's own count of its fills; differs from `quantity` when truth and record disagree. */
  readonly recordedQuantity: DecimalText
  readonly positionId: PositionId | null
  readonly openOrders: readonly OrderReport[]
  readonly venueAtMs: number
  /** Number of the last report of the execution side. */
  readonly reportsIssued: number
}

export interface Heartbeat {
  /** The sender's own view of the link. */
  readonly linkState: LinkState
  /** The last heartbeat received from the other side and how long it was held, for the round trip; null before one. */
  readonly echo: { readonly sentAtMs: number; readonly heldMs: number } | null
  /** Decision side: reports up to here are durable with it. */
  readonly reportsSeen?: number
  /** Execution side: what keeps it from opening, so that the other side does not say that entries are allowed. */
  readonly gate?: GateReport
  /** SHA-256 (16 hex digits) of the build that runs; sides of different builds do not trade. */
  readonly build: string
}

/** Everything of the execution side that can forbid an entry, the link aside. */
export interface GateReport {
  readonly mode: TradingMode
  readonly isMaintained: boolean
  readonly blocks: readonly OpenPermissionReason[]
  /** FULL: its queue has no room; FAILED: nothing is durable any more. */
  readonly journal: 'OK' | 'FULL' | 'FAILED'
  /** An order's outcome is not known. */
  readonly isFillUnresolved: boolean
  /** Its process did not run for ten seconds, and has not run steadily since. */
  readonly isLoopStalled: boolean
  /** Percent used of the disk that its journal lies on; null while not measured. */
  readonly diskUsedPct: number | null
  /** Share of the account's equity that is bound as margin; null before the first truth. */
  readonly marginUtil: number | null
}

/** Asks the other side to state where it stands; in a new session it is that session's first message. */
export interface ResyncRequest {
  readonly resyncId: string
  readonly cause: 'START' | 'GAP' | 'CORRUPT' | 'OPERATOR'
  /** What the asking side has: see {@link ResyncState}. */
  readonly state: StandOfSide
}

export interface ResyncState {
  readonly resyncId: string
  readonly state: StandOfSide
}

export interface StandOfSide {
  /** The last sequence number received from the other side in this session; 0 before one. */
  readonly lastSeqReceived: number
  /** Signed base units as this side has them; the symbol is null when flat. */
  readonly symbol: string | null
  readonly positionQuantity: DecimalText
  readonly positionId: PositionId | null
  /** Execution side: client order ids that may still fill. */
  readonly openOrders: readonly string[]
  /** Execution: reports issued. Decision: reports seen. */
  readonly reports: number
}

/** Message type → body. */
export interface MessageBodies {
  readonly APPROVED_ACTION: ApprovedAction
  readonly ENTRY_INTENT: EntryIntent
  readonly ENTRY_PERMISSION: EntryPermission
  readonly ENTRY_VETO: EntryVeto
  readonly EARLY_EXIT_NOW: EarlyExitNow
  readonly FILL_REPORT: FillReport
  readonly ENTRY_RESULT: EntryResult
  readonly EXIT_ACK: ExitAck
  readonly FUNDING_REPORT: FundingReport
  readonly ACTIVE_CONTRACT_STATUS: ActiveContractStatus
  readonly ACCOUNT_STATUS: AccountStatus
  readonly POSITION_STATUS: PositionStatus
  readonly HEARTBEAT: Heartbeat
  readonly RESYNC_REQUEST: ResyncRequest
  readonly RESYNC_STATE: ResyncState
}

export type MessageType = keyof MessageBodies

/** A message with its type: a union over all of them. */
export type Message = {
  readonly [T in MessageType]: { readonly type: T; readonly body: MessageBodies[T] }
}[MessageType]

/** What goes over the link, as canonical JSON. */
export type Envelope = Message & {
  readonly v: 2
  /** 1, 2, 3, … per sender and session. */
  readonly seq: number
  /** The sender's clock, UTC ms. */
  readonly sentAtMs: number
  /** A number that only rises: both sides speak in the same session. */
  readonly session: number
  /** CRC-32C of the canonical JSON of the rest, 8 hex digits. */
  readonly sum: string
}
