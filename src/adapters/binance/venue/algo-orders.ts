import type { OrderRequest } from '../../../ports/vocabulary/orders.js'
import { decimalOf, idOf } from './decimal-text.js'
import type { AlgoFacts } from './order-registry.js'
import { isRecord, typeOf } from './orders.js'

/**
 * Parameters of `POST /fapi/v1/algoOrder`. By quantity, never "close the position": of those the exchange holds one a side, and
 * a new stop could not be placed before the old one is gone. The mark price triggers, which no single trade moves. Source: notes
 * on Binance, 0.7 and 1.5.
 */
export function algoParams(order: OrderRequest): Record<string, string> {
  const { symbol, side, type, quantity, price, stopPrice, reduceOnly, clientOrderId } = order
  const params: Record<string, string> = {
    algoType: 'CONDITIONAL',
    symbol,
    side,
    type: type === 'STOP_LIMIT' ? 'STOP' : 'STOP_MARKET',
    quantity,
    triggerPrice: stopPrice!,
    workingType: 'MARK_PRICE',
    clientAlgoId: clientOrderId,
  }
  if (price !== undefined) {
    params.price = price
    params.timeInForce = 'GTC'
  }
  if (reduceOnly) params.reduceOnly = 'true'
  return params
}

/** A conditional order as an answer of the REST API has it; undefined where it is none. */
export function algoFactsOf(answer: unknown): AlgoFacts | undefined {
  if (!isRecord(answer)) return undefined
  return facts({
    clientOrderId: answer.clientAlgoId,
    algoId: answer.algoId,
    symbol: answer.symbol,
    side: answer.side,
    type: answer.orderType,
    reduceOnly: answer.reduceOnly,
    quantity: answer.quantity,
    algoStatus: answer.algoStatus,
    actualOrderId: answer.actualOrderId,
    updatedAtMs: answer.updateTime,
    rejection: undefined,
  })
}

/** `o` of an `ALGO_UPDATE`; `updatedAtMs`: its `T`. Undefined where it cannot be read. */
export function algoFactsOfUpdate(o: Readonly<Record<string, unknown>>, updatedAtMs: number): AlgoFacts | undefined {
  return facts({
    clientOrderId: o.caid,
    algoId: o.aid,
    symbol: o.s,
    side: o.S,
    type: o.o,
    reduceOnly: o.R,
    quantity: o.q,
    algoStatus: o.X,
    actualOrderId: o.ai,
    updatedAtMs,
    rejection: typeof o.rm === 'string' && o.rm !== '' ? o.rm : undefined,
  })
}

/** What a status of the algo service comes to. `open` also for one that is not known: it is asked about. */
export function algoPhase(algoStatus: string): AlgoPhase {
  return Object.hasOwn(PHASES, algoStatus) ? PHASES[algoStatus as keyof typeof PHASES] : 'unknown'
}

/**
 * `triggering`: on its way into the matching engine, which it may never reach. `inEngine`: its child tells what becomes of it.
 * `ended`: no order came of it.
 */
export type AlgoPhase = 'open' | 'triggering' | 'inEngine' | 'ended' | 'unknown'

const PHASES = {
  NEW: 'open',
  TRIGGERING: 'triggering',
  TRIGGERED: 'inEngine',
  FINISHED: 'inEngine',
  CANCELED: 'ended',
  EXPIRED: 'ended',
  REJECTED: 'ended',
} as const

interface RawAlgo {
  readonly clientOrderId: unknown
  readonly algoId: unknown
  readonly symbol: unknown
  readonly side: unknown
  readonly type: unknown
  readonly reduceOnly: unknown
  readonly quantity: unknown
  readonly algoStatus: unknown
  readonly actualOrderId: unknown
  readonly updatedAtMs: unknown
  readonly rejection: string | undefined
}

function facts(raw: RawAlgo): AlgoFacts | undefined {
  const { clientOrderId, symbol, side, algoStatus, updatedAtMs, rejection } = raw
  const algoId = idOf(raw.algoId)
  if (typeof clientOrderId !== 'string' || typeof symbol !== 'string' || algoId === null) return undefined
  if (side !== 'BUY' && side !== 'SELL') return undefined
  if (typeof algoStatus !== 'string' || typeof updatedAtMs !== 'number') return undefined
  return {
    clientOrderId,
    algoId,
    symbol,
    side,
    type: typeOf(raw.type),
    reduceOnly: raw.reduceOnly === true,
    quantity: decimalOf(raw.quantity) ?? '0',
    algoStatus,
    actualOrderId: idOf(raw.actualOrderId),
    updatedAtMs,
    rejection,
  }
}
