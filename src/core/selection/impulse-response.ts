import type { Direction } from '../../ports/vocabulary/market.js'

/** Prices in a segment, and differences between them. Source: system bible §5.2. */
export const SEGMENT_PRICES = 50
const STEPS = SEGMENT_PRICES - 1

/** Latency of a segment that never moves in the direction. */
const NO_LATENCY = 50

/** How an asset's last 50 prices responded in one direction; excursions and noise in the unit of the differences. */
export interface ImpulseResponse {
  readonly mfe: number
  readonly mae: number
  readonly efficiency: number
  readonly alignment: number
  readonly noise: number
  /** 1-based step of the first tenth of the excursion. */
  readonly latency: number
  readonly ars: number
}

/** Rows of prices that profiles have room for: a window and the bars it can slide on before it is moved to the top. */
export const PROFILE_ROWS = 128

/**
 * The part of the profile that both directions share, for many segments at once. Prices lie in row order, row `r` of
 * segment `s` at `prices[r * width + s]`: a window slides by one row a bar, and segments that lie side by side fill a SIMD
 * register in one load, each still summed in the same order as here.
 */
export interface SegmentProfiles {
  /** `PROFILE_ROWS × width`. */
  readonly prices: Float64Array
  /** Distance between rows: the capacity, rounded up to the four segments of a kernel's turn. */
  readonly width: number
  /** First of the 50 rows that were computed last. */
  firstRow: number
  /** Highest and lowest running sum of the differences, per segment. */
  readonly highest: Float64Array
  readonly lowest: Float64Array
  /** Differences above and below zero. */
  readonly rises: Float64Array
  readonly falls: Float64Array
  /** Population variance of the differences. */
  readonly noise: Float64Array
  /** Fills the outputs for the first `segments` segments from the 50 rows that begin at `firstRow`. */
  compute(firstRow: number, segments: number, relative: boolean): void
}

/** The width of profiles with room for `capacity` segments. */
export function profileWidth(capacity: number): number {
  return (capacity + 3) & ~3
}

/** The readable kernel, and the twin that the SIMD one must equal bit for bit. */
export function scalarProfiles(capacity: number): SegmentProfiles {
  const width = profileWidth(capacity)
  const outputs = () => new Float64Array(capacity)
  const [highest, lowest, rises, falls, noise] = [outputs(), outputs(), outputs(), outputs(), outputs()]
  const prices = new Float64Array(PROFILE_ROWS * width)
  const steps = new Float64Array(STEPS)
  const profiles = { prices, width, firstRow: 0, highest, lowest, rises, falls, noise, compute }

  function compute(firstRow: number, segments: number, relative: boolean): void {
    profiles.firstRow = firstRow
    for (let s = 0; s < segments; s++) {
      const start = firstRow * width + s
      const scale = relative ? prices[start]! : 1
      let previous = prices[start]!
      let sum = 0
      let high = Number.NEGATIVE_INFINITY
      let low = Number.POSITIVE_INFINITY
      let up = 0
      let down = 0
      for (let i = 0, at = start + width; i < STEPS; i++, at += width) {
        const price = prices[at]!
        const step = (price - previous) / scale
        previous = price
        steps[i] = step
        sum += step
        if (sum > high) high = sum
        if (sum < low) low = sum
        if (step > 0) up++
        else if (step < 0) down++
      }
      const mean = sum / STEPS
      let squares = 0
      for (let i = 0; i < STEPS; i++) {
        const deviation = steps[i]! - mean
        squares += deviation * deviation
      }
      highest[s] = high
      lowest[s] = low
      rises[s] = up
      falls[s] = down
      noise[s] = squares / STEPS
    }
  }

  return profiles
}

/**
 * One direction of a computed profile. Differences, running sums and their extremes only change sign with the
 * direction, and negation is exact, so both directions come from the same five numbers.
 */
export function impulseResponse(
  profiles: SegmentProfiles,
  segment: number,
  direction: Direction,
  relative: boolean,
): ImpulseResponse {
  const mfe = excursion(profiles, segment, direction)
  const mae = excursion(profiles, segment, -direction as Direction)
  const efficiency = mfe / (mae + 1e-6)
  const alignment = alignmentOf(profiles, segment, direction)
  const noise = profiles.noise[segment]!
  const latency = latencyOf(profiles, segment, direction, relative)
  return { mfe, mae, efficiency, alignment, noise, latency, ars: rankingScore(efficiency, alignment, noise) }
}

/** ARS. Source: system bible §5.3. */
export function rankingScore(efficiency: number, alignment: number, noise: number): number {
  return 0.5 * Math.log1p(efficiency) + 0.35 * alignment - 0.15 * noise * 1000
}

/** Maximum favourable excursion in a direction, never negative; its opposite direction's is the adverse one. */
export function excursion(profiles: SegmentProfiles, segment: number, direction: Direction): number {
  return direction === 1 ? Math.max(0, profiles.highest[segment]!) : Math.max(0, -profiles.lowest[segment]!)
}

/** Share of the differences that point in a direction. */
export function alignmentOf(profiles: SegmentProfiles, segment: number, direction: Direction): number {
  return (direction === 1 ? profiles.rises[segment]! : profiles.falls[segment]!) / STEPS
}

/** Steps until the running sum reaches a tenth of the favourable excursion. */
export function latencyOf(profiles: SegmentProfiles, segment: number, direction: Direction, relative: boolean): number {
  const mfe = excursion(profiles, segment, direction)
  if (mfe === 0) return NO_LATENCY
  const { prices, width } = profiles
  const start = profiles.firstRow * width + segment
  const scale = relative ? prices[start]! : 1
  const target = 0.1 * mfe
  let sum = 0
  for (let i = 1, at = start + width; i <= STEPS; i++, at += width) {
    sum += (prices[at]! - prices[at - width]!) / scale
    if (direction * sum >= target) return i
  }
  return NO_LATENCY
}
