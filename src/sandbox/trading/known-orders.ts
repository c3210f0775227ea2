import { isWorking, type SandboxOrder } from './order.js'

/** Every order that the engine has had: by its number, by its client's name for it, and those that are open. */
export class KnownOrders {
  private readonly byOrderId = new Map<number, SandboxOrder>()
  /** The newest of each name: a name comes again once its order is over. */
  private readonly byClientId = new Map<string, SandboxOrder>()
  private readonly byEngineId = new Map<string, SandboxOrder>()
  private readonly working = new Set<SandboxOrder>()

  add(order: SandboxOrder): void {
    this.byOrderId.set(order.orderId, order)
    this.byClientId.set(order.clientOrderId, order)
    this.byEngineId.set(order.engineId, order)
    if (isWorking(order)) this.working.add(order)
  }

  /** The matcher calls it otherwise from now on. */
  rename(order: SandboxOrder, engineId: string): void {
    this.byEngineId.delete(order.engineId)
    order.engineId = engineId
    this.byEngineId.set(engineId, order)
  }

  /** It is over. */
  end(order: SandboxOrder): void {
    this.working.delete(order)
    this.byEngineId.delete(order.engineId)
  }

  ofEngine(engineId: string): SandboxOrder | undefined {
    return this.byEngineId.get(engineId)
  }

  /** By number where that is given; an order of another symbol is none. */
  find(symbol: string, { orderId, clientOrderId }: OrderName): SandboxOrder | undefined {
    const order = orderId === undefined ? this.byClientId.get(clientOrderId ?? '') : this.byOrderId.get(orderId)
    return order?.symbol === symbol ? order : undefined
  }

  hasOpen(clientOrderId: string): boolean {
    const order = this.byClientId.get(clientOrderId)
    return order !== undefined && isWorking(order)
  }

  /** In order of acceptance. */
  open(symbol?: string): readonly SandboxOrder[] {
    const open = [...this.working]
    return symbol === undefined ? open : open.filter((order) => order.symbol === symbol)
  }

  /** In order of acceptance. */
  all(symbol?: string): readonly SandboxOrder[] {
    const all = [...this.byOrderId.values()]
    return symbol === undefined ? all : all.filter((order) => order.symbol === symbol)
  }
}

export interface OrderName {
  readonly orderId: number | undefined
  readonly clientOrderId: string | undefined
}

/**
 * Is an order forgotten? Three days after it ended without a fill, or 90 days after it was made. Source: the exchange's
 * page on querying orders.
 */
export function isForgotten(order: SandboxOrder, atMs: number): boolean {
  if (isWorking(order)) return false
  if (atMs - order.createdAtMs > 90 * DAY_MS) return true
  return order.executed.isZero() && atMs - order.updatedAtMs > 3 * DAY_MS
}

const DAY_MS = 86_400_000
