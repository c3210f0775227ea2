import { Exact as Decimal, type DecimalText, type Exact } from '../../base/exact.js'
import type { Quote } from '../../ports/venue.js'
import type { OrderSide } from '../../ports/vocabulary/orders.js'
import { ceilToTick, floorToTick } from '../orders/rounding.js'

/** Prices at which a position is protected. */
export interface ProtectionLevels {
  readonly takeProfitPrice: DecimalText
  readonly stopPrice: DecimalText
}

/**
 * Take-profit and catastrophic stop of a position. Both are rounded up for a long and down for a short: the take-profit is
 * then never tighter than its fraction, and the stop never wider than its own.
 */
export function protectionLevels(
  fractions: { readonly takeProfit: DecimalText; readonly catastrophicStop: DecimalText },
  entry: { readonly side: OrderSide; readonly entryPrice: Exact; readonly tickSize: DecimalText },
): ProtectionLevels {
  const { side, entryPrice, tickSize } = entry
  const profit = entryPrice.times(fractions.takeProfit)
  const loss = entryPrice.times(fractions.catastrophicStop)
  const round = side === 'BUY' ? ceilToTick : floorToTick
  const [takeProfit, stop] =
    side === 'BUY'
      ? [entryPrice.plus(profit), entryPrice.minus(loss)]
      : [entryPrice.minus(profit), entryPrice.plus(loss)]
  return {
    takeProfitPrice: round(takeProfit, { tickSize }).toFixed(),
    stopPrice: round(stop, { tickSize }).toFixed(),
  }
}

/**
 * Why an entry at a price could not be protected; undefined when it could. A tick that is coarser than the way to a level puts
 * the stop at the entry itself, or the take-profit at many times its fraction; a fraction of one or more puts a level at or
 * below zero, where no order can lie.
 */
export function protectionProblem(
  fractions: { readonly takeProfit: DecimalText; readonly catastrophicStop: DecimalText },
  entry: { readonly side: OrderSide; readonly entryPrice: Exact; readonly tickSize: DecimalText },
): string | undefined {
  const { entryPrice, tickSize } = entry
  const { takeProfitPrice, stopPrice } = protectionLevels(fractions, entry)
  const levels = [
    ['take-profit', fractions.takeProfit, takeProfitPrice],
    ['catastrophic stop', fractions.catastrophicStop, stopPrice],
  ] as const
  for (const [name, fraction, level] of levels) {
    const distance = entryPrice.times(fraction)
    if (distance.lessThan(tickSize)) {
      return `the tick ${tickSize} is coarser than the way to the ${name}, ${distance.toFixed()} USD from ${entryPrice.toFixed()}`
    }
    if (!new Decimal(level).greaterThan(0)) return `the ${name} would lie at ${level} USD`
  }
  return undefined
}

/** The take-profit by the price at which one could leave now, the stop by the mark price, which is what venues trigger on. */
export function isBeyond(
  kind: 't' | 's',
  side: OrderSide,
  level: DecimalText,
  quote: Pick<Quote, 'bid' | 'ask' | 'mark'>,
): boolean {
  const order = compare(kind === 's' ? quote.mark : side === 'BUY' ? quote.bid : quote.ask, level)
  const isAbove = (kind === 't') === (side === 'BUY')
  return isAbove ? order >= 0 : order <= 0
}

/** Rounding to a double keeps order, so decimals are needed only where the doubles are equal. */
function compare(a: DecimalText, b: DecimalText): number {
  const difference = Number(a) - Number(b)
  return difference === 0 ? new Decimal(a).comparedTo(b) : difference
}
