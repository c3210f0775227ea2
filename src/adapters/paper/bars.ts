import { type DecimalText, Exact } from '../../base/exact.js'
import type { MarketEvent } from '../../ports/played-market.js'
import type { Quote } from '../../ports/venue.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { PaperSettings } from '../../ports/vocabulary/paper.js'
import { Grid } from './grid.js'

/**
 * Prices in the order in which a bar is taken to have gone through them: open, one extreme, the other, close. A bar does not
 * say which extreme came first. Where a position is held, the one against it did, whatever the bar's colour: of a stop and a
 * take-profit that both lie in the range, the stop is met. Where none is, the far side of the close comes first.
 *
 * @param heldQuantity base units of the symbol; negative is short.
 */
export function pathOf({ close, range }: Bar, heldQuantity: Exact): readonly DecimalText[] {
  if (range === undefined) return [close]
  const { open, high, low } = range
  const isLowFirst = heldQuantity.isZero() ? new Exact(close).gte(open) : heldQuantity.isPositive()
  return isLowFirst ? [open, low, high, close] : [open, high, low, close]
}

type Bar = Extract<MarketEvent, { kind: 'bar' }>

/** An exact decimal and the double nearest to it. */
interface Factor {
  readonly exact: Exact
  readonly near: number
}

/** Makes quotes of an instrument's prices: half the spread on each side, rounded outwards, the same value on both. */
export class QuoteMaker {
  private readonly symbol: string
  private readonly isFrictionless: boolean
  private readonly ticks: Grid
  private readonly lots: Grid
  private readonly lotSize: DecimalText
  private readonly displayedUsd: Factor
  /** Fractions of the price at which bid and ask lie before rounding. */
  private readonly below: Factor
  private readonly above: Factor

  constructor({ identity, tickSize, lotSize }: Instrument, settings: Required<PaperSettings>) {
    const half = new Exact(settings.halfSpreadBps).div(10_000)
    this.symbol = identity.symbol
    this.isFrictionless = settings.fillMode === 'bar-price'
    this.ticks = new Grid(tickSize)
    this.lots = new Grid(lotSize)
    this.lotSize = new Exact(lotSize).toFixed()
    this.displayedUsd = factor(new Exact(settings.displayedUsd))
    this.below = factor(new Exact(1).minus(half))
    this.above = factor(new Exact(1).plus(half))
  }

  quote(price: DecimalText, timestampMs: number): Quote {
    const { symbol } = this
    const quantity = this.displayed(price)
    const sizes = { bidQuantity: quantity, askQuantity: quantity }
    if (this.isFrictionless) return { symbol, bid: price, ask: price, ...sizes, mark: price, timestampMs }
    const middle = Number(price)
    return {
      symbol,
      bid: this.ticks.floor(middle * this.below.near, () => this.below.exact.times(price)),
      ask: this.ticks.ceil(middle * this.above.near, () => this.above.exact.times(price)),
      ...sizes,
      mark: price,
      timestampMs,
    }
  }

  /** Whole lots, one at least. */
  private displayed(price: DecimalText): DecimalText {
    const { exact, near } = this.displayedUsd
    const quantity = this.lots.floor(near / Number(price), () => exact.div(price))
    return quantity === '0' ? this.lotSize : quantity
  }
}

function factor(exact: Exact): Factor {
  return { exact, near: exact.toNumber() }
}
