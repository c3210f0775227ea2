import { oppositeSide } from '../../../base/direction.js'
import { Exact, exact } from '../../../base/exact.js'
import { PROTECTION_LOST } from '../../../ports/vocabulary/orders.js'
import { algoPhase } from './algo-orders.js'
import { OrderQuestion } from './order-question.js'
import type { KnownOrder } from './order-registry.js'
import type { VenueDesk } from './venue-desk.js'

/**
 * Says when a position has lost its stop. The position and the orders that cover it are judged, not an order's status: one that
 * stays on its way into the matching engine is as good as gone. Source: notes on Binance, 1.5.
 */
export class Protection {
  private readonly desk: VenueDesk
  private readonly report: (order: KnownOrder) => void
  /** Since when the order has been on its way into the matching engine. */
  private readonly triggering = new Map<KnownOrder, number>()

  constructor(desk: VenueDesk, report: (order: KnownOrder) => void) {
    this.desk = desk
    this.report = report
  }

  /** The algo service has said where an order is, in the stream, in an answer or in a list; the registry has taken it already. */
  watch(order: KnownOrder): void {
    if (algoPhase(order.algoStatus ?? 'NEW') !== 'triggering' || order.isOver) this.triggering.delete(order)
    else if (!this.triggering.has(order)) this.triggering.set(order, this.desk.nowMs)
  }

  /** The stream tells what the algo service says of an order, which the registry has taken already. */
  onAlgo(order: KnownOrder, rejection: string | undefined): void {
    this.watch(order)
    const status = order.algoStatus ?? 'NEW'
    if (algoPhase(status) === 'ended') {
      const ended = status === 'REJECTED' ? 'REJECTED' : 'CANCELED'
      this.end(order, ended, rejection === undefined ? status : `${status}: ${rejection}`)
    }
  }

  /** Ends an order, and says so; of a stop whose position is left without one, it says that. */
  end(order: KnownOrder, status: 'CANCELED' | 'REJECTED', why: string): void {
    if (order.isOver) return
    this.triggering.delete(order)
    this.desk.registry.end(order, status, why)
    order.isEndJudged = true
    this.judge(order, why)
    this.report(order)
  }

  /** The matching engine has said so of an order; of one that a stop became, it may mean that the stop did not do its work. */
  ended(order: KnownOrder): void {
    if (!order.isOver || order.isEndJudged) return
    order.isEndJudged = true
    this.triggering.delete(order)
    if (order.reason !== undefined) this.judge(order, order.reason)
  }

  /** Whether with it the position has lost what covered it: then its reason says so. */
  private judge(order: KnownOrder, why: string): void {
    const open = this.uncovered(order)
    if (open === undefined) return
    const what = `${why}, ${open} ${order.symbol} without a stop`
    order.reason = `${PROTECTION_LOST}: ${what}`
    this.desk.notice('CRITICAL', PROTECTION_LOST, `${order.clientOrderId}: ${what}`)
  }

  get dueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY
    for (const sinceMs of this.triggering.values()) dueMs = Math.min(dueMs, sinceMs + TRIGGERING_MAX_MS)
    return dueMs
  }

  onTime(): void {
    for (const [order, sinceMs] of this.triggering) {
      if (this.desk.nowMs < sinceMs + TRIGGERING_MAX_MS) continue
      this.triggering.delete(order)
      this.askStuck(order)
    }
  }

  /** It may have got there while nobody was told; a truth that does not come at once is none. */
  private askStuck(order: KnownOrder): void {
    const deadlineMs = this.desk.nowMs + STUCK_ANSWER_MAX_MS
    new OrderQuestion(this.desk, this, {
      order,
      deadlineMs,
      answered: (answer) => {
        const isThere =
          answer.kind === 'found' && (answer.order.isOver || algoPhase(order.algoStatus ?? '') === 'inEngine')
        if (!isThere)
          this.end(order, 'CANCELED', `on its way into the matching engine for ${TRIGGERING_MAX_MS} ms and not there`)
      },
    }).ask()
  }

  /** Base units of the position that an order covered and no other one does; undefined when nothing is lost. */
  private uncovered(order: KnownOrder): string | undefined {
    if (!order.isConditional || !order.reduceOnly || order.isCancelAsked || order.status === 'FILLED') return undefined
    const { positions, hasPositions, registry } = this.desk
    const held = positions.get(order.symbol)
    if (held === undefined) return hasPositions ? undefined : order.quantity
    const quantity = exact(held)
    if ((quantity.isPositive() ? 'BUY' : 'SELL') !== oppositeSide(order.side)) return undefined
    let covered = new Exact(0)
    for (const other of registry.openOrders()) {
      const covers = other !== order && other.symbol === order.symbol && other.side === order.side && other.reduceOnly
      if (covers && other.isConditional) covered = covered.plus(exact(other.quantity))
    }
    return covered.lessThan(quantity.abs()) ? quantity.abs().toFixed() : undefined
  }
}

const TRIGGERING_MAX_MS = 2_000
const STUCK_ANSWER_MAX_MS = 1_000
