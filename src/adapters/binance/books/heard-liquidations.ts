import type { LiquidationEvent } from '../../../ports/market-data.js'

/**
 * Liquidations that were told a moment ago. While one socket takes over from another both bring the same stream: a book knows what
 * it has by its ids, but amounts that come twice would count twice.
 */
export class HeardLiquidations {
  private readonly latest = new Map<string, LiquidationEvent[]>()

  /** Whether this one was told already; from now on it was. */
  isRepeated(event: LiquidationEvent): boolean {
    let heard = this.latest.get(event.symbol)
    if (heard === undefined) {
      heard = []
      this.latest.set(event.symbol, heard)
    }
    if (heard.some((before) => isSame(before, event))) return true
    heard.push(event)
    if (heard.length > KEPT) heard.shift()
    return false
  }

  /** Of others nothing is remembered. */
  keep(symbols: ReadonlySet<string>): void {
    for (const symbol of this.latest.keys()) if (!symbols.has(symbol)) this.latest.delete(symbol)
  }
}

/** Of a symbol one is told in a second at most, and sockets overlap for some seconds. */
const KEPT = 16

function isSame(one: LiquidationEvent, other: LiquidationEvent): boolean {
  return (
    one.atMs === other.atMs &&
    one.side === other.side &&
    one.price === other.price &&
    one.orderPrice === other.orderPrice &&
    one.baseQuantity === other.baseQuantity
  )
}
