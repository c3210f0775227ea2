import type { Clock, Timer } from '../../ports/clock.js'
import { paceOf } from './pace.js'
import { scaledClock } from './scaled-clock.js'
import { VirtualTime } from './virtual-time.js'

/**
 * The time of a recorded market that is played: virtual time, or with `speed` a clock that runs so many times faster than the
 * real one, from now on. Venue and links go by the timer of it.
 */
export function playingTime({ startedAtMs, speed, clock }: PlayingTimeSettings): PlayingTime {
  const time =
    speed === undefined
      ? new VirtualTime(startedAtMs)
      : scaledClock({ speed, epochMs: startedAtMs, realEpochMs: clock.epochMs() }, clock)
  return { time, timer: paceOf(time).timer }
}

export interface PlayingTimeSettings {
  /** UTC ms that it shows at first: a session plan's. */
  readonly startedAtMs: number
  /** Times faster than real time, above zero; absent: as fast as it goes. */
  readonly speed?: number | undefined
  /** The real clock; not asked for virtual time. */
  readonly clock: Clock
}

/** A session's time, and the same as a timer. */
export interface PlayingTime {
  readonly time: VirtualTime | Clock
  readonly timer: Timer
}
