import { assert } from '../../../base/assert.js'
import { atLeast } from '../statistics/binomial.js'
import { EVENTS_MIN, type TestedHypothesis, type ValidationDetails } from './validation-result.js'

export interface RateTest {
  readonly hypothesisName: string
  readonly proxy?: boolean
  readonly totalEvents: number
  readonly supportingEvents: number
  /** The share of supporting events where nothing but chance is at work. */
  readonly baseRate: number
  /** The least share that the hypothesis speaks of. */
  readonly rateMin?: number
  readonly details?: ValidationDetails
}

export const RATE_MIN = 0.6

/** Holds a share of supporting events against its base rate: the exact binomial test, one-sided. */
export function rateTest({
  hypothesisName,
  proxy = false,
  totalEvents,
  supportingEvents,
  baseRate,
  rateMin = RATE_MIN,
  details = {},
}: RateTest): TestedHypothesis {
  assert(supportingEvents <= totalEvents, 'supporting events are some of the events')
  const common = { hypothesisName, proxy, totalEvents, details: { ...details, baseRate, rateMin } }
  if (totalEvents < EVENTS_MIN)
    return { ...common, details: { reason: `fewer than ${EVENTS_MIN} events`, ...common.details } }
  const successRate = supportingEvents / totalEvents
  const pValue = atLeast({ successes: supportingEvents, trials: totalEvents, chance: baseRate })
  return { ...common, counts: { supportingEvents, successRate, isLargeEnough: successRate >= rateMin, pValue } }
}
