import type { Clock } from '../../../ports/clock.js'
import type { BarObservation } from '../../../ports/vocabulary/observation.js'

export interface LiveObservationsParts {
  /** Of the machine. */
  readonly clock: Clock
  /** Something that a person should know. */
  notice(text: string): void
}

/**
 * What is observed of the running market, as a trader's bars need it: the bar that ends at t is decided on the observation of the
 * last advance at or before t. One that is on its way is waited for, a moment; then the bar goes on without.
 */
export class LiveObservations {
  /** The last advances, oldest first. */
  private readonly kept: BarObservation[] = []
  private isDark = false
  private waiting: (() => void)[] = []

  constructor(private readonly parts: LiveObservationsParts) {}

  /** After each advance, also the one that failed. */
  advanced(observation: BarObservation): void {
    this.kept.push(observation)
    if (this.kept.length > KEPT) this.kept.shift()
    for (const wake of this.waiting.splice(0)) wake()
  }

  /** At the bar that ends at `endMs`, UTC ms; undefined: nothing is known, and whoever decides on it enters nothing. */
  async at(endMs: number, signal: AbortSignal): Promise<BarObservation | undefined> {
    await this.comes(endMs, signal)
    const found = this.latestBy(endMs)
    if ((found === undefined) !== this.isDark) this.tell(found)
    this.isDark = found === undefined
    return found
  }

  /** A failed one is the last there will be, however old it is. */
  private latestBy(endMs: number): BarObservation | undefined {
    const newest = this.kept.at(-1)
    if (newest?.status === 'FAILED') return newest
    const found = this.kept.findLast(({ timestampMs }) => timestampMs <= endMs)
    return found !== undefined && endMs - found.timestampMs <= AGE_MS_MAX ? found : undefined
  }

  /** Of an observer that goes on the advance to the bar's second is on its way; one that stands still is not waited for. */
  private async comes(endMs: number, signal: AbortSignal): Promise<void> {
    const secondMs = Math.floor(endMs / SECOND_MS) * SECOND_MS
    const newest = () => this.kept.at(-1)
    const isThere = () => (newest()?.timestampMs ?? 0) >= secondMs || newest()?.status === 'FAILED'
    const isAlive = (newest()?.timestampMs ?? 0) >= endMs - AGE_MS_MAX
    if (!isAlive || isThere()) return
    const ended = new AbortController()
    const late = this.parts.clock.sleep(WAIT_MS_MAX, AbortSignal.any([signal, ended.signal])).then(
      () => true,
      () => true,
    )
    while (!isThere()) {
      const next = new Promise<false>((resolve) => this.waiting.push(() => resolve(false)))
      if (await Promise.race([next, late])) break
    }
    ended.abort()
  }

  private tell(found: BarObservation | undefined): void {
    this.parts.notice(
      found === undefined
        ? 'The market is not observed at this bar: positions are managed, nothing is entered.'
        : 'The market is observed again.',
    )
  }
}

const SECOND_MS = 1_000
/** An observer advances each second. */
const AGE_MS_MAX = 5_000
/** Two clocks of one exchange, known from answers of their own, differ by some tens of milliseconds. */
const WAIT_MS_MAX = 500
/** Advances that a bar may come behind. */
const KEPT = 16
