import { Exact } from '../../../src/base/exact.js'
import type { RejectCode, VenueEvent, VenueRequest, VenueSnapshot } from '../../../src/ports/venue.js'
import { venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import type { Fill, OrderReport, OrderRequest, OrderSide } from '../../../src/ports/vocabulary/orders.js'

/** What the venue does with the next submit. */
export type Treatment =
  | { readonly kind: 'normal' }
  /** A market order fills so much of its quantity; the rest stays open. */
  | { readonly kind: 'partial'; readonly fraction: string }
  | { readonly kind: 'reject'; readonly code: RejectCode }
  /** Done, but the answer is `unknown`. */
  | { readonly kind: 'unknownButDone' }
  /** Never arrives; the answer is `unknown`. */
  | { readonly kind: 'unknownAndLost' }
  /** Done, but nothing is answered and no stream event comes. */
  | { readonly kind: 'silent' }

interface Resting {
  report: OrderReport
  readonly request: OrderRequest
}

export const SYMBOL = 'BTCUSDT'

/** One symbol, one position, no latency but what the test makes: enough to show what the execution side does. */
export class TinyVenue {
  price = new Exact(100)
  position = new Exact(0)
  cost = new Exact(0)
  nowMs = 0
  /** Everything that was asked for, in order. */
  readonly requests: VenueRequest[] = []
  /** Kinds of requests that get no answer. */
  withholds: readonly VenueRequest['kind'][] = []
  /** Every submit that arrived, in order. */
  readonly submits: OrderRequest[] = []
  readonly fills: Fill[] = []
  readonly orders = new Map<string, Resting>()
  readonly events: VenueEvent[] = []
  treatments: Treatment[] = []
  isDeaf = false
  walletUsd = new Exact(10_000)
  /** Of the equity, as margin. */
  boundShare = '0'
  /** Stream fills are not told; a snapshot has them. */
  losesFills = false

  handle(request: VenueRequest): void {
    this.requests.push(request)
    if (this.isDeaf || this.withholds.includes(request.kind)) return
    switch (request.kind) {
      case 'submit':
        this.submit(request)
        break
      case 'cancel': {
        const order = this.orders.get(request.clientOrderId)
        if (order === undefined || isOver(order.report)) {
          this.tell({
            kind: 'rejected',
            requestId: request.requestId,
            clientOrderId: request.clientOrderId,
            code: 'INVALID',
            message: 'no such open order',
          })
          return
        }
        order.report = { ...order.report, status: 'CANCELED', reason: 'canceled', updatedAtMs: this.nowMs }
        this.tell({ kind: 'acknowledged', requestId: request.requestId, report: order.report })
        return
      }
      case 'query': {
        const order = this.orders.get(request.clientOrderId)
        const { requestId, clientOrderId } = request
        this.tell(
          order === undefined
            ? { kind: 'notFound', requestId, clientOrderId }
            : { kind: 'found', requestId, report: order.report },
        )
        return
      }
      case 'snapshot':
        this.tell({ kind: 'snapshot', requestId: request.requestId, snapshot: this.snapshot(request.fillsAfter) })
    }
  }

  snapshot(fillsAfter: number): VenueSnapshot {
    const unrealized = this.price.times(this.position).minus(this.cost)
    const isFlat = this.position.isZero()
    return {
      atMs: this.nowMs,
      account: {
        walletBalanceUsd: this.walletUsd.toFixed(),
        equityUsd: this.walletUsd.plus(unrealized).toFixed(),
        availableMarginUsd: this.walletUsd.plus(unrealized).times(new Exact(1).minus(this.boundShare)).toFixed(),
        fundingUsd: '0',
      },
      positions: isFlat
        ? []
        : [
            {
              symbol: SYMBOL,
              quantity: this.position.toFixed(),
              entryPrice: this.cost.div(this.position).toDecimalPlaces(8).toFixed(),
              markPrice: this.price.toFixed(),
              unrealizedPnlUsd: unrealized.toFixed(),
              liquidationPrice: null,
            },
          ],
      openOrders: [...this.orders.values()].map(({ report }) => report).filter((report) => !isOver(report)),
      fills: this.fills.filter(({ tradeId }) => tradeId > fillsAfter),
      lastTradeId: venueTradeId(this.fills.at(-1)?.tradeId ?? 0),
    }
  }

  /** Moves the price; resting orders that it reaches fill. */
  move(price: string): void {
    this.price = new Exact(price)
    for (const order of this.orders.values()) if (!isOver(order.report)) this.match(order)
    this.quote()
  }

  quote(): void {
    const price = this.price.toFixed()
    this.tell({
      kind: 'quote',
      quote: {
        symbol: SYMBOL,
        bid: price,
        bidQuantity: '1000',
        ask: price,
        askQuantity: '1000',
        mark: price,
        timestampMs: this.nowMs,
      },
    })
  }

  /** Somebody else trades on the account, or the venue closes what is open. */
  foreign(
    side: OrderSide,
    quantity: string,
    options: { readonly liquidation?: true; readonly silent?: true } = {},
  ): Fill {
    const fill = this.execute(
      { clientOrderId: 'web_1', symbol: SYMBOL, side },
      new Exact(quantity),
      options.liquidation,
    )
    if (!options.silent) this.tell({ kind: 'fill', fill })
    return fill
  }

  /** Fills more of an order that rests. */
  fillMore(clientOrderId: string, quantity: string): void {
    this.fillOrder(this.orders.get(clientOrderId)!, new Exact(quantity))
  }

  private submit({ requestId, order, validUntilMs }: Extract<VenueRequest, { readonly kind: 'submit' }>): void {
    const treatment = this.treatments.shift() ?? { kind: 'normal' }
    const { clientOrderId } = order
    if (treatment.kind === 'unknownAndLost') {
      return void this.tell({ kind: 'unknown', requestId, message: 'timed out' })
    }
    this.submits.push(order)
    const refuse = (code: RejectCode) =>
      this.tell({ kind: 'rejected', requestId, clientOrderId, code, message: 'refused' })
    if (this.nowMs > validUntilMs) {
      refuse('REQUEST_EXPIRED')
      return
    }
    if (this.orders.has(clientOrderId)) {
      refuse('DUPLICATE_CLIENT_ORDER_ID')
      return
    }
    if (treatment.kind === 'reject') {
      refuse(treatment.code)
      return
    }
    const closes = order.side === 'BUY' ? this.position.isNegative() : this.position.isPositive()
    if (order.reduceOnly && (this.position.isZero() || !closes)) {
      refuse('REDUCE_ONLY')
      return
    }
    const resting = { request: order, report: this.reportOf(order) }
    this.orders.set(clientOrderId, resting)
    if (treatment.kind === 'unknownButDone') this.tell({ kind: 'unknown', requestId, message: 'timed out' })
    else if (treatment.kind !== 'silent') this.tell({ kind: 'acknowledged', requestId, report: resting.report })
    const told = this.events.length
    if (treatment.kind === 'partial') this.fillOrder(resting, new Exact(order.quantity).times(treatment.fraction))
    else this.match(resting)
    if (treatment.kind === 'silent') this.events.length = told
  }

  private match(order: Resting): void {
    const { request, report } = order
    const isBuy = request.side === 'BUY'
    const reached =
      request.type === 'MARKET' ||
      (request.type === 'LIMIT' &&
        (isBuy ? this.price.lessThan(request.price!) : this.price.greaterThan(request.price!))) ||
      (request.type === 'STOP_MARKET' &&
        (isBuy ? !this.price.lessThan(request.stopPrice!) : !this.price.greaterThan(request.stopPrice!)))
    if (!reached) return
    const left = new Exact(report.quantity).minus(report.filledQuantity)
    const quantity = request.reduceOnly ? Exact.min(left, this.position.abs()) : left
    if (quantity.greaterThan(0)) this.fillOrder(order, quantity)
    if (!isOver(order.report)) {
      order.report = { ...order.report, status: 'CANCELED', reason: 'position is gone', updatedAtMs: this.nowMs }
      this.tell({ kind: 'order', report: order.report })
    }
  }

  private fillOrder(order: Resting, quantity: Exact): void {
    const fill = this.execute(order.request, quantity)
    const filled = new Exact(order.report.filledQuantity).plus(quantity)
    const isWhole = filled.equals(order.report.quantity)
    order.report = {
      ...order.report,
      status: isWhole ? 'FILLED' : 'PARTIAL',
      filledQuantity: filled.toFixed(),
      averagePrice: this.price.toFixed(),
      updatedAtMs: this.nowMs,
    }
    if (this.losesFills) return
    this.tell({ kind: 'fill', fill })
    this.tell({ kind: 'order', report: order.report })
  }

  private execute(
    of: { readonly clientOrderId: string; readonly symbol: string; readonly side: OrderSide },
    quantity: Exact,
    liquidation?: true,
  ): Fill {
    const signed = of.side === 'BUY' ? quantity : quantity.negated()
    const before = this.position
    this.position = before.plus(signed)
    this.cost = this.position.isZero()
      ? new Exact(0)
      : before.isZero() || before.isPositive() === signed.isPositive()
        ? this.cost.plus(signed.times(this.price))
        : this.cost.times(this.position.div(before))
    const fill: Fill = {
      tradeId: venueTradeId(this.fills.length + 1),
      clientOrderId: of.clientOrderId,
      symbol: of.symbol,
      side: of.side,
      price: this.price.toFixed(),
      quantity: quantity.toFixed(),
      feeUsd: '0',
      maker: false,
      timestampNs: new Exact(this.nowMs).times(1e6).toFixed(),
      ...(liquidation ? { liquidation } : {}),
    }
    this.fills.push(fill)
    return fill
  }

  private reportOf({ clientOrderId, symbol, side, type, reduceOnly, quantity }: OrderRequest): OrderReport {
    return {
      clientOrderId,
      venueOrderId: `v${this.orders.size + 1}`,
      symbol,
      side,
      type,
      status: 'ACKNOWLEDGED',
      reduceOnly,
      quantity,
      filledQuantity: '0',
      averagePrice: null,
      updatedAtMs: this.nowMs,
    }
  }

  private tell(event: VenueEvent): void {
    this.events.push(event)
  }
}

function isOver({ status }: OrderReport): boolean {
  return status === 'FILLED' || status === 'CANCELED' || status === 'REJECTED'
}
