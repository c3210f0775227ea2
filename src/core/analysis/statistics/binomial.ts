import { assert } from '../../../base/assert.js'
import { logBinomial } from './log-binomial.js'

/**
 * The chance of at least `successes` in `trials` that each succeed with `chance`: the p-value of the exact one-sided binomial test.
 * In [0, 1]; a tail below the least float64 is 0.
 */
export function atLeast({ successes, trials, chance }: BinomialTail): number {
  assert(Number.isSafeInteger(successes) && successes >= 0 && successes <= trials, 'successes are some of the trials')
  assert(Number.isSafeInteger(trials), 'trials are counted')
  assert(chance >= 0 && chance <= 1, 'a chance is a number between 0 and 1')
  if (successes === 0) return 1
  if (chance === 0 || chance === 1) return chance
  // The smaller tail is summed: one less it has all its digits where it matters, the larger one none to lose.
  if (successes > trials * chance) return Math.min(1, upperTail({ from: successes, trials, chance }))
  return Math.max(0, 1 - upperTail({ from: trials - successes + 1, trials, chance: 1 - chance }))
}

export interface BinomialTail {
  readonly successes: number
  readonly trials: number
  readonly chance: number
}

/** From a number above the mean on every term is smaller than the one before by a factor that shrinks. */
function upperTail({ from, trials, chance }: { from: number; trials: number; chance: number }): number {
  const odds = chance / (1 - chance)
  let [sum, term] = [1, 1]
  for (let k = from; k < trials; k++) {
    term *= ((trials - k) / (k + 1)) * odds
    if (sum + term === sum) break
    sum += term
  }
  return Math.exp(logBinomial({ k: from, n: trials, p: chance })) * sum
}
