import type { Clock } from '../../ports/clock.js'

/** Waits of a loop: for some time, or until somebody calls. Calls while the loop is at work are kept, as one. */
export class Wake {
  private called = false
  private end: AbortController | undefined

  constructor(private readonly clock: Clock) {}

  /** Ends the wait that is under way, or the next one before it begins. */
  readonly call = (): void => {
    this.called = true
    this.end?.abort()
  }

  /** True when the time has passed, false when somebody called or the signal is aborted. Never rejects for either. */
  async wait(ms: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false
    const end = new AbortController()
    const stop = (): void => end.abort()
    if (this.called) end.abort()
    this.end = end
    signal.addEventListener('abort', stop, { once: true })
    try {
      await this.clock.sleep(ms, end.signal)
    } catch (error) {
      if (!end.signal.aborted) throw error
    } finally {
      signal.removeEventListener('abort', stop)
      this.end = undefined
    }
    const wasCalled = this.called || end.signal.aborted
    this.called = false
    return !wasCalled
  }
}
