import type { OrderRequest } from '../../../ports/vocabulary/orders.js'
import type { RestOutcome } from '../rest/call.js'
import { algoFactsOf } from './algo-orders.js'
import { isConditional } from './order-registry.js'
import { orderFactsOf } from './orders.js'
import type { CallOwner, VenueDesk } from './venue-desk.js'

/**
 * Whether an earlier process sent an order of this id. What closes leaves before its record is on the disk, so a crash may have
 * taken the record of an order that the exchange has; it would take the id again once that order is over, or say of a second one
 * that there is nothing to close. Where nobody can say, it is taken for unsent: leaving comes first.
 */
export class EarlierOrder implements CallOwner {
  constructor(
    private readonly desk: VenueDesk,
    private readonly of: {
      readonly order: OrderRequest
      readonly deadlineMs: number
      answered(wasSent: boolean): void
    },
  ) {}

  ask(): void {
    const { order, deadlineMs } = this.of
    const { symbol, clientOrderId } = order
    const asked = { owner: this, priority: 'exit', deadlineMs } as const
    if (isConditional(order.type))
      this.desk.call({ ...asked, route: 'algoOrder', params: { clientAlgoId: clientOrderId } })
    else this.desk.call({ ...asked, route: 'order', params: { symbol, origClientOrderId: clientOrderId } })
  }

  onOutcome(outcome: RestOutcome): void {
    const { order, answered } = this.of
    if (outcome.kind !== 'done') {
      answered(false)
      return
    }
    const { registry } = this.desk
    if (isConditional(order.type)) {
      const facts = algoFactsOf(outcome.value)
      if (facts !== undefined) registry.noteAlgo(facts)
    } else {
      const facts = orderFactsOf(outcome.value)
      if (facts !== undefined) registry.noteOrder(facts)
    }
    answered(true)
  }
}
