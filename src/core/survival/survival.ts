import type { Posture } from '../../ports/vocabulary/market.js'
import type { ForewarnerStatus } from '../../ports/vocabulary/trades.js'

/** The stack's frozen constants. Source: system bible §11 and §19.3; the thresholds are tighter than its mathematics on purpose. */
export const SURVIVAL = Object.freeze({
  heartbeatAgeMaxS: 30,
  structural: Object.freeze({ OK: 1, ORANGE: 0.5, RED: 0.1 } satisfies Record<ForewarnerStatus, number>),
  staleFromHours: 6,
  staleDecayHours: 3,
  staleBookScore: 0.5,
  scoreFloor: 0.3,
  spikeRecoveryMin: 60,
  drawdownMiddle: 0.12,
  drawdownSteepness: 30,
  degradedBelow: 0.8,
  degradedMin: 2,
  degradedPenalty: 0.5,
  /** Share of the gap to a better multiplier that is recovered per minute. */
  recoveryPerMin: 0.02,
  /** Recovery per minute never exceeds this; with the share above it cannot bind, and stays as the source has it. */
  recoveryCapPerMin: 0.05,
  updatesDown: 2,
  updatesUp: 5,
})

/** Levels from the best down, with the least risk multiplier of each. Source: system bible §19.3. */
export const POSTURE_LEVELS: readonly (readonly [Posture, number])[] = [
  ['APEX', 0.9],
  ['STALKER', 0.75],
  ['TURTLE', 0.5],
  ['HIBERNATE', Number.NEGATIVE_INFINITY],
]

const RANK: Record<Posture, number> = { HIBERNATE: 0, TURTLE: 1, STALKER: 2, APEX: 3 }

/** What the sensors say at one update. */
export interface SurvivalInput {
  /** Members of the grid that answer. */
  readonly hzNodes: number
  /** Seconds since the last heartbeat. */
  readonly heartbeatAgeS: number
  readonly mcStatus: ForewarnerStatus
  /** Age of the structural data (forewarner report). */
  readonly stalenessHours: number
  readonly bookStale: boolean
  /** 0 to 1. */
  readonly depthQuality: number
  /** 0 to 1. */
  readonly fillProbability: number
  /** Minutes since the last spike of implied volatility, 0 at the spike; null while there was none. */
  readonly minutesSinceSpike: number | null
  /** Drawdown from the capital's peak, 0 … 1. */
  readonly drawdown: number
  /** Minutes since the previous update. */
  readonly minutes: number
}

/** The five sensor categories, each 0 … 1. */
export interface SurvivalCategories {
  /** Cat1, 0 or 1. */
  readonly invariant: number
  /** Cat2. */
  readonly structural: number
  /** Cat3. */
  readonly microstructure: number
  /** Cat4. */
  readonly environment: number
  /** Cat5. */
  readonly capital: number
}

export interface SurvivalReading {
  readonly categories: SurvivalCategories
  /** The combined multiplier before the recovery bound. */
  readonly target: number
  /** The risk multiplier Rm. */
  readonly riskMultiplier: number
  /** The posture that Rm alone would mean. */
  readonly level: Posture
}

export interface SurvivalState {
  readonly posture: Posture
  /** Consecutive updates whose level was below the posture. */
  readonly below: number
  /** Consecutive updates whose level was above the posture. */
  readonly above: number
  /** The latest update; null before the first. */
  readonly reading: SurvivalReading | null
}

export const SURVIVAL_START: SurvivalState = Object.freeze({ posture: 'APEX', below: 0, above: 0, reading: null })

/**
 * One update of the survival stack: attack is immediate, recovery slow, and the posture follows with hysteresis, except
 * that the kill switch (Cat1) hibernates at once. A target that is not a number counts as 0. Engine semantics, section 11.
 */
export function step(state: SurvivalState, input: SurvivalInput): SurvivalState {
  const categories = assess(input)
  const target = combine(categories)
  const riskMultiplier = recover(state.reading?.riskMultiplier ?? target, target, input.minutes)
  const level = levelOf(riskMultiplier)
  const reading = { categories, target, riskMultiplier, level }
  if (categories.invariant === 0) return { posture: 'HIBERNATE', below: 0, above: 0, reading }

  const distance = RANK[level] - RANK[state.posture]
  const below = distance < 0 ? state.below + 1 : 0
  const above = distance > 0 ? state.above + 1 : 0
  if (below >= SURVIVAL.updatesDown || above >= SURVIVAL.updatesUp)
    return { posture: level, below: 0, above: 0, reading }
  return { posture: state.posture, below, above, reading }
}

/** The five categories of one update. */
export function assess(input: SurvivalInput): SurvivalCategories {
  return {
    invariant: invariant(input.hzNodes, input.heartbeatAgeS),
    structural: structural(input.mcStatus, input.stalenessHours),
    microstructure: microstructure(input.bookStale, input.depthQuality, input.fillProbability),
    environment: environment(input.minutesSinceSpike),
    capital: capital(input.drawdown),
  }
}

/** The combined multiplier, 0 … 1, with the penalty for sensors that fail together. */
export function combine(categories: SurvivalCategories): number {
  const { invariant, structural, microstructure, environment, capital } = categories
  let combined = invariant * capital * Math.min(structural, environment) * microstructure
  const degraded = [structural, microstructure, environment].filter((score) => score < SURVIVAL.degradedBelow).length
  if (degraded >= SURVIVAL.degradedMin) combined *= SURVIVAL.degradedPenalty
  return Number.isNaN(combined) ? 0 : combined
}

/** The posture that a risk multiplier alone would mean. */
export function levelOf(riskMultiplier: number): Posture {
  for (const [posture, least] of POSTURE_LEVELS) if (riskMultiplier >= least) return posture
  return 'HIBERNATE'
}

/** Cat1: written so that a reading that is not a number fails. */
export function invariant(hzNodes: number, heartbeatAgeS: number): number {
  return hzNodes >= 1 && heartbeatAgeS <= SURVIVAL.heartbeatAgeMaxS ? 1 : 0
}

/** Cat2: forewarner verdict, decaying once its data is older than six hours. */
export function structural(mcStatus: ForewarnerStatus, stalenessHours: number): number {
  const overdue = Math.max(0, stalenessHours - SURVIVAL.staleFromHours)
  return SURVIVAL.structural[mcStatus] * Math.exp(-overdue / SURVIVAL.staleDecayHours)
}

/** Cat3: the weaker of depth and fill probability. */
export function microstructure(bookStale: boolean, depthQuality: number, fillProbability: number): number {
  if (bookStale) return SURVIVAL.staleBookScore
  const score = Math.min(depthQuality, fillProbability)
  return Math.min(Math.max(SURVIVAL.scoreFloor + 0.7 * score, SURVIVAL.scoreFloor), 1)
}

/** Cat4: 0.3 at a spike of implied volatility, recovering with a time constant of an hour. */
export function environment(minutesSinceSpike: number | null): number {
  if (minutesSinceSpike === null) return 1
  return SURVIVAL.scoreFloor + 0.7 * (1 - Math.exp(-Math.max(0, minutesSinceSpike) / SURVIVAL.spikeRecoveryMin))
}

/** Cat5: a sigmoid of the drawdown, one half at 12 %. */
export function capital(drawdown: number): number {
  return 1 / (1 + Math.exp(SURVIVAL.drawdownSteepness * (drawdown - SURVIVAL.drawdownMiddle)))
}

function recover(last: number, target: number, minutes: number): number {
  if (target < last) return target
  const elapsed = Math.max(0, minutes)
  const share = Math.min(1, SURVIVAL.recoveryPerMin * elapsed)
  return last + Math.min(share * (target - last), SURVIVAL.recoveryCapPerMin * elapsed)
}
