import type { Clock, Timer } from '../../../ports/clock.js'
import type { MarketData } from '../../../ports/market-data.js'
import type { MarketRecorder } from '../../../ports/market-recording.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'

export interface OrderBookUniversePorts {
  /** Its own: nobody else listens to it, and it is closed with the service. */
  readonly market: MarketData
  readonly time: Clock & Timer
  /** Puts a document into the grid. Returns at once, whatever becomes of it. */
  readonly put?: (map: string, key: string, text: string) => void
  /** Its own: it is closed with the service. */
  readonly recorder?: MarketRecorder
  /** For the person who runs it: what is wrong, and that it is over. */
  warn(text: string): void
}

/** The health of every perpetual's book, once a minute. */
export class OrderBookUniverseService implements Service {
  readonly name = 'order-book-universe'
  private readonly life: ServiceLife

  constructor(readonly ports: OrderBookUniversePorts) {
    this.life = new ServiceLife(this.name, ports.time)
  }

  start(signal: AbortSignal): Promise<void> {
    return this.life.run(signal, async () => {})
  }

  health(): ServiceHealth {
    return this.life.health()
  }
}
