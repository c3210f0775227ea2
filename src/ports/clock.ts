/** Time that passes: given by the composition root, so that tests need none. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  nowMs(): number
  /** UTC milliseconds since the epoch. */
  epochMs(): number
  /** Resolves after `ms`, at once when that is not positive; rejects with the abort reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
