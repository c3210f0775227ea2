import type { Timer } from '../../ports/clock.js'
import { PacedTime, type PacedTimeSettings } from './paced-time.js'
import { VirtualTime } from './virtual-time.js'

/**
 * The time of a recorded market that is played: virtual time, or with `speed` time that passes so many times faster than the
 * real clock, as far as the process keeps up ({@link PacedTime}). Venue and links go by the timer of it, in this process.
 */
export function playingTime({ speed, ...settings }: PlayingTimeSettings): PlayingTime {
  const time = speed === undefined ? new VirtualTime(settings.startedAtMs) : new PacedTime({ ...settings, speed })
  return { time, timer: time }
}

export interface PlayingTimeSettings extends Omit<PacedTimeSettings, 'speed'> {
  /** Times faster than real time, above zero; absent: as fast as it goes. */
  readonly speed?: number | undefined
}

/** A session's time, and the same as a timer. */
export interface PlayingTime {
  readonly time: VirtualTime | PacedTime
  readonly timer: Timer
}
