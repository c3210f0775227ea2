import { assert } from '../../base/assert.js'
import { epochDay, MS_PER_DAY } from '../../base/utc-date.js'
import { Xoshiro128 } from '../numeric/xoshiro128.js'
import type { SynthSpec } from './synthesize.js'

/**
 * The cascades of day `dayIndex` of a symbol, which depend on spec, plant, day and symbol alone. Each lies in its own part of the day,
 * with everything that it does to price and open interest, so that days can be made in any order and prices run on over midnight.
 * The second symbol follows the first by 40 to 80 s, the others the second by 70 to 170 s.
 */
export function plantedCascades(spec: SynthSpec, plant: Plant, dayIndex: number, symbol: string): PlantedCascade[] {
  assertPlant(spec, plant)
  const day = epochDay(spec.start) + dayIndex
  const dayMs = day * MS_PER_DAY
  const place = plant.symbols.indexOf(symbol)
  const partMs = Math.floor(MS_PER_DAY / Math.max(1, plant.cascadesPerDay))
  return Array.from({ length: plant.cascadesPerDay }, (_, part) => {
    const common = new Xoshiro128(spec.seed, day, STREAM, part)
    const leaderMs = dayMs + part * partMs + whole10s(common.integer(1_200, 2_400))
    const lagsMs = [0, whole10s(common.integer(40, 80)), whole10s(common.integer(110, 250))]
    const startMs = leaderMs + lagsMs[Math.min(place, 2)]!
    return cascadeAt(startMs, symbol, new Xoshiro128(spec.seed, day, STREAM, part, 1 + place))
  })
}

/** Cascades that are planted into a synthetic market, and what is recorded of it. */
export interface Plant {
  /** Symbols that are recorded and have cascades: assets of the market. */
  readonly symbols: readonly string[]
  /** Of each symbol. */
  readonly cascadesPerDay: number
  /** Of each symbol, besides those that belong to cascades. */
  readonly tradesPerSecond: number
}

export const PLANT_DEFAULTS = Object.freeze({ symbols: 3, cascadesPerDay: 3, tradesPerSecond: 0.5 })

/** A cascade and what follows it take up to two hours of the day. */
export const PLANT_LIMITS = Object.freeze({ cascadesPerDay: [0, 12], tradesPerSecond: [0, 20] } as const)

/** What was planted, in the terms in which cascades are found. Times are UTC ms. */
export interface PlantedCascade {
  readonly symbol: string
  /** The last snapshot of the open interest before it falls. */
  readonly startMs: number
  /** The last liquidation. */
  readonly endMs: number
  readonly waves: readonly PlantedWave[]
  readonly liquidationCount: number
  /** By how much the open interest falls until the end. */
  readonly openInterestDropFrac: number
  /** What the price does within five minutes of the end. */
  readonly outcome: 'REVERSAL' | 'CONTINUATION'
  /** The last wave's prices lie close together, are left, come back to, and left again: only where the price reverses. */
  readonly hasRetestedZone: boolean
  /** The price as a share of that at the start, at times: straight lines between them, 1 outside. The last leads back. */
  readonly priceFactors: Curve
  readonly openInterestFactors: Curve
}

export interface PlantedWave {
  readonly startMs: number
  readonly endMs: number
  readonly liquidations: readonly PlantedLiquidation[]
}

export interface PlantedLiquidation {
  readonly tsMs: number
  readonly valueUsd: number
  /** Of the price at the wave's start. */
  readonly priceFrac: number
}

export type Curve = readonly (readonly [ms: number, factor: number])[]

/** What the cascades leave of the open interest at a time, UTC ms. */
export function openInterestFactorAt(cascades: readonly PlantedCascade[], ms: number): number {
  return cascades.reduce((factor, { openInterestFactors }) => factor * curveAt(openInterestFactors, ms), 1)
}

/** 1 before the curve and after it. */
export function curveAt(curve: Curve, ms: number): number {
  if (ms <= curve[0]![0] || ms >= curve.at(-1)![0]) return 1
  const next = curve.findIndex(([at]) => at >= ms)
  const [[fromMs, from], [toMs, to]] = [curve[next - 1]!, curve[next]!]
  return from + ((to - from) * (ms - fromMs)) / (toMs - fromMs)
}

/** After the end of a cascade: when the price is in the zone of its last wave again. */
export const RETEST_MS = { from: 95_000, to: 110_000 } as const

const STREAM = 20

/** Open interest after each ten seconds: it is a tenth below the first only after a whole minute, so a cascade has one start. */
const FIRST_MINUTE = [1, 0.98, 0.96, 0.94, 0.92, 0.905, 0.88]
/** What a wave takes of the price while it lasts, and what is lost until the next one. */
const WAVE_FALL = 0.003
const STEP_FALL = 0.006
/** Prices of a wave's liquidations: far enough apart to be remembered one by one, near enough to be one zone. */
const LIQUIDATION_STEP = 0.0008
/** More than any trigger of a burst: most of it comes within ten seconds. */
const WAVE_USD = [160_000, 240_000] as const
/** So that of all zones the one of the last wave has most volume. */
const LAST_WAVE_FACTOR = 3

function cascadeAt(startMs: number, symbol: string, draw: Xoshiro128): PlantedCascade {
  const waves = wavesFrom(startMs, draw)
  const endMs = waves.at(-1)!.endMs
  const openInterestDropFrac = draw.integer(150, 220) / 1_000
  const outcome = draw.double() < 0.6 ? 'REVERSAL' : 'CONTINUATION'
  return {
    symbol,
    startMs,
    endMs,
    waves,
    liquidationCount: waves.reduce((sum, { liquidations }) => sum + liquidations.length, 0),
    openInterestDropFrac,
    outcome,
    hasRetestedZone: outcome === 'REVERSAL',
    priceFactors: priceFactors({ startMs, endMs }, waves, outcome),
    openInterestFactors: [
      ...FIRST_MINUTE.map((factor, i) => [startMs + 10_000 * i, factor] as const),
      [endMs, 1 - openInterestDropFrac],
      [endMs + 3_600_000, 1],
    ],
  }
}

function wavesFrom(startMs: number, draw: Xoshiro128): PlantedWave[] {
  const count = draw.integer(3, 5)
  const waves: PlantedWave[] = []
  let waveMs = startMs + 2_000
  for (let wave = 0; wave < count; wave++) {
    const size = draw.integer(3, 5)
    const waveUsd = draw.between(...WAVE_USD) * (wave === count - 1 ? LAST_WAVE_FACTOR : 1)
    let tsMs = waveMs
    const liquidations = Array.from({ length: size }, (_, i) => {
      if (i > 0) tsMs += draw.integer(1_200, 2_400)
      return { tsMs, valueUsd: Math.round(waveUsd / size), priceFrac: 1 - LIQUIDATION_STEP * i }
    })
    waves.push({ startMs: waveMs, endMs: tsMs, liquidations })
    waveMs = tsMs + draw.integer(35_000, 48_000)
  }
  return waves
}

function priceFactors(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  waves: readonly PlantedWave[],
  outcome: PlantedCascade['outcome'],
): Curve {
  const falling = waves.flatMap((wave, i) => {
    const before = 1 - i * (WAVE_FALL + STEP_FALL)
    return [[wave.startMs, before] as const, [wave.endMs, before - WAVE_FALL] as const]
  })
  const low = falling.at(-1)![1]
  const back = low + 0.75 * (1 - low)
  const after: Curve =
    outcome === 'CONTINUATION'
      ? [[endMs + 240_000, low - 0.02] as const, [endMs + 330_000, low - 0.02] as const]
      : [
          // Away from the zone of the last wave, back into it, and away from it again.
          ...[[endMs + 60_000, low + 0.009] as const, [endMs + RETEST_MS.from, low + WAVE_FALL / 2] as const],
          ...[[endMs + RETEST_MS.to, low + WAVE_FALL / 2] as const, [endMs + 140_000, low + 0.01] as const],
          ...[[endMs + 240_000, back] as const, [endMs + 330_000, back] as const],
        ]
  return [[startMs, 1], ...falling, ...after, [endMs + 2_130_000, 1]]
}

function whole10s(sec: number): number {
  return Math.round(sec / 10) * 10_000
}

function assertPlant(spec: SynthSpec, plant: Plant): void {
  assert(spec.missingRate === 0, 'a market that is recorded lacks no prices')
  for (const key of Object.keys(PLANT_LIMITS) as (keyof typeof PLANT_LIMITS)[]) {
    const [low, high] = PLANT_LIMITS[key]
    assert(plant[key] >= low && plant[key] <= high, `planted cascades: ${low} <= ${key} <= ${high}`)
  }
}
