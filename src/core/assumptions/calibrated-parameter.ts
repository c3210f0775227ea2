import { present } from '../../base/present.js'
import type { ModelHealthStatus } from '../../ports/vocabulary/assumptions.js'

/** A number that the system was calibrated with, and how what is observed of it should look. */
export interface ParameterCalibration {
  readonly name: string
  /** In `unit`, as are the means and deviations below. */
  readonly value: number
  readonly unit: string
  /** UTC ms. */
  readonly calibratedAtMs: number
  /** Count of what it was made of. */
  readonly samples: number
  readonly source: string
  /** In `unit`; absent: nothing is compared. */
  readonly expectedMean?: number
  /** In `unit`. Absent: only how far the mean has moved counts. */
  readonly expectedStd?: number
  /** UTC ms. */
  readonly validUntilMs?: number
}

/** A calibration and what has been observed since. Absent figures: there are too few observations, or nothing to compare with. */
export interface ParameterReading extends ParameterCalibration {
  /** Count, at most 1,000. */
  readonly observations: number
  /** In `unit`. */
  readonly observedMean?: number
  /** In `unit`; of the population. */
  readonly observedStd?: number
  /** |observed − expected| as a fraction of the expected mean; absolute where that is 0. */
  readonly driftPct?: number
  /** In standard errors of the expected deviation. */
  readonly zMean?: number
  /** |observed − expected deviation| as a fraction of the expected. */
  readonly stdDriftPct?: number
  /** Expected deviations, summed above and below the expected mean. */
  readonly cusumPos: number
  /** Expected deviations. */
  readonly cusumNeg: number
  readonly healthStatus: ModelHealthStatus
}

/** What has been observed. Plain JSON, never changed in place. */
export interface ParameterStand {
  /** The last thousand in the calibration's unit, the oldest first. */
  readonly observed: readonly number[]
  /** Expected deviations, summed above and below the expected mean. */
  readonly cusumPos: number
  /** Expected deviations. */
  readonly cusumNeg: number
  readonly isBroken: boolean
}

export const NOTHING_OBSERVED: ParameterStand = { observed: [], cusumPos: 0, cusumNeg: 0, isBroken: false }

/**
 * A parameter that is watched. It says how far reality has moved from its calibration and adapts nothing; one that is BROKEN stays
 * so until somebody calibrates it anew. Source: observation semantics, section 9.
 */
export class CalibratedParameter {
  constructor(
    private calibration: ParameterCalibration,
    private stand: ParameterStand = NOTHING_OBSERVED,
  ) {}

  observe(value: number): void {
    this.stand = afterObservation(this.calibration, this.stand, value)
  }

  /** False when the last calibration is younger than a day: then nothing has changed. */
  recalibrate(calibration: ParameterCalibration): boolean {
    if (calibration.calibratedAtMs - this.calibration.calibratedAtMs < RECALIBRATE_AFTER_MS) return false
    this.calibration = calibration
    this.stand = NOTHING_OBSERVED
    return true
  }

  get reading(): ParameterReading {
    return parameterReading(this.calibration, this.stand)
  }

  snapshot(): ParameterStand {
    return this.stand
  }
}

const RECALIBRATE_AFTER_MS = 86_400_000
const OBSERVATIONS_KEPT = 1_000
const FEWEST = 30

/** Half of the shift, in deviations, that the sums are most sensitive to, and where they say that there is one. */
const CUSUM_SLACK = 0.5
const CUSUM_LIMIT = 8

const BROKEN = { drift: 0.3, z: 4 }
const DRIFTING = { drift: 0.15, z: 3, deviation: 0.3 }

export function afterObservation(
  calibration: ParameterCalibration,
  before: ParameterStand,
  value: number,
): ParameterStand {
  const { expectedMean, expectedStd } = calibration
  const observed = [...before.observed, value].slice(-OBSERVATIONS_KEPT)
  let { cusumPos, cusumNeg } = before
  if (expectedMean !== undefined && expectedStd !== undefined && expectedStd > 0) {
    const deviations = (value - expectedMean) / expectedStd
    cusumPos = Math.max(0, cusumPos + deviations - CUSUM_SLACK)
    cusumNeg = Math.max(0, cusumNeg - deviations - CUSUM_SLACK)
  }
  const stand = { observed, cusumPos, cusumNeg, isBroken: before.isBroken }
  return { ...stand, isBroken: parameterReading(calibration, stand).healthStatus === 'BROKEN' }
}

export function parameterReading(calibration: ParameterCalibration, stand: ParameterStand): ParameterReading {
  const { observed, cusumPos, cusumNeg, isBroken } = stand
  const n = observed.length
  const known = { ...calibration, observations: n, cusumPos, cusumNeg }
  if (n < FEWEST) return { ...known, healthStatus: isBroken ? 'BROKEN' : 'UNKNOWN' }
  const { mean, std } = momentsOf(observed)
  const figures = { ...comparison(calibration, mean, std, n), cusum: Math.max(cusumPos, cusumNeg) }
  const { driftPct, zMean, stdDriftPct } = figures
  const healthStatus = isBroken ? 'BROKEN' : healthOf(figures)
  return { ...known, observedMean: mean, observedStd: std, ...present({ driftPct, zMean, stdDriftPct }), healthStatus }
}

interface Comparison {
  readonly driftPct: number | undefined
  readonly zMean: number | undefined
  readonly stdDriftPct: number | undefined
  /** Of the deviation, in its standard errors. */
  readonly zStd: number | undefined
}

function comparison(
  { expectedMean, expectedStd }: ParameterCalibration,
  mean: number,
  std: number,
  n: number,
): Comparison {
  const moved = expectedMean === undefined ? undefined : Math.abs(mean - expectedMean)
  const driftPct = moved === undefined ? undefined : expectedMean === 0 ? moved : moved / Math.abs(expectedMean!)
  if (expectedStd === undefined || expectedStd <= 0)
    return { driftPct, zMean: undefined, stdDriftPct: undefined, zStd: undefined }
  const stdDriftPct = Math.abs(std - expectedStd) / expectedStd
  const zMean = moved === undefined ? undefined : (moved * Math.sqrt(n)) / expectedStd
  return { driftPct, zMean, stdDriftPct, zStd: stdDriftPct * Math.sqrt(2 * n) }
}

function healthOf({ driftPct, zMean, stdDriftPct, zStd, cusum }: Comparison & { cusum: number }): ModelHealthStatus {
  if (driftPct === undefined) return 'UNKNOWN'
  const isMoved = (limit: { drift: number; z: number }) =>
    driftPct > limit.drift && (zMean === undefined || zMean >= limit.z)
  if (isMoved(BROKEN)) return 'BROKEN'
  if (isMoved(DRIFTING)) return 'DRIFTING'
  if (stdDriftPct !== undefined && stdDriftPct > DRIFTING.deviation && zStd! >= DRIFTING.z) return 'DRIFTING'
  return cusum >= CUSUM_LIMIT ? 'DRIFTING' : 'HEALTHY'
}

/** Population deviation. */
function momentsOf(values: readonly number[]): { readonly mean: number; readonly std: number } {
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return { mean, std: Math.sqrt(squares / values.length) }
}
