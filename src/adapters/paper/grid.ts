import { type DecimalText, Exact } from '../../base/exact.js'

/**
 * The multiples of a step, as text. Values come as a double, which decides almost always, and as an exact decimal for when
 * it lies too near a multiple to tell: 0.3 µs instead of 5 µs.
 */
export class Grid {
  private readonly step: Exact
  private readonly stepNumber: number
  /** The step is `mantissa · 10^−places`. */
  private readonly mantissa: number
  private readonly places: number

  constructor(step: DecimalText) {
    this.step = new Exact(step)
    this.stepNumber = this.step.toNumber()
    this.places = this.step.decimalPlaces()
    this.mantissa = this.step.times(`1e${this.places}`).toNumber()
  }

  /** The largest multiple at or below the value, which is not negative. */
  floor(value: number, exact: () => Exact): DecimalText {
    const steps = this.certainFloor(value)
    return steps === undefined ? exact().toNearest(this.step, Exact.ROUND_FLOOR).toFixed() : this.text(steps)
  }

  /** The smallest multiple at or above the value, which is not negative. */
  ceil(value: number, exact: () => Exact): DecimalText {
    const steps = this.certainFloor(value)
    return steps === undefined ? exact().toNearest(this.step, Exact.ROUND_CEIL).toFixed() : this.text(steps + 1)
  }

  /** Steps below the value, where the double is certain of it; a multiple itself is never certain. */
  private certainFloor(value: number): number | undefined {
    const steps = value / this.stepNumber
    const floor = Math.floor(steps)
    const doubt = RELATIVE_DOUBT * steps
    const isCertain = steps - floor > doubt && floor + 1 - steps > doubt && (steps + 1) * this.mantissa < 2 ** 53
    return isCertain ? floor : undefined
  }

  private text(steps: number): DecimalText {
    const digits = String(steps * this.mantissa).padStart(this.places + 1, '0')
    if (this.places === 0) return digits
    let end = digits.length
    const point = end - this.places
    while (end > point && digits.charCodeAt(end - 1) === 0x30) end--
    return end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`
  }
}

/**
 * How far from a whole number of steps a double must be for its floor to be that of the exact value: a few roundings of
 * doubles (2⁻⁵³ each), with room.
 */
const RELATIVE_DOUBT = 1e-14
