import { assert } from '../../base/assert.js'
import { dateOfEpochDay, epochDay, type IsoDate, NS_PER_DAY } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import { Xoshiro128 } from '../numeric/xoshiro128.js'
import { type SyntheticAsset, syntheticAssets } from './synthetic-assets.js'
import { type RegimeCourse, regimeCourse } from './synthetic-regimes.js'

/** A synthetic market. The same spec gives the same columns, to the bit, on every machine. */
export interface SynthSpec {
  /** Unsigned 32-bit integer. */
  readonly seed: number
  /** Date of day 0. */
  readonly start: IsoDate
  /** Bars per day, evenly spaced: 17,280 is one every 5 s. */
  readonly bars: number
  /** Number of assets; the first 50 are liquid perpetuals, the rest is invented. */
  readonly assets: number
  /** Share of prices that are missing, in outages of some five bars; 0 for none. */
  readonly missingRate: number
}

/** The defaults of `dolphin data synth`, start date aside: the size of the source's own days. */
export const SYNTH_DEFAULTS = Object.freeze({ seed: 42, bars: 17_280, assets: 50, missingRate: 0 })

/** Version of the market's construction; a change of any drawn number raises it, so that old days are not continued. */
export const SYNTH_VERSION = 1

/**
 * Day `dayIndex` of a synthetic market. It depends on the spec and the index alone, never on the day before, so days can
 * be made in any order, in parallel, or again; yet prices run on over midnight, because each day's opening level is a
 * function of its index and each path is bent to arrive at the next one.
 *
 * The eigen columns are planted, not computed: a latent regime draws velocities and moves prices, so that a signal leads
 * the market the way the strategy expects it to. They cannot be reproduced by scanning these prices.
 */
export function synthesizeDay(spec: SynthSpec, dayIndex: number): DayColumns {
  assertSpec(spec)
  const { bars, seed } = spec
  const day = epochDay(spec.start) + dayIndex
  const course = regimeCourse(new Xoshiro128(seed, day, STREAM.regimes), bars)
  const market = marketReturns(spec, day, course)
  const assets = syntheticAssets(spec.assets)
  const noise = new Float64Array(bars)
  const prices = assets.map((asset, i) => {
    const path = pricePath(asset, i, { spec, day, course, market, noise })
    if (spec.missingRate > 0) losePrices(path, spec.missingRate, new Xoshiro128(seed, day, STREAM.outages, i))
    return path
  })
  return {
    date: dateOfEpochDay(day),
    bars,
    timestampNs: barTimes(day, bars),
    scanNumber: BigInt64Array.from({ length: bars }, (_, bar) => BigInt(dayIndex * bars + bar + 1)),
    ...eigenColumns(new Xoshiro128(seed, day, STREAM.velocities), course),
    assets: assets.map((asset) => asset.symbol),
    prices,
  }
}

/** What a spec allows; the command checks options against the same bounds. */
export const SYNTH_LIMITS = Object.freeze({
  seed: [0, 4_294_967_295],
  bars: [1, 86_400],
  assets: [1, 999],
  missingRate: [0, 0.5],
} as const)

function assertSpec(spec: SynthSpec): void {
  for (const key of Object.keys(SYNTH_LIMITS) as (keyof typeof SYNTH_LIMITS)[]) {
    const [low, high] = SYNTH_LIMITS[key]
    assert(spec[key] >= low && spec[key] <= high, `synthetic market: ${low} <= ${key} <= ${high}`)
  }
}

/** Names of the random streams of a day. Assets have one each, so a wider market leaves the narrower one as it was. */
const STREAM = { regimes: 1, velocities: 2, market: 3, asset: 4, outages: 5, marketLevel: 6, assetLevel: 7, beta: 8 }

/** Standard deviation of a 5 s return of the calm market, and of what each asset adds: some 1.1 % and 2.2 % a day. */
const MARKET_VOLATILITY = 8e-5
const ASSET_VOLATILITY = 1.7e-4
const REFERENCE_BARS = 17_280

function marketReturns(spec: SynthSpec, day: number, course: RegimeCourse): Float64Array {
  const returns = new Float64Array(spec.bars)
  new Xoshiro128(spec.seed, day, STREAM.market).fillNearNormal(returns)
  const deviation = MARKET_VOLATILITY * Math.sqrt(REFERENCE_BARS / spec.bars)
  for (let bar = 0; bar < spec.bars; bar++) {
    returns[bar] = course.drift[bar]! + deviation * course.volatility[bar]! * returns[bar]!
  }
  return returns
}

interface PathInputs {
  readonly spec: SynthSpec
  readonly day: number
  readonly course: RegimeCourse
  readonly market: Float64Array
  /** Scratch of one day's length. */
  readonly noise: Float64Array
}

/**
 * One asset's closes: the market times its beta plus noise of its own, on its tick. Only +, −, ×, ÷ and square roots,
 * whose results IEEE 754 fixes; `exp` and `log` may differ between engines.
 */
function pricePath(
  asset: SyntheticAsset,
  index: number,
  { spec, day, course, market, noise }: PathInputs,
): Float64Array {
  const { bars, seed } = spec
  const character = new Xoshiro128(seed, STREAM.beta, index)
  const beta = character.between(0.75, 1.35)
  const deviation = ASSET_VOLATILITY * character.between(0.6, 1.5) * Math.sqrt(REFERENCE_BARS / bars)
  new Xoshiro128(seed, day, STREAM.asset, index).fillNearNormal(noise)

  const path = new Float64Array(bars)
  let relative = 1
  for (let bar = 0; bar < bars; bar++) {
    relative *= 1 + beta * market[bar]! + deviation * course.volatility[bar]! * noise[bar]!
    path[bar] = relative
  }
  const open = asset.price * openingLevel(seed, day, index, beta)
  const nextOpen = asset.price * openingLevel(seed, day + 1, index, beta)
  const bend = (nextOpen / open / relative - 1) / bars
  const ticksPerUnit = 10 ** asset.decimals
  for (let bar = 0; bar < bars; bar++) {
    const price = open * path[bar]! * (1 + bend * (bar + 1))
    // Ticks over a power of ten is the float64 nearest to the decimal; ticks × 0.0001 would not be.
    path[bar] = Math.max(1, Math.round(price * ticksPerUnit)) / ticksPerUnit
  }
  return path
}

/** Days of shocks that a level remembers, and how fast it forgets them. */
const MEMORY_DAYS = 40
const MEMORY = 0.93

/** Price level at a day's start relative to the asset's reference price: a stationary walk of some 3 % a day. */
function openingLevel(seed: number, day: number, asset: number, beta: number): number {
  const market = remembered(day, 0.025, (past) => new Xoshiro128(seed, past, STREAM.marketLevel))
  const own = remembered(day, 0.018, (past) => new Xoshiro128(seed, past, STREAM.assetLevel, asset))
  return Math.min(1.8, Math.max(0.4, 1 + beta * market + own))
}

function remembered(day: number, deviation: number, streamOf: (day: number) => Xoshiro128): number {
  const shock = new Float64Array(1)
  let level = 0
  let weight = deviation
  for (let age = 0; age < MEMORY_DAYS; age++) {
    streamOf(day - age).fillNearNormal(shock)
    level += weight * shock[0]!
    weight *= MEMORY
  }
  return level
}

/**
 * Velocities of the four windows and the two instabilities. A longer window follows the 50 one more weakly and moves
 * less; the sizes are those of recorded minutes. Instability is |velocity| plus a rotation, as the scan defines it.
 */
function eigenColumns(draw: Xoshiro128, course: RegimeCourse): Pick<DayColumns, 'velDiv' | 'eigen'> {
  const bars = course.drift.length
  const column = () => {
    const values = new Float64Array(bars)
    draw.fillNearNormal(values)
    return values
  }
  const [v50, v150, v300, v750] = [column(), column(), column(), column()]
  const [instability50, instability150] = [column(), column()]
  const velDiv = new Float64Array(bars)
  for (let bar = 0; bar < bars; bar++) {
    const fast = course.velocityMean[bar]! + course.velocityDeviation[bar]! * v50[bar]!
    v50[bar] = fast
    v150[bar] = 0.15 * fast + 0.0045 * v150[bar]!
    v300[bar] = 0.08 * fast + 0.0027 * v300[bar]!
    v750[bar] = 0.025 * fast + 0.0015 * v750[bar]!
    velDiv[bar] = fast - v750[bar]!
    instability50[bar] = Math.abs(fast) + 0.0025 * instability50[bar]! * instability50[bar]!
    instability150[bar] = Math.abs(v150[bar]!) + 0.0004 * instability150[bar]! * instability150[bar]!
  }
  return {
    velDiv,
    eigen: {
      v50_lambda_max_velocity: v50,
      v150_lambda_max_velocity: v150,
      v300_lambda_max_velocity: v300,
      v750_lambda_max_velocity: v750,
      instability_50: instability50,
      instability_150: instability150,
    },
  }
}

function barTimes(day: number, bars: number): BigInt64Array {
  const start = BigInt(day) * NS_PER_DAY
  const count = BigInt(bars)
  return BigInt64Array.from({ length: bars }, (_, bar) => start + (BigInt(bar) * NS_PER_DAY) / count)
}

/** Mean length of an outage in bars. */
const OUTAGE_BARS = 5

/** Takes out prices in runs; feeds lose connections, not single ticks. */
function losePrices(path: Float64Array, rate: number, draw: Xoshiro128): void {
  const starts = rate / OUTAGE_BARS / (1 - rate)
  for (let bar = 0; bar < path.length; bar++) {
    if (draw.double() >= starts) continue
    const length = draw.integer(1, 2 * OUTAGE_BARS - 1)
    path.fill(Number.NaN, bar, bar + length)
    bar += length
  }
}
