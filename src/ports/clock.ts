/** Time that passes: given by the composition root, so that tests need none. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  nowMs(): number
  /** UTC milliseconds since the epoch. */
  epochMs(): number
  /** Resolves after `ms`, at once when that is not positive; rejects with the abort reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls back once after `ms`, never during the call; answers how to call that off. A clock without it is slept on, at fifty times the cost. */
  after?(ms: number, callback: () => void): () => void
}

/**
 * UTC time and one way to be called later; of the machine, scaled, or virtual.
 *
 * - `at` waits for as long as the clock has to go when it is asked: one that is set meanwhile is reached early or late.
 * - A callback comes once, never during `at`, also for a moment that has passed; after it has been called off it never comes.
 */
export interface Timer {
  /** UTC ms, whole. It may go back where a machine's clock is set. */
  epochMs(): number
  /** Calls back at `epochMs`, UTC ms, or as soon as possible after it. Answers how to call that off. */
  at(epochMs: number, callback: () => void): () => void
}
