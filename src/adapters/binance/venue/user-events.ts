import { algoFactsOfUpdate, algoPhase } from './algo-orders.js'
import { decimalOf } from './decimal-text.js'
import { type Fills, tradeOfUpdate } from './fills.js'
import { OrderQuestion } from './order-question.js'
import type { KnownOrder } from './order-registry.js'
import { isRecord, orderFactsOfUpdate } from './orders.js'
import type { Protection } from './protection.js'
import type { VenueDesk } from './venue-desk.js'

/** What the account's own stream tells, turned into what the port tells. Source: notes on Binance, 2.5. */
export class UserEvents {
  /** Symbol and id of an order's event that could not be read, so that each is asked about once. */
  private readonly unread = new Set<string>()

  constructor(
    private readonly desk: VenueDesk,
    private readonly fills: Fills,
    private readonly protection: Protection,
    /** A funding was settled of the symbol, or of one that is not told. */
    private readonly onFunding: (symbol: string | undefined, atMs: number) => void,
  ) {}

  take(event: UserEvent): void {
    switch (event.e) {
      case 'ORDER_TRADE_UPDATE':
        this.note(event)
        if (isRecord(event.o)) this.onOrder(event.o, timeOf(event))
        return
      case 'ALGO_UPDATE':
        this.note(event)
        if (isRecord(event.o)) this.onAlgo(event.o, timeOf(event))
        return
      case 'ACCOUNT_UPDATE':
        this.note(event)
        if (isRecord(event.a)) this.onAccount(event.a, timeOf(event))
        return
      case 'MARGIN_CALL':
        this.desk.notice('CRITICAL', 'MARGIN_CALL', 'the exchange calls for margin: a liquidation may be next')
        return
      case 'ACCOUNT_CONFIG_UPDATE':
        this.onConfiguration(event)
        return
      // TRADE_LITE has neither fee nor what is filled in all, and ORDER_TRADE_UPDATE tells the same a moment later.
      default:
        return
    }
  }

  private note(event: UserEvent): void {
    this.desk.changes++
    this.desk.lastChangeMs = Math.max(this.desk.lastChangeMs, timeOf(event))
  }

  private onOrder(o: Readonly<Record<string, unknown>>, atMs: number): void {
    const facts = orderFactsOfUpdate(o, atMs)
    if (facts === undefined) {
      this.onUnread(o)
      return
    }
    const order = this.desk.registry.noteOrder(facts)
    if (o.x === 'CALCULATED') order.isForced = true
    this.protection.ended(order)
    const trade = tradeOfUpdate(o)
    const isTrade = (o.x === 'TRADE' || o.x === 'CALCULATED') && trade !== undefined
    if (isTrade) this.fills.take(order, trade, facts.filledQuantity)
    else this.fills.reportBehind(order)
  }

  private onUnread(o: Readonly<Record<string, unknown>>): void {
    const { s: symbol, c: clientOrderId, i } = o
    const key = `${symbol} ${i} ${o.X}`
    if (typeof symbol !== 'string' || typeof clientOrderId !== 'string' || this.unread.has(key)) return
    if (this.unread.size < UNREAD_MAX) this.unread.add(key)
    this.desk.notice(
      'WARNING',
      'UNKNOWN_ORDER_STATUS',
      `${clientOrderId}: ${String(o.x)}/${String(o.X)} is not known here`,
    )
    const deadlineMs = this.desk.nowMs + this.desk.requestTimeoutMs
    const answered = () => {
      const order = this.desk.registry.get(clientOrderId)
      if (order !== undefined) this.tell(order)
    }
    new OrderQuestion(this.desk, this.protection, { symbol, clientOrderId, deadlineMs, answered }).ask()
  }

  private onAlgo(o: Readonly<Record<string, unknown>>, atMs: number): void {
    const facts = algoFactsOfUpdate(o, atMs)
    if (facts === undefined) return
    const order = this.desk.registry.noteAlgo(facts)
    const phase = algoPhase(facts.algoStatus)
    if (phase === 'unknown') this.askUnknown(order)
    this.protection.onAlgo(order, facts.rejection)
    if (facts.algoStatus === 'FINISHED') this.onFinished(order)
    else if (phase !== 'ended') this.fills.reportBehind(order)
  }

  /** Filled or ended in the matching engine: its own event has said which, or is asked for. */
  private onFinished(order: KnownOrder): void {
    if (!order.isOver) this.question(order)
  }

  private askUnknown(order: KnownOrder): void {
    const message = `${order.clientOrderId}: the algo service says ${order.algoStatus}, which is not known here`
    this.desk.notice('WARNING', 'UNKNOWN_ORDER_STATUS', message)
    this.question(order)
  }

  private question(order: KnownOrder): void {
    const deadlineMs = this.desk.nowMs + this.desk.requestTimeoutMs
    const answered = () => this.tell(order)
    new OrderQuestion(this.desk, this.protection, { order, deadlineMs, answered }).ask()
  }

  private onAccount(a: Readonly<Record<string, unknown>>, atMs: number): void {
    const { positions, positionsReadAtMs } = this.desk
    for (const row of Array.isArray(a.P) && atMs >= positionsReadAtMs ? a.P : []) {
      if (!isRecord(row) || typeof row.s !== 'string' || (row.ps ?? 'BOTH') !== 'BOTH') continue
      const quantity = decimalOf(row.pa)
      if (quantity === undefined) continue
      if (quantity === '0') positions.delete(row.s)
      else positions.set(row.s, quantity)
    }
    if (a.m === 'FUNDING_FEE') this.onFunding(typeof a.S === 'string' ? a.S : undefined, atMs)
  }

  private onConfiguration(event: UserEvent): void {
    const { ac, ai } = event
    if (isRecord(ai) && ai.j === true) {
      const message =
        'somebody switched the account to multi-assets mode: entries are refused until a restart finds it off'
      this.desk.entryRefusal = message
      this.desk.notice('CRITICAL', 'MULTI_ASSETS_MODE', message)
    } else if (isRecord(ac)) this.desk.notice('WARNING', 'LEVERAGE_CHANGED', `leverage of ${ac.s} is ${ac.l} now`)
  }

  private tell(order: KnownOrder): void {
    if (order.acceptance !== 'NEVER') this.desk.tell({ kind: 'order', report: order.report() })
  }
}

type UserEvent = Readonly<Record<string, unknown>> & { readonly e: string }

/** When it happened in the matching engine; of those without one, when it was sent. */
function timeOf({ T, E }: UserEvent): number {
  return typeof T === 'number' ? T : typeof E === 'number' ? E : 0
}

const UNREAD_MAX = 1_000
