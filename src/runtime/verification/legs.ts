import type { Clock } from '../../ports/clock.js'

/** A hop did not hold: what was expected of it and what was found. */
export class NotHeld extends Error {
  override readonly name = 'NotHeld'
  constructor(
    readonly hop: string,
    why: string,
  ) {
    super(why)
  }
}

/** How often a hop held, and how long it took where it takes time, ms. */
export interface Taken {
  readonly rounds: number
  readonly ms: readonly number[]
}

/** The hops of one path as they are gone along: each is timed, and none is waited for beyond the path's end. */
export class Legs {
  /** The hop at hand, or the last one. */
  current: string | undefined
  private readonly hops = new Map<string, { rounds: number; readonly ms: number[] }>()

  constructor(
    private readonly clock: Pick<Clock, 'nowMs' | 'sleep'>,
    private readonly endMs: number,
    readonly signal: AbortSignal,
  ) {}

  taken(hop: string): Taken {
    return this.hops.get(hop) ?? { rounds: 0, ms: [] }
  }

  /**
   * Goes along a hop: `work` resolves when what was sent has been seen. It rejects with {@link NotHeld} when that takes too long;
   * `missing` then says what was waited for.
   */
  async leg<T>(hop: string, work: (legs: Legs) => Promise<T>, missing: () => string): Promise<T> {
    this.current = hop
    const startedMs = this.clock.nowMs()
    const seen = await this.within(work(this), missing)
    this.add(hop, this.clock.nowMs() - startedMs)
    return seen
  }

  /** A hop that is no wait: it holds, or `why` says what is wrong. */
  check(hop: string, why: string | undefined): void {
    this.current = hop
    if (why !== undefined) throw new NotHeld(hop, why)
    this.add(hop)
  }

  /** Asks again and again until there is an answer. */
  async until<T>(ask: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const answer = await ask()
      if (answer !== undefined) return answer
      this.signal.throwIfAborted()
      // Whoever waits for this has given up by then.
      if (this.clock.nowMs() > this.endMs) throw new NotHeld(this.current!, 'too late')
      await this.clock.sleep(ASK_AGAIN_MS, this.signal)
    }
  }

  async within<T>(work: Promise<T>, missing: () => string): Promise<T> {
    const over = new AbortController()
    const leftMs = Math.max(0, this.endMs - this.clock.nowMs())
    const tooLong = this.clock.sleep(leftMs, AbortSignal.any([this.signal, over.signal])).then(
      () => {
        throw new NotHeld(this.current!, missing())
      },
      (error) => {
        // Nobody waits any more.
        if (over.signal.aborted) return new Promise<never>(() => {})
        throw error
      },
    )
    try {
      return await Promise.race([work, tooLong])
    } finally {
      over.abort()
    }
  }

  private add(hop: string, ms?: number): void {
    const taken = this.hops.get(hop) ?? { rounds: 0, ms: [] }
    this.hops.set(hop, taken)
    taken.rounds++
    if (ms !== undefined) taken.ms.push(ms)
  }
}

/** Between two questions to something that does not tell by itself, ms. */
const ASK_AGAIN_MS = 2
