import type { Xoshiro128 } from '../numeric/xoshiro128.js'

/** What the planted market is doing. */
export type Regime = 'calm' | 'onset' | 'fall' | 'recovery' | 'false-alarm' | 'snap-back' | 'rally' | 'give-back'

interface RegimeShape {
  /** Bars, fewest and most. The engine thinks in bars (lookbacks, 120 bars of hold), so regimes do too. */
  readonly bars: readonly [number, number]
  /** Mean and standard deviation of the 50-window's λmax velocity. */
  readonly velocityMean: number
  readonly velocityDeviation: number
  /** Multiplies the volatility of the calm market. */
  readonly volatility: number
}

/**
 * Velocities are nearly white noise around the regime's mean, as on recorded minutes. The means open the SHORT gate
 * (vel_div < −0.02) on about four of five bars of an onset, a fall and a false alarm and on few others, 20 % of all
 * bars together; a snap-back holds vel_div above 0.02 for bars on end (VEL_DIV_TURN) and a rally opens the LONG gate.
 */
const SHAPES: Readonly<Record<Regime, RegimeShape>> = {
  calm: { bars: [40, 240], velocityMean: 0.001, velocityDeviation: 0.0125, volatility: 1 },
  onset: { bars: [20, 60], velocityMean: -0.045, velocityDeviation: 0.022, volatility: 1.1 },
  fall: { bars: [90, 180], velocityMean: -0.033, velocityDeviation: 0.02, volatility: 1.4 },
  recovery: { bars: [120, 260], velocityMean: 0.003, velocityDeviation: 0.011, volatility: 1.2 },
  'false-alarm': { bars: [60, 120], velocityMean: -0.038, velocityDeviation: 0.02, volatility: 1.1 },
  'snap-back': { bars: [60, 110], velocityMean: 0.03, velocityDeviation: 0.016, volatility: 1.3 },
  rally: { bars: [80, 180], velocityMean: 0.022, velocityDeviation: 0.015, volatility: 1.2 },
  'give-back': { bars: [120, 300], velocityMean: 0, velocityDeviation: 0.012, volatility: 1 },
}

/** A stretch of one regime. `change` is the market's planned move over the whole stretch, as a fraction. */
interface Stretch {
  readonly regime: Regime
  readonly change: number
}

/** The planted course of one day, bar by bar. */
export interface RegimeCourse {
  readonly regime: readonly Regime[]
  /** Planned market return of the bar, before noise. */
  readonly drift: Float64Array
  readonly volatility: Float64Array
  readonly velocityMean: Float64Array
  readonly velocityDeviation: Float64Array
}

/** Lays episodes after one another, each after a calm stretch, until the day is full; the last one is cut off. */
export function regimeCourse(draw: Xoshiro128, bars: number): RegimeCourse {
  const regime: Regime[] = []
  const course = {
    regime,
    drift: new Float64Array(bars),
    volatility: new Float64Array(bars),
    velocityMean: new Float64Array(bars),
    velocityDeviation: new Float64Array(bars),
  }
  while (regime.length < bars) {
    for (const stretch of [{ regime: 'calm', change: 0 } as const, ...episode(draw)]) lay(course, regime, stretch, draw)
  }
  return course
}

/**
 * One story: an instability that falls (a SHORT's take-profit) and recovers, a false alarm that snaps back (a SHORT's
 * stop or expired hold), or a rally. What goes down comes up again, so a day does not drift away.
 */
function episode(draw: Xoshiro128): Stretch[] {
  const kind = draw.double()
  if (kind < 0.42) {
    const fall = -draw.between(0.009, 0.024)
    return [
      { regime: 'onset', change: -draw.between(0, 0.001) },
      { regime: 'fall', change: fall },
      { regime: 'recovery', change: -fall * draw.between(0.7, 1.2) },
    ]
  }
  if (kind < 0.83) {
    const snap = draw.between(0.005, 0.018)
    return [
      { regime: 'false-alarm', change: -draw.between(0, 0.002) },
      { regime: 'snap-back', change: snap },
      { regime: 'give-back', change: -snap * draw.between(0.6, 1.1) },
    ]
  }
  const rise = draw.between(0.009, 0.024)
  return [
    { regime: 'rally', change: rise },
    { regime: 'give-back', change: -rise * draw.between(0.7, 1.1) },
  ]
}

function lay(course: Omit<RegimeCourse, 'regime'>, regime: Regime[], stretch: Stretch, draw: Xoshiro128): void {
  const shape = SHAPES[stretch.regime]
  const length = draw.integer(shape.bars[0], shape.bars[1])
  const from = regime.length
  const to = Math.min(from + length, course.drift.length)
  course.drift.fill(stretch.change / length, from, to)
  course.volatility.fill(shape.volatility, from, to)
  course.velocityMean.fill(shape.velocityMean, from, to)
  course.velocityDeviation.fill(shape.velocityDeviation, from, to)
  for (let bar = from; bar < to; bar++) regime.push(stretch.regime)
}
