import type { TradingMode } from '../../ports/vocabulary/alerts.js'
import type { OrderProvenance } from '../../ports/vocabulary/harness.js'
import type { InstrumentIdentity } from '../../ports/vocabulary/instrument.js'
import type {
  EntryRejectReason,
  ExitTrigger,
  FillPurpose,
  GateReport,
  LinkState,
  MessageBodies,
  MessageType,
  OpenPermissionReason,
  StandOfSide,
} from '../../ports/vocabulary/messages.js'
import type { OrderReport } from '../../ports/vocabulary/orders.js'
import { type Check, checkOf, type ObjectSchema, type Schema } from './schema.js'

/** The keys of `Body` that may be absent, and those that may not: a description that forgets one does not compile. */
type OptionalKeys<Body> = { [K in keyof Body]-?: object extends Pick<Body, K> ? K : never }[keyof Body]
type RequiredOf<Body> = Readonly<Record<Exclude<keyof Body, OptionalKeys<Body>> & string, Schema>>
type OptionalOf<Body> = Readonly<Record<OptionalKeys<Body> & string, Schema>>

const decimal: Schema = { kind: 'decimal', sign: 'any' }
const positive: Schema = { kind: 'decimal', sign: 'positive' }
const notNegative: Schema = { kind: 'decimal', sign: 'notNegative' }
const count: Schema = { kind: 'integer', min: 0 }
const ordinal: Schema = { kind: 'integer', min: 1 }
const ms: Schema = { kind: 'integer', min: 0 }
const prose: Schema = { kind: 'prose', charactersMax: 500 }
/** Symbols, venue order ids and the like: whatever an exchange names a thing, without white space. */
const name: Schema = { kind: 'text', pattern: '^[!-~]{1,64}$' }
/** The root of client order ids, which may have 36 characters. */
const positionId: Schema = { kind: 'text', pattern: '^[A-Za-z0-9.-]{1,28}$' }
const clientOrderId: Schema = { kind: 'text', pattern: '^[A-Za-z0-9._-]{1,36}$' }
/** Of permissions, exits and resyncs. */
const otherId: Schema = { kind: 'text', pattern: '^[A-Za-z0-9._-]{1,64}$' }
const side: Schema = oneOf<'BUY' | 'SELL'>({ BUY: true, SELL: true })

const provenance = object<OrderProvenance>({
  beliefId: name,
  signalId: name,
  regimeStateId: name,
  permission: name,
})

const instrument = object<InstrumentIdentity>({
  symbol: name,
  exchange: name,
  contractType: oneOf<InstrumentIdentity['contractType']>({ PERPETUAL: true, DATED: true }),
  expiry: { kind: 'text', pattern: '^(PERPETUAL|[0-9]{4}-[0-9]{2}-[0-9]{2})$' },
})

const orderReport = object<OrderReport>(
  {
    clientOrderId: name,
    venueOrderId: name,
    symbol: name,
    side,
    type: oneOf<OrderReport['type']>({
      MARKET: true,
      LIMIT: true,
      STOP_MARKET: true,
      STOP_LIMIT: true,
      POST_ONLY: true,
      IOC: true,
    }),
    status: oneOf<OrderReport['status']>({
      ACKNOWLEDGED: true,
      PARTIAL: true,
      FILLED: true,
      CANCELED: true,
      REJECTED: true,
    }),
    reduceOnly: { kind: 'boolean' },
    quantity: positive,
    filledQuantity: notNegative,
    averagePrice: nullable(positive),
    updatedAtMs: { kind: 'number' },
  },
  { reason: prose },
)

const linkState = oneOf<LinkState>({ LINK_OK: true, LINK_DEGRADED: true, LINK_LOST: true, LINK_CORRUPT: true })

const entryRejectReason = oneOf<EntryRejectReason>({
  REJECT_NO_PERMISSION: true,
  REJECT_PERMISSION_LATE: true,
  REJECT_PERMISSION_MISMATCH: true,
  REJECT_MODE_REDUCE_ONLY: true,
  REJECT_MODE_KILL: true,
  REJECT_LATCHED: true,
  REJECT_STALE_SCAN: true,
  REJECT_POSITION_EXISTS: true,
  REJECT_INSTRUMENT: true,
  REJECT_RISK_LIMIT: true,
  REJECT_LOT_OR_NOTIONAL: true,
  REJECT_VENUE: true,
})

const fillPurpose = oneOf<FillPurpose>({
  ENTRY: true,
  REDUCE: true,
  EXIT: true,
  TAKE_PROFIT: true,
  CATASTROPHIC_STOP: true,
  FAIL_SAFE: true,
  LIQUIDATION: true,
  FOREIGN: true,
})

const stand = object<StandOfSide>({
  lastSeqReceived: count,
  symbol: nullable(name),
  positionQuantity: decimal,
  positionId: nullable(positionId),
  openOrders: { kind: 'array', of: clientOrderId, itemsMax: 100 },
  reports: count,
})

const tradingMode = oneOf<TradingMode>({ ACTIVE: true, REDUCE_ONLY: true, KILL: true })

const blocks = {
  RESTART_RECONCILE_REQUIRED: true,
  SESSION_TERMINATED: true,
  MARKET_DATA_STALE: true,
  LINK_NOT_OK: true,
  BOOK_GAP: true,
  TRADES_GAP: true,
  POSITION_MISMATCH: true,
  ACCOUNT_MISMATCH: true,
} as const satisfies Readonly<Record<OpenPermissionReason, true>>

const gate = object<GateReport>({
  mode: tradingMode,
  isMaintained: { kind: 'boolean' },
  blocks: { kind: 'array', of: oneOf<OpenPermissionReason>(blocks), itemsMax: Object.keys(blocks).length },
  journal: oneOf<GateReport['journal']>({ OK: true, FULL: true, FAILED: true }),
  isFillUnresolved: { kind: 'boolean' },
  isLoopStalled: { kind: 'boolean' },
  diskUsedPct: nullable({ kind: 'number' }),
  marginUtil: nullable({ kind: 'number' }),
})

/** Every message's body: the one description that the core checks by and `specs/messages` is written from. */
export const BODY_SCHEMAS: { readonly [T in MessageType]: ObjectSchema } = {
  APPROVED_ACTION: object<MessageBodies['APPROVED_ACTION']>(
    {
      actionId: positionId,
      action: oneOf<'ENTRY' | 'REDUCE'>({ ENTRY: true, REDUCE: true }),
      strategyId: name,
      instrument,
      side,
      quantity: positive,
      requestedPrice: positive,
    },
    { positionId, provenance },
  ),
  ENTRY_INTENT: object<MessageBodies['ENTRY_INTENT']>(
    {
      intentId: positionId,
      correlationId: otherId,
      instrument,
      side,
      quantity: positive,
      requestedPrice: positive,
      entryStyle: oneOf<MessageBodies['ENTRY_INTENT']['entryStyle']>({ MARKET: true }),
      takeProfitPrice: positive,
      stopPrice: positive,
    },
    { provenance },
  ),
  ENTRY_PERMISSION: object<MessageBodies['ENTRY_PERMISSION']>({
    permissionId: otherId,
    intentId: positionId,
    correlationId: otherId,
    instrument,
    side,
    quantity: positive,
  }),
  ENTRY_VETO: object<MessageBodies['ENTRY_VETO']>({
    intentId: positionId,
    correlationId: otherId,
    reason: entryRejectReason,
    detail: prose,
  }),
  EARLY_EXIT_NOW: object<MessageBodies['EARLY_EXIT_NOW']>({
    exitId: otherId,
    positionId: nullable(positionId),
    trigger: oneOf<ExitTrigger>({ STRATEGY: true, SAFETY: true, RISK: true, OPERATOR: true }),
    reason: prose,
    requestedPrice: nullable(positive),
  }),
  FILL_REPORT: object<MessageBodies['FILL_REPORT']>({
    reportNumber: ordinal,
    positionId,
    instrument,
    purpose: fillPurpose,
    tradeId: ordinal,
    clientOrderId: name,
    side,
    quantity: positive,
    requestedPrice: nullable(positive),
    filledPrice: positive,
    slippageBps: nullable({ kind: 'number' }),
    feeUsd: decimal,
    maker: { kind: 'boolean' },
    requestedAtMs: ms,
    filledAtMs: ms,
    positionQuantity: decimal,
  }),
  ENTRY_RESULT: object<MessageBodies['ENTRY_RESULT']>({
    reportNumber: ordinal,
    intentId: positionId,
    instrument,
    outcome: oneOf<MessageBodies['ENTRY_RESULT']['outcome']>({
      FILLED: true,
      PARTIALLY_FILLED: true,
      NOT_FILLED: true,
    }),
    filledQuantity: notNegative,
    reason: nullable(entryRejectReason),
    detail: prose,
  }),
  EXIT_ACK: object<MessageBodies['EXIT_ACK']>({
    reportNumber: ordinal,
    exitId: otherId,
    positionId: nullable(positionId),
    instrument,
    outcome: oneOf<MessageBodies['EXIT_ACK']['outcome']>({ ACCEPTED: true, ALREADY_FLAT: true, COMPLETE: true }),
    detail: prose,
  }),
  FUNDING_REPORT: object<MessageBodies['FUNDING_REPORT']>({
    reportNumber: ordinal,
    fundingId: count,
    positionId: nullable(positionId),
    symbol: name,
    amountUsd: decimal,
    settledAtMs: ms,
  }),
  ACTIVE_CONTRACT_STATUS: object<MessageBodies['ACTIVE_CONTRACT_STATUS']>({
    instrument,
    status: oneOf<MessageBodies['ACTIVE_CONTRACT_STATUS']['status']>({
      ACTIVE: true,
      UNINTENDED: true,
      EXPIRED: true,
      NOT_TRADING: true,
    }),
    detail: prose,
  }),
  ACCOUNT_STATUS: object<MessageBodies['ACCOUNT_STATUS']>({
    walletBalanceUsd: decimal,
    equityUsd: decimal,
    availableMarginUsd: decimal,
    fundingUsd: decimal,
    venueAtMs: ms,
    reportsIssued: count,
  }),
  POSITION_STATUS: object<MessageBodies['POSITION_STATUS']>({
    instrument,
    quantity: decimal,
    entryPrice: nullable(positive),
    markPrice: nullable(positive),
    liquidationPrice: nullable(notNegative),
    recordedQuantity: decimal,
    positionId: nullable(positionId),
    openOrders: { kind: 'array', of: orderReport, itemsMax: 100 },
    venueAtMs: ms,
    reportsIssued: count,
  }),
  HEARTBEAT: object<MessageBodies['HEARTBEAT']>(
    {
      linkState,
      echo: nullable(object<NonNullable<MessageBodies['HEARTBEAT']['echo']>>({ sentAtMs: ms, heldMs: ms })),
      build: { kind: 'text', pattern: '^[0-9a-f]{16}$' },
    },
    {
      reportsSeen: count,
      gate,
    },
  ),
  RESYNC_REQUEST: object<MessageBodies['RESYNC_REQUEST']>({
    resyncId: otherId,
    cause: oneOf<MessageBodies['RESYNC_REQUEST']['cause']>({ START: true, GAP: true, CORRUPT: true, OPERATOR: true }),
    state: stand,
  }),
  RESYNC_STATE: object<MessageBodies['RESYNC_STATE']>({ resyncId: otherId, state: stand }),
}

/** The envelope's fields but `type` and `body`. */
export const STAMP_SCHEMAS: Readonly<Record<'v' | 'seq' | 'sentAtMs' | 'session' | 'sum', Schema>> = {
  v: { kind: 'one of', values: [2] },
  seq: ordinal,
  sentAtMs: ms,
  session: ordinal,
  sum: { kind: 'text', pattern: '^[0-9a-f]{8}$' },
}

/** The whole envelope of a type. */
export function envelopeSchema(type: MessageType): ObjectSchema {
  return {
    kind: 'object',
    required: { ...STAMP_SCHEMAS, type: { kind: 'one of', values: [type] }, body: BODY_SCHEMAS[type] },
    optional: {},
  }
}

const CHECKS = new Map<unknown, Check>(
  (Object.keys(BODY_SCHEMAS) as MessageType[]).map((type) => [type, checkOf(envelopeSchema(type))]),
)

/** The first thing wrong with an envelope's fields; undefined when it is one. The sum itself is not recomputed here. */
export function envelopeProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'message: expected an object, found none'
  const check = CHECKS.get((value as { readonly type?: unknown }).type)
  if (check === undefined) return `message.type: expected one of ${[...CHECKS.keys()].join(', ')}, found another`
  return check(value, 'message')
}

function object<Body>(
  required: RequiredOf<Body>,
  ...optional: OptionalKeys<Body> extends never ? [] : [OptionalOf<Body>]
): ObjectSchema {
  return { kind: 'object', required, optional: optional[0] ?? {} }
}

/** From a record over the union, so that a new member of it fails to compile here. */
function oneOf<Union extends string>(members: Readonly<Record<Union, true>>): Schema {
  return { kind: 'one of', values: Object.keys(members) }
}

function nullable(of: Schema): Schema {
  return { kind: 'nullable', of }
}
