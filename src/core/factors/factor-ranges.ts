import type { FactorSourceName } from '../../ports/factor-source.js'
import type { FactorName } from '../breaker/day-factors.js'

/** What each factor can be, both ends included; beyond, it is refused. Source: spec "External factors". */
export const FACTOR_RANGES: Readonly<Record<FactorSourceName, FactorRange>> = Object.freeze({
  /** Rate per settlement, a fraction. */
  funding: { min: -0.05, max: 0.05, isWhole: false },
  /** Volatility points. */
  dvol: { min: 1, max: 500, isWhole: false },
  fng: { min: 0, max: 100, isWhole: true },
  /** Bought by takers to sold by them. */
  taker: { min: 0.05, max: 20, isWhole: false },
})

export interface FactorRange {
  readonly min: number
  readonly max: number
  readonly isWhole: boolean
}

/** What a source's factor is called in documents and files. */
export const FACTOR_OF_SOURCE: Readonly<Record<FactorSourceName, FactorName>> = Object.freeze({
  funding: 'funding_btc',
  dvol: 'dvol_btc',
  fng: 'fng',
  taker: 'taker',
})

/** Why a value cannot be the factor; undefined where it can. */
export function refusedFactor(source: FactorSourceName, value: unknown): 'not_finite' | 'range' | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'not_finite'
  const { min, max, isWhole } = FACTOR_RANGES[source]
  return value >= min && value <= max && (!isWhole || Number.isInteger(value)) ? undefined : 'range'
}

/** What was expected of it, for people. */
export function expectedFactor(source: FactorSourceName): string {
  const { min, max, isWhole } = FACTOR_RANGES[source]
  return `${isWhole ? 'a whole number' : 'a number'} from ${min} to ${max}`
}
