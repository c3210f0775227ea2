import { assert } from '../../base/assert.js'
import { type DecimalText, Exact, exact } from '../../base/exact.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'

/**
 * The largest multiple of the step at or below the value. Remainders are exact, where a quotient of doubles would take a
 * whole step off `0.3 / 0.1`.
 */
export function floorToStep(value: Exact, step: DecimalText): Exact {
  return value.minus(distanceAboveStep(value, step))
}

/** The smallest multiple of the step at or above the value. */
export function ceilToStep(value: Exact, step: DecimalText): Exact {
  const above = distanceAboveStep(value, step)
  return above.isZero() ? value : value.minus(above).plus(step)
}

export function isMultipleOf(value: Exact, step: DecimalText): boolean {
  return distanceAboveStep(value, step).isZero()
}

/** Base units, never more than asked for. */
export function floorToLot(quantity: Exact, instrument: Pick<Instrument, 'lotSize'>): Exact {
  return floorToStep(quantity, instrument.lotSize)
}

/** USD: a price that a buyer can only gain by. */
export function floorToTick(price: Exact, instrument: Pick<Instrument, 'tickSize'>): Exact {
  return floorToStep(price, instrument.tickSize)
}

/** USD: a price that a seller can only gain by. */
export function ceilToTick(price: Exact, instrument: Pick<Instrument, 'tickSize'>): Exact {
  return ceilToStep(price, instrument.tickSize)
}

/**
 * Base units that a notional buys at a price, in whole lots, rounded down. Sizes come as doubles, each of which stands for
 * all reals that round to it: a quotient within a few of its last bits of a whole number of lots *is* that number, so a
 * notional computed as lots × price gives these lots back.
 *
 * @throws Error when notional or price are not finite and above zero.
 */
export function quantityForNotional(
  notionalUsd: number,
  price: number,
  instrument: Pick<Instrument, 'lotSize'>,
): Exact {
  assert(Number.isFinite(notionalUsd) && notionalUsd > 0, `a notional is finite and above zero, not ${notionalUsd}`)
  assert(Number.isFinite(price) && price > 0, `a price is finite and above zero, not ${price}`)
  const lotSize = exact(instrument.lotSize)
  const lotUsd = price * Number(instrument.lotSize)
  const inDoubles = notionalUsd / lotUsd
  const distance = Math.abs(inDoubles - Math.round(inDoubles))
  const isNormal = lotUsd > SMALLEST && notionalUsd > SMALLEST && inDoubles < LARGEST
  // A quotient of 40 digits takes 10 µs. Doubles do where no rounding of theirs could reach the next whole number.
  if (isNormal && distance > inDoubles * BEYOND_ROUNDING) return lotSize.times(Math.floor(inDoubles))
  return exactQuantity(notionalUsd, price, lotSize)
}

/** The same by exact decimals alone: `quantityForNotional` answers this, sooner where it is plain. */
export function exactQuantity(notionalUsd: number, price: number, lotSize: Exact): Exact {
  const lots = new Exact(notionalUsd).div(new Exact(price).times(lotSize))
  const whole = lots.round()
  const isWhole = lots.minus(whole).abs().lessThanOrEqualTo(whole.times(LAST_BITS_OF_A_DOUBLE))
  return (isWhole ? whole : lots.floor()).times(lotSize)
}

/** Four units in the last place: a product and a quotient, each rounded, are not further off. */
const LAST_BITS_OF_A_DOUBLE = 2 ** -50
/** Eight times that: the lot, a product and a quotient, each rounded, are off by less than the difference of both. */
const BEYOND_ROUNDING = 2 ** -47
/** Between these, doubles have all their bits, and a whole number of lots has neighbours. */
const SMALLEST = 2 ** -500
const LARGEST = 2 ** 40

/** In [0, step), for values of either sign. */
function distanceAboveStep(value: Exact, step: DecimalText): Exact {
  const rest = value.mod(exact(step))
  return rest.isNegative() && !rest.isZero() ? rest.plus(exact(step)) : rest.abs()
}
