import type {
  Envelope,
  GateReport,
  MessageType,
  OpenPermissionReason,
  RetiredLatch,
} from '../../ports/vocabulary/messages.js'
import { BODY_SCHEMAS, envelopeSchema } from './message-schemas.js'
import { type Check, checkOf, type ObjectSchema } from './schema.js'

/** Whether a text says that it is of version 1. */
export function isVersionOne(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { readonly v?: unknown }).v === 1
}

const RETIRED: Readonly<Record<RetiredLatch, true>> = { WAL_BACKPRESSURE: true, PARTIAL_FILL_UNRESOLVED: true }

/** What version 1 had otherwise, or had not. */
const BODIES_1: Readonly<Partial<Record<MessageType, ObjectSchema | null>>> = {
  HEARTBEAT: { ...BODY_SCHEMAS.HEARTBEAT, optional: { ...BODY_SCHEMAS.HEARTBEAT.optional, gate: gateOfVersionOne() } },
  ENTRY_INTENT: without('ENTRY_INTENT', ['correlationId', 'entryStyle', 'takeProfitPrice', 'stopPrice']),
  ENTRY_PERMISSION: without('ENTRY_PERMISSION', ['correlationId']),
  ENTRY_VETO: null,
}

const CHECKS = new Map<unknown, Check>(
  (Object.keys(BODY_SCHEMAS) as MessageType[]).flatMap((type) => {
    const body = BODIES_1[type] === undefined ? BODY_SCHEMAS[type] : BODIES_1[type]
    if (body === null) return []
    const { required, ...schema } = envelopeSchema(type)
    return [[type, checkOf({ ...schema, required: { ...required, v: { kind: 'one of', values: [1] }, body } })]]
  }),
)

/** The first thing wrong with an envelope of version 1; undefined when it is one. */
export function versionOneProblem(value: unknown): string | undefined {
  const check = CHECKS.get((value as { readonly type?: unknown }).type)
  if (check === undefined) return `message.type: expected one of ${[...CHECKS.keys()].join(', ')}, found another`
  return check(value, 'message')
}

/**
 * The envelope in today's words. An intent that tells nothing of its protection has none, and is denied; a question that had
 * no id of its own goes by the entry's.
 */
export function fromVersionOne(value: object): Envelope {
  const envelope = value as Envelope
  switch (envelope.type) {
    case 'HEARTBEAT': {
      const { gate, ...rest } = envelope.body
      if (gate === undefined) return { ...envelope, v: 2 }
      return { ...envelope, v: 2, body: { ...rest, gate: fromGate(gate as unknown as GateOfVersionOne) } }
    }
    case 'ENTRY_INTENT': {
      const { intentId: correlationId, requestedPrice } = envelope.body
      const since = {
        correlationId,
        entryStyle: 'MARKET',
        takeProfitPrice: requestedPrice,
        stopPrice: requestedPrice,
      } as const
      return { ...envelope, v: 2, body: { ...envelope.body, ...since } }
    }
    case 'ENTRY_PERMISSION':
      return { ...envelope, v: 2, body: { ...envelope.body, correlationId: envelope.body.intentId } }
    default:
      return { ...envelope, v: 2 }
  }
}

interface GateOfVersionOne {
  readonly mode: GateReport['mode']
  readonly blocks: readonly (OpenPermissionReason | RetiredLatch)[]
}

/** What the two retired codes said is said by fields of their own today. */
function fromGate({ mode, blocks }: GateOfVersionOne): GateReport {
  return {
    mode,
    isMaintained: false,
    blocks: blocks.filter((code): code is OpenPermissionReason => !isRetired(code)),
    journal: blocks.includes('WAL_BACKPRESSURE') ? 'FULL' : 'OK',
    isFillUnresolved: blocks.includes('PARTIAL_FILL_UNRESOLVED'),
    isLoopStalled: false,
    diskUsedPct: null,
    marginUtil: null,
  }
}

/** A latch code of the first contract that is none any more. */
export function isRetired(code: OpenPermissionReason | RetiredLatch): code is RetiredLatch {
  return Object.hasOwn(RETIRED, code)
}

function gateOfVersionOne(): ObjectSchema {
  const { mode, blocks } = (BODY_SCHEMAS.HEARTBEAT.optional.gate as ObjectSchema).required
  if (mode === undefined || blocks?.kind !== 'array' || blocks.of.kind !== 'one of')
    throw new Error('a gate has blocks')
  const since = ['BOOK_GAP', 'TRADES_GAP']
  const values = [...blocks.of.values.filter((code) => !since.includes(code as string)), ...Object.keys(RETIRED)]
  const codes = { kind: 'array', of: { kind: 'one of', values }, itemsMax: values.length } as const
  return { kind: 'object', required: { mode, blocks: codes }, optional: {} }
}

function without(type: MessageType, keys: readonly string[]): ObjectSchema {
  const { required, ...schema } = BODY_SCHEMAS[type]
  return { ...schema, required: Object.fromEntries(Object.entries(required).filter(([key]) => !keys.includes(key))) }
}
