import { reaches } from '../../adapters/paper/admission.js'
import { compare } from '../../adapters/paper/compare.js'
import { type DecimalText, Exact, exact } from '../../base/exact.js'
import type { Listed } from '../listing.js'
import { Refusal } from '../rest/refusal.js'
import type { Engine } from './engine.js'
import type { OrderWanted } from './order.js'

/** The rules of a symbol, in the exchange's order of checks and with its words. Codes: the exchange's list of errors. */
export function refuseByListing(wanted: OrderWanted, { instrument, marketMaxQuantity }: Listed): Refusal | undefined {
  const { type, quantity, price, reduceOnly } = wanted
  const { status, tickSize, lotSize, minQuantity, maxQuantity } = instrument
  if (status === 'DELISTED') return new Refusal(-4141, 'Symbol is closed.')
  if (status === 'HALTED' || (status === 'SETTLING' && !reduceOnly)) {
    return new Refusal(-4140, 'Invalid symbol status for opening position.')
  }
  if (Number(quantity) <= 0) return new Refusal(-4003, 'Quantity less than or equal to zero.')
  if (isFinerThan(quantity, lotSize)) return TOO_PRECISE
  if (!isMultiple(quantity, lotSize)) return new Refusal(-4023, 'Qty not increased by step size.')
  if (compare(quantity, minQuantity) < 0) return new Refusal(-4004, 'Quantity less than min quantity.')
  if (compare(quantity, type === 'MARKET' ? marketMaxQuantity : maxQuantity) > 0) {
    return new Refusal(-4005, 'Quantity greater than max quantity.')
  }
  if (price === undefined) return undefined
  if (Number(price) <= 0) return new Refusal(-4013, `Price less than min price.`)
  if (isFinerThan(price, tickSize)) return TOO_PRECISE
  return isMultiple(price, tickSize) ? undefined : new Refusal(-4014, 'Price not increased by tick size.')
}

/** The market of the moment against the order: bands, smallest value, and whether it can be a maker. */
export function refuseByMarket(wanted: OrderWanted, { instrument }: Listed, engine: Engine): Refusal | undefined {
  const { symbol, side, type, timeInForce, quantity, price, reduceOnly } = wanted
  const quote = engine.quote(symbol)
  if (quote === undefined || (type === 'MARKET' && !engine.displays(symbol, side))) {
    return new Refusal(-1112, 'No orders on book for symbol.')
  }
  const mark = exact(quote.mark)
  const bound = mark.times(
    side === 'BUY' ? new Exact(1).plus(instrument.priceBand) : new Exact(1).minus(instrument.priceBand),
  )
  const met = price ?? engine.opposite(symbol, side)
  if (side === 'BUY' ? bound.lt(met) : bound.gt(met)) return outsideBand(wanted, bound)
  if (
    !reduceOnly &&
    exact(quantity)
      .times(price ?? mark)
      .lt(instrument.minNotionalUsd)
  ) {
    const smallest = instrument.minNotionalUsd
    return new Refusal(-4164, `Order's notional must be no smaller than ${smallest} (unless you choose reduce only).`)
  }
  if (timeInForce === 'FOK' && !engine.fillsWhole(symbol, side, exact(quantity), price!)) {
    return new Refusal(-5021, 'Due to the order could not be filled immediately, the FOK order has been rejected.')
  }
  return undefined
}

/** Would an order that may only be a maker take? */
export function wouldTake({ symbol, side, timeInForce, price }: OrderWanted, engine: Engine): boolean {
  return isMakerOnly(timeInForce) && reaches(side, price!, engine.opposite(symbol, side))
}

export const WOULD_TAKE = new Refusal(
  -5022,
  'Due to the order could not be executed as maker, the Post Only order will be rejected.',
)

function isMakerOnly(timeInForce: OrderWanted['timeInForce']): boolean {
  return timeInForce === 'GTX' || timeInForce === 'RPI'
}

const TOO_PRECISE = new Refusal(-1111, 'Precision is over the maximum defined for this asset.')

/** PERCENT_PRICE bounds what is bid too high and what is offered too low, not the other way round. */
function outsideBand({ side, type }: OrderWanted, bound: Exact): Refusal {
  if (type === 'MARKET') {
    return new Refusal(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit.")
  }
  return side === 'BUY'
    ? new Refusal(-4016, `Limit price can't be higher than ${bound.toFixed()}.`)
    : new Refusal(-4024, `Limit price can't be lower than ${bound.toFixed()}.`)
}

function isFinerThan(value: DecimalText, step: DecimalText): boolean {
  return exact(value).decimalPlaces() > exact(step).decimalPlaces()
}

function isMultiple(value: DecimalText, step: DecimalText): boolean {
  return exact(value).mod(step).isZero()
}
