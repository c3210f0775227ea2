import type { Clock, Timer } from '../../ports/clock.js'
import { PacedTime } from './paced-time.js'
import { clockTimer } from './scaled-clock.js'
import { VirtualTime } from './virtual-time.js'

/** The pace of a clock, or of virtual time, which must not be asked to go back. */
export function paceOf(time: Clock | VirtualTime): Pace {
  if (time instanceof VirtualTime) return { timer: time, passTo: (epochMs) => time.runTo(epochMs) }
  return {
    timer: time instanceof PacedTime ? time : clockTimer(time),
    passTo: (epochMs, signal) => time.sleep(epochMs - time.epochMs(), signal),
  }
}

/** How a session gets from one moment to the next: by waiting for a clock, or by letting virtual time pass. */
export interface Pace {
  readonly timer: Timer
  /** It is `epochMs` when this has resolved, or later where that is past. Rejects with the signal's reason. */
  passTo(epochMs: number, signal: AbortSignal): Promise<void> | void
}
