import { atLeast } from '../../src/core/analysis/statistics/binomial.js'
import { fisherExact } from '../../src/core/analysis/statistics/fisher.js'
import { holmAdjusted } from '../../src/core/analysis/statistics/holm.js'
import { isNearSettlement } from '../../src/core/analysis/validators/cascade-hypotheses.js'
import { differenceTest } from '../../src/core/analysis/validators/difference-test.js'
import { rateTest } from '../../src/core/analysis/validators/rate-test.js'
import { judged, type TestedHypothesis } from '../../src/core/analysis/validators/validation-result.js'

/** `rate_test` of the observation vectors; its option `adj` is the p-value after correction. */
export function rateTestCase(args: unknown, options?: { readonly adj?: number }): unknown {
  const [hypothesisName, totalEvents, supportingEvents, baseRate] = args as [string, number, number, number]
  return inCase(rateTest({ hypothesisName, totalEvents, supportingEvents, baseRate }), options?.adj)
}

/** `diff_test` of the observation vectors. */
export function differenceTestCase(args: unknown): unknown {
  const [hypothesisName, a, b, c, d, differenceMin] = args as [string, number, number, number, number, number]
  const groups = { first: { supporting: a, others: b }, second: { supporting: c, others: d } }
  return inCase(differenceTest({ hypothesisName, ...groups, differenceMin }), undefined)
}

/** `binom_p` of the observation vectors. */
export function binomialCase(args: unknown): unknown {
  const [successes, trials, chance] = args as [number, number, number]
  return atLeast({ successes, trials, chance })
}

/** `fisher_p` of the observation vectors. */
export function fisherCase(args: unknown): unknown {
  const [a, b, c, d] = args as [number, number, number, number]
  return fisherExact({ first: { supporting: a, others: b }, second: { supporting: c, others: d } })
}

/** `holm` of the observation vectors. */
export function holmCase(args: unknown): unknown {
  return holmAdjusted((args as [number[]])[0])
}

/** `settlement_near` of the observation vectors. */
export function settlementCase(args: unknown): unknown {
  return isNearSettlement((args as [number])[0])
}

/** A case has no family: its own p-value stands for the adjusted one where none is given. */
function inCase(tested: TestedHypothesis, adjustedPValue: number | undefined): unknown {
  const { proxy, details, adjustedPValue: _, ...result } = judged(tested, adjustedPValue ?? tested.counts?.pValue)
  return result
}
