import { type DecimalText, exact } from '../../../base/exact.js'
import { venueTradeId } from '../../../ports/vocabulary/ids.js'
import type { Fill } from '../../../ports/vocabulary/orders.js'
import type { RestOutcome } from '../rest/call.js'
import { decimalOf, idOf } from './decimal-text.js'
import type { KnownOrder } from './order-registry.js'
import { forcedBy, isRecord } from './orders.js'
import type { CallOwner, VenueDesk } from './venue-desk.js'

/**
 * Fills as they are told: each once, by symbol and trade id, in the order of trade ids. When those of an order do not add up to
 * what the exchange says is filled, the missing ones are asked for, and those that come meanwhile wait.
 */
export class Fills implements CallOwner {
  private readonly desk: VenueDesk
  private readonly symbols = new Map<string, SymbolFills>()
  private readonly report: (order: KnownOrder) => void

  /** `report`: tells of an order, behind the fills that it speaks of. */
  constructor(desk: VenueDesk, report: (order: KnownOrder) => void) {
    this.desk = desk
    this.report = report
  }

  /** One that the stream tells of, and what is filled of its order in all. */
  take(order: KnownOrder, trade: Trade, filledQuantity: DecimalText): void {
    const { symbol } = order
    const fills = this.of(symbol)
    if (fills.told.has(trade.tradeId)) return
    fills.held.push({ order, fill: this.fillOf(order, trade) })
    if (fills.asking !== undefined) return
    const missing = exact(filledQuantity).minus(exact(order.toldQuantity)).minus(exact(trade.quantity))
    if (missing.greaterThan(0)) this.ask(symbol, order)
    else this.tellHeld(symbol, fills)
  }

  /** What the account has traded in a symbol since the last fill that was told. */
  askSince(symbol: string): void {
    const fills = this.of(symbol)
    if (fills.lastTradeId > 0 && fills.asking === undefined) this.ask(symbol, undefined)
  }

  /** Of the latest fill that was told of a symbol; 0 of none. */
  lastTradeId(symbol: string): number {
    return this.symbols.get(symbol)?.lastTradeId ?? 0
  }

  /** Symbols of which fills were told. */
  tradedSymbols(): IterableIterator<string> {
    return this.symbols.keys()
  }

  /** Tells of an order, behind the fills that are told before: while some of its symbol are being asked for, it waits. */
  reportBehind(order: KnownOrder): void {
    const fills = this.symbols.get(order.symbol)
    if (fills?.asking === undefined) this.report(order)
    else fills.reports.add(order)
  }

  onOutcome(outcome: RestOutcome, symbol: string): void {
    const fills = this.of(symbol)
    const { asking } = fills
    if (asking === undefined) return
    if (outcome.kind !== 'done' || !Array.isArray(outcome.value)) {
      if (++asking.tries < TRIES_MAX) {
        asking.againMs = this.desk.nowMs + RETRY_MS
        return
      }
      this.desk.notice('ERROR', 'FILLS_MISSING', `fills of ${symbol} could not be fetched; the next snapshot has them`)
      fills.asking = undefined
      this.tellHeld(symbol, fills)
      return
    }
    for (const row of outcome.value) this.takeRow(symbol, fills, row)
    if (asking.order === undefined && outcome.value.length >= PAGE_ROWS) {
      asking.fromId = Number(outcome.value.at(-1)?.id) + 1
      this.send(symbol, asking)
      return
    }
    fills.asking = undefined
    this.tellHeld(symbol, fills)
  }

  get dueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY
    for (const { asking } of this.symbols.values()) if (asking !== undefined) dueMs = Math.min(dueMs, asking.againMs)
    return dueMs
  }

  onTime(): void {
    for (const [symbol, { asking }] of this.symbols) {
      if (asking !== undefined && asking.againMs <= this.desk.nowMs) this.send(symbol, asking)
    }
  }

  /** The fill that a trade is of its order. A fee that does not count as USD stops entries. */
  fillOf(order: KnownOrder, trade: Trade): Fill {
    const { clientOrderId, symbol } = order
    const isUsd = trade.feeAsset === FEE_ASSET || trade.fee === '0'
    if (!isUsd) this.refuseFee(trade.feeAsset)
    const fill = {
      tradeId: venueTradeId(trade.tradeId),
      clientOrderId,
      symbol,
      side: trade.side,
      price: trade.price,
      quantity: trade.quantity,
      feeUsd: isUsd ? trade.fee : '0',
      maker: trade.maker,
      timestampNs: `${trade.atMs}000000`,
    }
    const isForced = forcedBy(clientOrderId) !== undefined || order.isForced
    return isForced ? { ...fill, liquidation: true } : fill
  }

  /** Somebody has these otherwise, in a snapshot: the stream need not bring them, and what comes after them is asked for. */
  seen(symbol: string, lastTradeId: number): void {
    const fills = this.of(symbol)
    if (lastTradeId > fills.lastTradeId && fills.asking === undefined) fills.lastTradeId = lastTradeId
  }

  /** From which trade id on a symbol's history has not been gone through, before any fill of it is ours. */
  historyFrom(symbol: string): number {
    return this.of(symbol).historyFromId
  }

  keepHistoryFrom(symbol: string, tradeId: number): void {
    this.of(symbol).historyFromId = tradeId
  }

  private takeRow(symbol: string, fills: SymbolFills, row: unknown): void {
    const trade = tradeOfRow(row)
    if (trade === undefined || fills.told.has(trade.tradeId)) return
    if (fills.held.some(({ fill }) => fill.tradeId === trade.tradeId)) return
    const order = this.desk.registry.ofOrderId(symbol, trade.orderId)
    // Whose it is comes with the next snapshot, which asks for the names of orders that are not known.
    if (order === undefined) return
    fills.held.push({ order, fill: this.fillOf(order, trade) })
  }

  private ask(symbol: string, order: KnownOrder | undefined): void {
    const asking = { order, fromId: this.of(symbol).lastTradeId + 1, tries: 0, againMs: Number.POSITIVE_INFINITY }
    this.of(symbol).asking = asking
    this.send(symbol, asking)
  }

  private send(symbol: string, asking: Asking): void {
    asking.againMs = Number.POSITIVE_INFINITY
    const { order, fromId } = asking
    const what: Record<string, string> = order?.orderId != null ? { orderId: order.orderId } : { fromId: `${fromId}` }
    const deadlineMs = this.desk.nowMs + this.desk.requestTimeoutMs
    this.desk.call({
      owner: this,
      step: symbol,
      route: 'userTrades',
      params: { symbol, ...what, limit: `${PAGE_ROWS}` },
      priority: 'truth',
      deadlineMs,
    })
  }

  private tellHeld(symbol: string, fills: SymbolFills): void {
    const { held } = fills
    fills.held = []
    held.sort((a, b) => a.fill.tradeId - b.fill.tradeId)
    const orders = fills.reports
    fills.reports = new Set()
    for (const { order, fill } of held) {
      if (fills.told.has(fill.tradeId)) continue
      remember(fills.told, fill.tradeId)
      fills.lastTradeId = Math.max(fills.lastTradeId, fill.tradeId)
      order.takeFill(fill.quantity, fill.price)
      orders.add(order)
      this.desk.tell({ kind: 'fill', fill })
      if (fill.liquidation === true) this.tellForced(symbol, fill)
    }
    for (const order of orders) this.report(order)
  }

  private tellForced(symbol: string, { clientOrderId, quantity }: Fill): void {
    const why = forcedBy(clientOrderId) ?? 'liquidation'
    this.desk.notice('EMERGENCY', 'FORCED_CLOSE', `${why}: the exchange closed ${quantity} ${symbol} by itself`)
  }

  private refuseFee(asset: string): void {
    const message = `fees are taken in ${asset}, which nobody here counts: switch off "use BNB for fees" (feeBurn) of the account`
    if (this.desk.entryRefusal === message) return
    this.desk.entryRefusal = message
    this.desk.notice('CRITICAL', 'FEE_ASSET', message)
  }

  private of(symbol: string): SymbolFills {
    let fills = this.symbols.get(symbol)
    if (fills === undefined) {
      fills = { told: new Set(), lastTradeId: 0, held: [], reports: new Set(), asking: undefined, historyFromId: 0 }
      this.symbols.set(symbol, fills)
    }
    return fills
  }
}

/** One execution as the exchange says it, in the stream or in an answer. */
export interface Trade {
  readonly tradeId: number
  readonly orderId: string
  readonly side: Fill['side']
  readonly price: DecimalText
  readonly quantity: DecimalText
  readonly fee: DecimalText
  readonly feeAsset: string
  readonly maker: boolean
  readonly atMs: number
}

/** `o` of an `ORDER_TRADE_UPDATE` that is an execution; undefined where nothing was traded. */
export function tradeOfUpdate(o: Readonly<Record<string, unknown>>): Trade | undefined {
  // Those of the exchange's own orders come without a fee.
  return trade({
    id: o.t,
    orderId: o.i,
    S: o.S,
    price: o.L,
    quantity: o.l,
    fee: o.n ?? '0',
    feeAsset: o.N ?? FEE_ASSET,
    maker: o.m,
    atMs: o.T,
  })
}

/** A row of `userTrades`. */
export function tradeOfRow(row: unknown): Trade | undefined {
  if (!isRecord(row)) return undefined
  const { id, orderId, side, price, qty, commission, commissionAsset, maker, time } = row
  return trade({
    id,
    orderId,
    S: side,
    price,
    quantity: qty,
    fee: commission,
    feeAsset: commissionAsset,
    maker,
    atMs: time,
  })
}

/** Rows of a page of `userTrades`, the most that there is. */
export const PAGE_ROWS = 1_000

interface SymbolFills {
  /** Trade ids, the latest ones. */
  readonly told: Set<number>
  lastTradeId: number
  held: { readonly order: KnownOrder; readonly fill: Fill }[]
  /** Orders of which something is to be told behind those. */
  reports: Set<KnownOrder>
  asking: Asking | undefined
  historyFromId: number
}

interface Asking {
  /** Whose fills are missing; undefined: whatever came after `fromId`. */
  readonly order: KnownOrder | undefined
  fromId: number
  tries: number
  againMs: number
}

interface RawTrade {
  readonly id: unknown
  readonly orderId: unknown
  readonly S: unknown
  readonly price: unknown
  readonly quantity: unknown
  readonly fee: unknown
  readonly feeAsset: unknown
  readonly maker: unknown
  readonly atMs: unknown
}

function trade(raw: RawTrade): Trade | undefined {
  const { id, S: side, feeAsset, maker, atMs } = raw
  const orderId = idOf(raw.orderId)
  const price = decimalOf(raw.price)
  const quantity = decimalOf(raw.quantity)
  const fee = decimalOf(raw.fee)
  const tradeId = Number(id)
  if (!Number.isSafeInteger(tradeId) || tradeId <= 0 || orderId === null || (side !== 'BUY' && side !== 'SELL'))
    return undefined
  if (price === undefined || quantity === undefined || quantity === '0' || fee === undefined) return undefined
  if (typeof feeAsset !== 'string' || typeof atMs !== 'number') return undefined
  return { tradeId, orderId, side, price, quantity, fee, feeAsset, maker: maker === true, atMs }
}

function remember(told: Set<number>, tradeId: number): void {
  told.add(tradeId)
  if (told.size <= TOLD_MAX) return
  const [oldest] = told
  told.delete(oldest!)
}

const FEE_ASSET = 'USDT'
const TOLD_MAX = 4_096
const TRIES_MAX = 5
const RETRY_MS = 500
