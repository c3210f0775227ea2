import { independentEvents } from './independent-events.js'
import { rateTest } from './rate-test.js'
import { EVENTS_MIN, type TestedHypothesis } from './validation-result.js'

/** A running funding rate at the end of each minute in which it was told. */
export class RateMinutes {
  private readonly rates = new Map<number, { readonly tsMs: number; readonly rate: number }>()

  /** Takes a rate (a fraction per funding interval) of a time, UTC ms, in any order. */
  add(tsMs: number, rate: number): void {
    const minute = Math.floor(tsMs / MINUTE_MS)
    if (tsMs >= (this.rates.get(minute)?.tsMs ?? Number.NEGATIVE_INFINITY)) this.rates.set(minute, { tsMs, rate })
  }

  minutes(): number[] {
    return [...this.rates.keys()].sort((a, b) => a - b)
  }

  at(minute: number): number | undefined {
    return this.rates.get(minute)?.rate
  }

  /** The last one of the minutes from `first` to `last`. */
  lastWithin(first: number, last: number): number | undefined {
    for (let minute = last; minute >= first; minute--) {
      const rate = this.at(minute)
      if (rate !== undefined) return rate
    }
    return undefined
  }
}

const MINUTE_MS = 60_000

/** Rates by coin of the venue that is said to lead, and of the one that is said to follow. */
export interface TwoVenues {
  readonly leader: ReadonlyMap<string, RateMinutes>
  readonly follower: ReadonlyMap<string, RateMinutes>
}

const APART = 0.0005
const FIRST_MINUTES = 5
const LAST_MINUTES = 30

/**
 * Where the rates of two venues come to differ by 0.0005 and more, the follower's moves towards the leader's. Counted is where it
 * stands 30 minutes later (the last rate from the fifth minute on): "any rate in that time that was nearer" would come true of a
 * random walk most of the time, and 0.5 would not be its base rate.
 */
export function fundingLead(venues?: TwoVenues): TestedHypothesis {
  if (venues === undefined) return withoutFollower()
  const apart = [...venues.leader].flatMap(([coin, leader]) => {
    const follower = venues.follower.get(coin)
    return follower === undefined ? [] : comingsApart(coin, leader, follower)
  })
  const events = independentEvents(apart)
  return rateTest({
    hypothesisName: 'fundingLead',
    totalEvents: events.length,
    supportingEvents: events.filter(({ isFollowed }) => isFollowed).length,
    baseRate: 0.5,
  })
}

function withoutFollower(): TestedHypothesis {
  const details = { baseRate: 0.5, reason: `rates of one venue alone: ${EVENTS_MIN} differences of two are needed` }
  return { hypothesisName: 'fundingLead', proxy: false, totalEvents: 0, details }
}

interface ComingApart {
  readonly coin: string
  readonly startTsMs: number
  /** Until what follows is known: the next one within that time looks at the same rates. */
  readonly endTsMs: number
  readonly isFollowed: boolean
}

/** The minutes in which the rates differ and did not in the last one of which both were known, with what followed where that is known. */
function comingsApart(coin: string, leader: RateMinutes, follower: RateMinutes): ComingApart[] {
  const found: ComingApart[] = []
  let wereApart = false
  for (const minute of leader.minutes()) {
    const [leading, following] = [leader.at(minute)!, follower.at(minute)]
    if (following === undefined) continue
    const difference = leading - following
    const areApart = Math.abs(difference) >= APART
    if (areApart && !wereApart) {
      const later = follower.lastWithin(minute + FIRST_MINUTES, minute + LAST_MINUTES)
      const [startTsMs, endTsMs] = [minute * MINUTE_MS, (minute + LAST_MINUTES) * MINUTE_MS]
      const isFollowed = later !== undefined && (later - following) * difference > 0
      if (later !== undefined) found.push({ coin, startTsMs, endTsMs, isFollowed })
    }
    wereApart = areApart
  }
  return found
}
