import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'

/** A forced order; its value is absent where it is not known. */
export interface TimedLiquidation {
  /** UTC ms. */
  readonly tsMs: number
  /** Quote currency. */
  readonly valueUsd?: number | undefined
}

export interface LiquidationWave {
  /** 1, 2, 3 … of those that were large enough. */
  readonly waveNum: number
  readonly startTsMs: number
  readonly endTsMs: number
  readonly liquidationCount: number
  /** Of those whose value is known; absent where none is. */
  readonly totalValueUsd?: number
}

export interface LiquidationWaves {
  /** How many. */
  readonly totalWaves: number
  readonly waves: readonly LiquidationWave[]
  /** From the first start to the last end. */
  readonly totalDurationMs: number
  /** From an end to the next start, whole ms rounded down; absent with fewer than two waves. */
  readonly avgInterWaveGapMs?: number
  /** Of the waves with most liquidations the first; 0 without a wave. */
  readonly largestWaveNum: number
}

export interface WaveSettings {
  /** A longer pause between two liquidations starts a wave, ms. */
  readonly gapMs?: number
  /** Waves of fewer liquidations are left out. */
  readonly minWaveSize?: number
}

/** A longer pause ends a wave. Source: spec, "Wave detector". */
const WAVE_GAP_MS = 30_000

/** No liquidation for longer than this after the last wave: it is over. */
const EXHAUSTED_MS = 60_000

/**
 * The waves in which liquidations came. Source: spec, "Analysis: wave detector".
 *
 * @param liquidations in the order of their times.
 */
export function detectWaves(
  liquidations: readonly TimedLiquidation[],
  { gapMs = WAVE_GAP_MS, minWaveSize = 1 }: WaveSettings = {},
): LiquidationWaves {
  const waves: LiquidationWave[] = []
  for (let from = 0; from < liquidations.length; ) {
    let to = from + 1
    while (to < liquidations.length && pauseBefore(liquidations, to) <= gapMs) to++
    if (to - from >= minWaveSize) waves.push(waveOf(liquidations.slice(from, to), waves.length + 1))
    from = to
  }
  const [first, last] = [waves[0], waves.at(-1)]
  return {
    totalWaves: waves.length,
    waves,
    totalDurationMs: first === undefined ? 0 : last!.endTsMs - first.startTsMs,
    ...present({ avgInterWaveGapMs: averageGapMs(waves) }),
    largestWaveNum: largestOf(waves),
  }
}

/** Whether the last wave has been over for more than a minute, at this time, UTC ms. What has not begun is not exhausted. */
export function isExhausted({ waves }: Pick<LiquidationWaves, 'waves'>, tMs: number): boolean {
  const last = waves.at(-1)
  return last !== undefined && tMs - last.endTsMs > EXHAUSTED_MS
}

function pauseBefore(liquidations: readonly TimedLiquidation[], place: number): number {
  const pauseMs = liquidations[place]!.tsMs - liquidations[place - 1]!.tsMs
  assert(pauseMs >= 0, 'liquidations in which waves are looked for are in the order of their times')
  return pauseMs
}

function waveOf(liquidations: readonly TimedLiquidation[], waveNum: number): LiquidationWave {
  const values = liquidations.map(({ valueUsd }) => valueUsd).filter((valueUsd) => valueUsd !== undefined)
  const totalValueUsd = values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0)
  return {
    waveNum,
    startTsMs: liquidations[0]!.tsMs,
    endTsMs: liquidations.at(-1)!.tsMs,
    liquidationCount: liquidations.length,
    ...present({ totalValueUsd }),
  }
}

function averageGapMs(waves: readonly LiquidationWave[]): number | undefined {
  if (waves.length < 2) return undefined
  let sumMs = 0
  for (let i = 1; i < waves.length; i++) sumMs += waves[i]!.startTsMs - waves[i - 1]!.endTsMs
  return Math.floor(sumMs / (waves.length - 1))
}

function largestOf(waves: readonly LiquidationWave[]): number {
  let largest: LiquidationWave | undefined
  for (const wave of waves)
    if (largest === undefined || wave.liquidationCount > largest.liquidationCount) largest = wave
  return largest?.waveNum ?? 0
}
