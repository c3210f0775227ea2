import type { Bucket } from '../../ports/vocabulary/trades.js'
import type { ChampionParameters } from '../engine/parameters.js'
import type { SignalShape } from '../signal/signal.js'
import { bucket, depth, isExtreme, strength } from '../signal/signal.js'

/** Closed-trade statistics that feed back into sizing. Shared by both directions, never reset. */
export interface TradeFeedback {
  readonly bucketWins: readonly number[]
  readonly bucketTrades: readonly number[]
  /** Results of the last five closed trades, oldest first. */
  readonly recentWins: readonly boolean[]
}

export const NO_FEEDBACK: TradeFeedback = { bucketWins: [0, 0, 0, 0], bucketTrades: [0, 0, 0, 0], recentWins: [] }

export function recordResult(feedback: TradeFeedback, tradeBucket: Bucket, won: boolean): TradeFeedback {
  const bucketTrades = feedback.bucketTrades.map((n, i) => (i === tradeBucket ? n + 1 : n))
  const bucketWins = feedback.bucketWins.map((n, i) => (i === tradeBucket && won ? n + 1 : n))
  return { bucketWins, bucketTrades, recentWins: [...feedback.recentWins, won].slice(-STREAK_TRADES) }
}

/** Trades a bucket needs before its win rate counts; its multiplier is 1 until then. Section 7.4. */
const BUCKET_MIN_TRADES = 10
const STREAK_TRADES = 5
const MIN_FRACTION = 0.02

/** Multiplier from the win rate of the trades entered in a bucket. Source: system bible §6.4. */
export function bucketMultiplier(wins: number, trades: number): number {
  if (trades < BUCKET_MIN_TRADES) return 1
  const winRate = wins / trades
  if (winRate > 0.6) return 1.3
  if (winRate > 0.55) return 1.1
  if (winRate < 0.4) return 0.7
  if (winRate < 0.45) return 0.85
  return 1
}

/** Multiplier from the losses among the last five closed trades. Source: system bible §6.4. */
export function streakMultiplier(recentWins: readonly boolean[]): number {
  if (recentWins.length < STREAK_TRADES) return 1
  const losses = recentWins.slice(-STREAK_TRADES).filter((won) => !won).length
  if (losses >= 4) return 0.5
  if (losses >= 3) return 0.7
  return losses <= 1 ? 1.1 : 1
}

/** Multiplier from the change of `vel_div` over ten values: deepening in the trade's direction sizes up. */
export function trendMultiplier(direction: number, trend: number): number {
  const deepening = direction * trend
  if (deepening > 0.01) return 1.3
  return deepening < -0.01 ? 0.7 : 1
}

/** How much the daily breaker and the forewarner scale leverage this bar. Sections 7.5, 10.4. */
export function regimeSizeMultiplier(
  shape: SignalShape,
  convexity: number,
  velDiv: number,
  day: { readonly boost: number; readonly beta: number; readonly mcScale: number },
): number {
  if (day.beta <= 0) return day.boost * day.mcScale
  return day.boost * (1 + day.beta * convex(depth(shape, velDiv), convexity)) * day.mcScale
}

export interface SizingInput {
  readonly velDiv: number
  /** `vel_div` now minus nine values ago; 0 until there are ten. */
  readonly trend: number
  readonly regimeSizeMult: number
  readonly obMult: number
  /** STALKER's hard cap, or +∞. */
  readonly postureCap: number
}

export interface Size {
  readonly strength: number
  readonly bucket: Bucket
  readonly isExtreme: boolean
  readonly bucketMult: number
  readonly streakMult: number
  readonly trendMult: number
  /** Share of capital, before leverage. */
  readonly fraction: number
  /** The convex leverage before breaker, forewarner and order book. */
  readonly baseLeverage: number
  readonly leverageCeiling: number
  readonly leverage: number
}

/** Section 7; products run left to right as written. */
export function size(
  parameters: ChampionParameters,
  shape: SignalShape,
  feedback: TradeFeedback,
  input: SizingInput,
): Size {
  const { min_leverage: minLeverage, max_leverage: maxLeverage, fraction: maxFraction } = parameters
  const { velDiv, regimeSizeMult, obMult } = input

  const signalStrength = strength(shape, velDiv)
  const signalBucket = bucket(shape, velDiv)
  const extreme = isExtreme(shape, velDiv)
  const bucketMult = bucketMultiplier(feedback.bucketWins[signalBucket]!, feedback.bucketTrades[signalBucket]!)
  const streakMult = streakMultiplier(feedback.recentWins)
  const trendMult = trendMultiplier(shape.direction, input.trend)

  // 0.18 is the source's literal: 0.20 − 0.02 rounds differently.
  const fractionSpan = maxFraction === 0.2 ? 0.18 : maxFraction - MIN_FRACTION
  const baseFraction = MIN_FRACTION + signalStrength * fractionSpan
  const confidenceMult = (extreme ? 0.7 : 0.55) / 0.95
  const extremeBoost = extreme ? 2 : 1
  const fraction = clamp(
    baseFraction * confidenceMult * extremeBoost * trendMult * bucketMult * streakMult,
    MIN_FRACTION,
    maxFraction,
  )

  const baseLeverage = minLeverage + convex(signalStrength, parameters.leverage_convexity) * (maxLeverage - minLeverage)
  const leverageCeiling = Math.min(
    Math.min(maxLeverage * regimeSizeMult * obMult, parameters.abs_max_leverage),
    input.postureCap,
  )
  const leverage = clamp(baseLeverage * regimeSizeMult * obMult, minLeverage, leverageCeiling)
  return {
    strength: signalStrength,
    bucket: signalBucket,
    isExtreme: extreme,
    bucketMult,
    streakMult,
    trendMult,
    fraction,
    baseLeverage,
    leverageCeiling,
    leverage,
  }
}

/** The champion's cube is two products (pow may differ in the last digit). */
function convex(x: number, convexity: number): number {
  return convexity === 3 ? x * x * x : x ** convexity
}

/** Where `low > high` the upper bound wins: a cap is a safety limit. */
function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high)
}
