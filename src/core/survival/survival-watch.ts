import type { Posture } from '../../ports/vocabulary/market.js'
import type { DocumentOf } from '../grid/document.js'
import { isoMs } from '../grid/iso-time.js'
import type { SAFETY } from '../grid/watch-documents.js'
import {
  assess,
  combine,
  levelOf,
  POSTURE_LEVELS,
  type SurvivalCategories,
  type SurvivalInput,
  type SurvivalState,
  step,
} from './survival.js'

/** Constants of the start. Source: spec "Survival sensors", "Start". */
export const SURVIVAL_RESUME = Object.freeze({
  /** What was published longer ago than this is not gone on from, ms. */
  ageMaxMs: 600_000,
  /** Stale books are waited for so long before the first update is made with them, ms. */
  coldMsMax: 600_000,
  /** A time further ahead than this is of a wrong clock, ms. */
  aheadMaxMs: 60_000,
})

/** The stack over a run of the service: waiting for its first update, or after it. */
export type SurvivalWatch =
  /** Nothing is known yet: TURTLE, and no update is made. `sinceMs`: on a clock that never goes back. */
  { readonly kind: 'cold'; readonly sinceMs: number } | { readonly kind: 'warm'; readonly state: SurvivalState }

export type SafetyDocument = DocumentOf<typeof SAFETY>

/** What a published posture lets the next run go on from; undefined when it is too old, a person's, or of a cold run. */
export function resumed(document: SafetyDocument, nowMs: number): SurvivalWatch | undefined {
  const { posture, Rm: riskMultiplier, sensors, fixed = false, cold = false, updated_at } = document
  const atMs = updated_at === undefined ? undefined : isoMs(updated_at)
  if (fixed || cold || atMs === undefined) return undefined
  if (nowMs - atMs > SURVIVAL_RESUME.ageMaxMs || atMs - nowMs > SURVIVAL_RESUME.aheadMaxMs) return undefined
  const categories: SurvivalCategories = {
    invariant: sensors.cat1,
    structural: sensors.cat2,
    microstructure: sensors.cat3,
    environment: sensors.cat4,
    capital: sensors.cat5,
  }
  const { below = 0, above = 0, target = riskMultiplier, level = levelOf(riskMultiplier) } = document
  return { kind: 'warm', state: { posture, below, above, reading: { categories, target, riskMultiplier, level } } }
}

/**
 * One look at the sensors. Looks that a change brought about count when they are bad news: attack is immediate, recovery is by
 * the regular looks, so that a burst of changes cannot use up the hysteresis that leads upwards.
 *
 * @param at `nowMs`: on the clock of `sinceMs`.
 */
export function look(
  watch: SurvivalWatch,
  input: SurvivalInput,
  at: { readonly nowMs: number; readonly isRegular: boolean },
): SurvivalWatch {
  if (watch.kind === 'cold') {
    if (input.bookStale && at.nowMs - watch.sinceMs < SURVIVAL_RESUME.coldMsMax) return watch
    return { kind: 'warm', state: step(COLD_STATE, input) }
  }
  const next = step(watch.state, input)
  const before = watch.state.reading?.riskMultiplier ?? 1
  const isBad = next.reading!.riskMultiplier < before || next.reading!.categories.invariant === 0
  return at.isRegular || isBad ? { kind: 'warm', state: next } : watch
}

/** The posture before the first update, and what that one counts from. */
const COLD_STATE: SurvivalState = Object.freeze({ posture: 'TURTLE', below: 0, above: 0, reading: null })

export function postureOf(watch: SurvivalWatch): Posture {
  return watch.kind === 'cold' ? COLD_STATE.posture : watch.state.posture
}

/** What is published of it. `spikeAtMs`: of implied volatility, UTC ms. */
export function safetyDocument(
  watch: SurvivalWatch,
  input: SurvivalInput,
  at: { readonly nowMs: number; readonly spikeAtMs: number | null },
): SafetyDocument {
  const spike = at.spikeAtMs === null ? {} : { dvol_spike_at: new Date(at.spikeAtMs).toISOString() }
  const updated_at = new Date(at.nowMs).toISOString()
  const posture = postureOf(watch)
  if (watch.kind === 'cold') {
    const categories = assess(input)
    const target = combine(categories)
    const sensors = sensorsOf(categories)
    const reason = 'no order book has a current bar yet'
    return { posture, Rm: leastOf(posture), sensors, target, cold: true, reason, updated_at, ...spike }
  }
  const { below, above, reading } = watch.state
  const { categories, target, riskMultiplier, level } = reading!
  const reason = lowest(categories)
  return {
    posture,
    Rm: riskMultiplier,
    sensors: sensorsOf(categories),
    target,
    level,
    below,
    above,
    reason,
    updated_at,
    ...spike,
  }
}

/** What is published of a posture that a person said; sensors are not looked at, and count as good. */
export function fixedSafetyDocument(posture: Posture, nowMs: number): SafetyDocument {
  return {
    posture,
    Rm: posture === 'APEX' ? 1 : leastOf(posture),
    sensors: { cat1: 1, cat2: 1, cat3: 1, cat4: 1, cat5: 1 },
    fixed: true,
    reason: 'a person fixed the posture; sensors are not looked at',
    updated_at: new Date(nowMs).toISOString(),
  }
}

function leastOf(posture: Posture): number {
  const [, least] = POSTURE_LEVELS.find(([level]) => level === posture)!
  return Math.max(0, least)
}

function sensorsOf({ invariant, structural, microstructure, environment, capital }: SurvivalCategories) {
  return { cat1: invariant, cat2: structural, cat3: microstructure, cat4: environment, cat5: capital }
}

/** The categories that hold the multiplier down, in words. */
function lowest(categories: SurvivalCategories): string {
  const low = (Object.keys(WORDS) as (keyof SurvivalCategories)[]).filter((name) => !(categories[name] >= 0.9))
  return low.length === 0 ? 'all sensors are good' : low.map((name) => WORDS[name]).join('; ')
}

const WORDS: Readonly<Record<keyof SurvivalCategories, string>> = {
  invariant: 'Cat1: the grid does not answer',
  structural: 'Cat2: the forewarner warns, is old, or has not reported',
  microstructure: 'Cat3: order books are thin or stale',
  environment: 'Cat4: implied volatility has jumped',
  capital: 'Cat5: drawdown',
}
