import type { Clock } from '../../ports/clock.js'
import type { ServiceHealth, ServiceName, ServiceState } from './service.js'

/** What a service tells of itself: its state, since when, and its progress. Services hold one each, and run in it. */
export class ServiceLife {
  private state: ServiceState = 'STARTING'
  private since: number
  private lastProgressAtMs: number | null = null
  private detail = 'not started'
  private fail: (error: unknown) => void = () => {}

  constructor(
    private readonly name: ServiceName,
    private readonly clock: Pick<Clock, 'epochMs'>,
  ) {
    this.since = clock.epochMs()
  }

  /**
   * Runs what the service does, until the signal is aborted.
   *
   * @throws what the body throws, unless that is the signal's reason: being stopped is no failure.
   */
  async run(signal: AbortSignal, body: () => Promise<void>): Promise<void> {
    this.enter('STARTING', 'starting')
    const stopping = (): void => this.enter('STOPPING', 'stopping')
    signal.addEventListener('abort', stopping, { once: true })
    try {
      if (!signal.aborted) await body()
      this.enter('EXITED', signal.aborted ? 'stopped' : 'came to its end')
    } catch (error) {
      if (signal.aborted && error === signal.reason) this.enter('EXITED', 'stopped')
      else {
        this.enter('FATAL', error instanceof Error ? error.message : String(error))
        throw error
      }
    } finally {
      signal.removeEventListener('abort', stopping)
    }
  }

  /**
   * The same for a service that is called back, and waits for nothing itself: `begin` sets it going, and `end`, whatever ended it,
   * leaves nothing half-written.
   *
   * @throws what they throw, and what a call within `guarded` threw first.
   */
  runCalledBack(signal: AbortSignal, { begin, end }: { begin(): void; end(): Promise<void> }): Promise<void> {
    return this.run(signal, async () => {
      try {
        await new Promise<void>((resolve, reject) => {
          this.fail = reject
          signal.addEventListener('abort', () => resolve(), { once: true })
          begin()
        })
      } finally {
        await end()
      }
    })
  }

  /** An error of ours ends the service; it never reaches whoever called back. */
  guarded(what: () => void): void {
    try {
      what()
    } catch (error) {
      this.fail(error)
    }
  }

  /** The service did what it is there for, or saw that there is nothing to do. The first time it has started. */
  progress(detail: string): void {
    if (this.state === 'STARTING') this.enter('RUNNING', detail)
    if (this.state !== 'RUNNING') return
    this.lastProgressAtMs = this.clock.epochMs()
    this.detail = detail
  }

  health(): ServiceHealth {
    const { name, state, since, lastProgressAtMs, detail } = this
    return { name, state, since, lastProgressAtMs, detail }
  }

  private enter(state: ServiceState, detail: string): void {
    if (state !== this.state) this.since = this.clock.epochMs()
    this.state = state
    this.detail = detail
  }
}
