import type { NearCacheSettings } from '../../ports/grid.js'
import type { HazelcastAddress } from './url.js'

/** How a grid of Hazelcast members is reached and used. */
export interface HazelcastSettings extends HazelcastAddress {
  /** Every call is answered within this, ms; 2,000 unless it is given. */
  readonly deadlineMs?: number
  /**
   * Calls under way at most; 1,024 unless it is given. Of references and locks at most 64, since what waits for their
   * majority waits for long.
   */
  readonly callsMax?: number
  /** A member that does not answer for so long is left for another, ms; 3,000 unless it is given. */
  readonly silentMs?: number
  /** By names of maps, which may end in `*`. */
  readonly nearCaches?: Readonly<Record<string, NearCacheSettings>>
  /** A listener threw. `of` is what it listens to: `map DOLPHIN_FEATURES`, `the connection`. It must not throw itself. */
  readonly listenerFailed: (error: unknown, of: string) => void
  /** What the client has to say of itself; absent: nobody hears it. */
  readonly log?: (level: HazelcastLogLevel, text: string) => void
}

export type HazelcastLogLevel = 'error' | 'warning' | 'info'
