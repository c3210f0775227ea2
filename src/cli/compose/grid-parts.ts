import { systemClock } from '../../adapters/clock/system-clock.js'
import type { Clock, Timer } from '../../ports/clock.js'
import type { Grid } from '../../ports/grid.js'
import type { Service } from '../../runtime/services/service.js'
import type { ServiceEnd } from '../../runtime/services/service-host.js'
import { clockTimer } from '../../runtime/time/scaled-clock.js'
import { ServiceRoom } from './services.js'

/** The machine's time, as the parts of a grid want it. */
export const gridTime: Clock & Timer = { ...systemClock, at: clockTimer(systemClock).at }

/** A grid and what runs on it in this process, beside whatever that is for. */
export class GridParts {
  readonly room: ServiceRoom
  private readonly services: { readonly ended: Promise<ServiceEnd>; readonly stop: AbortController }[] = []

  constructor(
    readonly grid: Grid,
    private readonly tell: (text: string) => void,
  ) {
    this.room = new ServiceRoom({ grid, time: gridTime, random: Math.random, warn: tell })
  }

  /** Runs a service until it is stopped, by what this answers or by {@link close}; `failed` is told when it cannot go on. */
  run(service: Service, failed: (end: ServiceEnd) => void): () => Promise<void> {
    const stop = new AbortController()
    const ended = this.room.host(service, stop.signal)
    this.services.push({ ended, stop })
    void ended.then((end) => {
      this.room.beat(end.health)
      if (end.error !== undefined) failed(end)
    })
    return async () => {
      stop.abort()
      await ended
    }
  }

  /** Services stop in the reverse of the order in which they began; what waits to be written gets a moment. */
  async close(): Promise<void> {
    for (const { stop, ended } of this.services.toReversed()) {
      stop.abort()
      await ended
    }
    await this.room.close()
    await this.grid.close().catch((error: unknown) => this.tell(String(error)))
  }
}
