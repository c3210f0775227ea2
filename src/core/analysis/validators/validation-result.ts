/**
 * What the counts of past events say about a hypothesis. `VALIDATED` is a count on past data and no claim about the future;
 * `INSUFFICIENT_DATA` says nothing about the hypothesis. Source: module contracts, layer 2; spec, "Validators".
 */
export interface ValidationResult {
  readonly hypothesisName: string
  /** What is counted stands in for what the hypothesis is about, which cannot be observed: such a result may decide nothing. */
  readonly proxy: boolean
  readonly totalEvents: number
  readonly supportingEvents: number
  /** `supportingEvents` of the events; of a test of two groups, of those of the first. 0 … 1. */
  readonly successRate: number
  /** Of a test of two groups: the first's rate less the second's. */
  readonly rateDifference?: number
  /** Chosen on the events before those that are counted here. */
  readonly calibratedThreshold?: number
  readonly status: ValidationStatus
  readonly pValue?: number
  /** Holm's, over all hypotheses of the run that have a p-value. */
  readonly adjustedPValue?: number
  /** What the counts are of: base rate, limits, sizes of groups, the reason why there is no p-value. */
  readonly details: ValidationDetails
}

export type ValidationStatus = 'VALIDATED' | 'FAILED' | 'INSUFFICIENT_DATA'

export type ValidationDetails = Readonly<Record<string, number | string>>

/** A hypothesis with its counts and its own p-value; what becomes of it depends on the others that were tested with it. */
export interface TestedHypothesis {
  readonly hypothesisName: string
  readonly proxy: boolean
  readonly totalEvents: number
  readonly details: ValidationDetails
  readonly calibratedThreshold?: number
  /** Absent: there are too few events, or none can be told. */
  readonly counts?: {
    readonly supportingEvents: number
    readonly successRate: number
    readonly rateDifference?: number
    /** Whether the rate or the difference is as large as the hypothesis says. */
    readonly isLargeEnough: boolean
    readonly pValue: number
  }
}

/** Fewer of them say nothing. */
export const EVENTS_MIN = 30

const SIGNIFICANCE = 0.05

/** The result of a hypothesis whose p-value, among those that were tested with it, is `adjustedPValue`. */
export function judged(tested: TestedHypothesis, adjustedPValue: number | undefined): ValidationResult {
  const { counts, ...common } = tested
  if (counts === undefined || adjustedPValue === undefined)
    return { ...common, supportingEvents: 0, successRate: 0, status: 'INSUFFICIENT_DATA' }
  const { isLargeEnough, ...figures } = counts
  const isValidated = isLargeEnough && adjustedPValue < SIGNIFICANCE
  return { ...common, ...figures, adjustedPValue, status: isValidated ? 'VALIDATED' : 'FAILED' }
}
