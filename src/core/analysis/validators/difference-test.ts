import { present } from '../../../base/present.js'
import { fisherExact, type GroupCount, type TwoGroups } from '../statistics/fisher.js'
import { EVENTS_MIN, type TestedHypothesis, type ValidationDetails } from './validation-result.js'

export interface DifferenceTest extends TwoGroups {
  readonly hypothesisName: string
  readonly proxy?: boolean
  /** The least difference of the rates, first less second, that the hypothesis speaks of. */
  readonly differenceMin: number
  readonly calibratedThreshold?: number | undefined
  readonly details?: ValidationDetails
}

/** Neither group may have fewer: a rate of four events is none. */
export const GROUP_MIN = 5

/** Holds the shares of two groups against each other: Fisher's exact test, two-sided. */
export function differenceTest(test: DifferenceTest): TestedHypothesis {
  const { hypothesisName, proxy = false, first, second, differenceMin, calibratedThreshold } = test
  const [size, otherSize] = [sizeOf(first), sizeOf(second)]
  const details = { ...test.details, differenceMin, firstGroup: size, secondGroup: otherSize }
  const common = { hypothesisName, proxy, totalEvents: size + otherSize, ...present({ calibratedThreshold }) }
  const reason = tooFew(size, otherSize)
  if (reason !== undefined) return { ...common, details: { ...details, reason } }
  const successRate = first.supporting / size
  const secondRate = second.supporting / otherSize
  const rateDifference = successRate - secondRate
  return {
    ...common,
    details: { ...details, secondRate },
    counts: {
      supportingEvents: first.supporting,
      successRate,
      rateDifference,
      isLargeEnough: rateDifference >= differenceMin - ROUNDING,
      pValue: fisherExact({ first, second }),
    },
  }
}

/** Of two quotients and their difference: 12 of 20 less 10 of 20 is a tenth. */
const ROUNDING = 1e-12

function tooFew(size: number, otherSize: number): string | undefined {
  if (size + otherSize < EVENTS_MIN) return `fewer than ${EVENTS_MIN} events`
  return Math.min(size, otherSize) < GROUP_MIN ? `fewer than ${GROUP_MIN} events in a group` : undefined
}

function sizeOf({ supporting, others }: GroupCount): number {
  return supporting + others
}
