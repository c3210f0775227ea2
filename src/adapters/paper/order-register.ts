import type { DecimalText } from '../../base/exact.js'
import type { OrderRequest } from '../../ports/vocabulary/orders.js'
import { isOpen, type PaperOrder } from './order.js'

/** Every order that was ever accepted, by its client order id, and those that are still open. */
export class OrderRegister {
  private readonly orders = new Map<string, PaperOrder>()
  /** By symbol, in order of acceptance. */
  private readonly working = new Map<string, PaperOrder[]>()
  private readonly changed = new Set<PaperOrder>()

  constructor(symbols: Iterable<string>) {
    for (const symbol of symbols) this.working.set(symbol, [])
  }

  find(clientOrderId: string): PaperOrder | undefined {
    return this.orders.get(clientOrderId)
  }

  /** Open orders of a symbol, in order of acceptance. The list changes as orders end. */
  open(symbol: string): readonly PaperOrder[] {
    return this.working.get(symbol)!
  }

  add(request: OrderRequest, atMs: number): PaperOrder {
    const order: PaperOrder = {
      request,
      venueOrderId: String(this.orders.size + 1),
      status: 'ACKNOWLEDGED',
      filledQuantity: '0',
      filledUsd: '0',
      triggered: false,
      queueAhead: '0',
      updatedAtMs: atMs,
    }
    this.orders.set(request.clientOrderId, order)
    this.working.get(request.symbol)!.push(order)
    return order
  }

  /** The order is for so much from now on, what has filled of it included. */
  cut(order: PaperOrder, quantity: DecimalText): void {
    order.request = { ...order.request, quantity }
    this.touch(order)
  }

  /** The order is over. */
  remove(order: PaperOrder): void {
    const open = this.working.get(order.request.symbol)!
    open.splice(open.indexOf(order), 1)
  }

  /** Something about the order is another now. */
  touch(order: PaperOrder): void {
    this.changed.add(order)
  }

  get hasChanged(): boolean {
    return this.changed.size > 0
  }

  /** Those that were touched since this was asked last, as they are now. */
  takeChanged(): readonly PaperOrder[] {
    const orders = [...this.changed].map((order) => ({ ...order }))
    this.changed.clear()
    return orders
  }

  /** In order of acceptance. */
  snapshot(): readonly PaperOrder[] {
    return [...this.orders.values()].map((order) => ({ ...order }))
  }

  restore(orders: readonly PaperOrder[]): void {
    this.orders.clear()
    this.changed.clear()
    for (const open of this.working.values()) open.length = 0
    for (const one of orders) {
      const order = { ...one }
      this.orders.set(order.request.clientOrderId, order)
      if (isOpen(order)) this.working.get(order.request.symbol)!.push(order)
    }
  }
}
