import type { Service } from '../services/service.js'

/** A service that runs for a verification alone. */
export class RunningService {
  private readonly stopping = new AbortController()
  private readonly ended: Promise<void>

  constructor(private readonly service: Service) {
    // How it has ended is in its health.
    this.ended = service.start(this.stopping.signal).catch(() => {})
  }

  /** What it says of itself, for a hop that did not hold. */
  says(): string {
    const { name, state, detail } = this.service.health()
    return `${name} is ${state}: ${detail}`
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.ended
  }
}
