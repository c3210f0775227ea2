import type { MarketBar } from '../../../core/orderbook/market-features.js'
import type { Clock, Timer } from '../../../ports/clock.js'
import type { BookStream, MarketData } from '../../../ports/market-data.js'
import type { MarketRecorder } from '../../../ports/market-recording.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'
import type { BookOutlet } from './book-outlet.js'

export interface OrderBookSettings {
  /** From bar to bar, ms. */
  readonly stepMs: number
  /** The contracts to follow, as far as they are listed; `listed`: all that are. */
  readonly symbols: readonly string[] | 'listed'
  readonly books: BookStream
  /** How often the open interest of each contract is asked for, ms; absent: never. */
  readonly openInterestEveryMs?: number
  /** Of each contract at most one mark price in so many ms is recorded; absent: none is followed. */
  readonly marksEveryMs?: number
}

export interface OrderBookPorts {
  /** Its own: nobody else listens to it, and it is closed with the service. */
  readonly market: MarketData
  readonly time: Clock & Timer
  /** Where others read it; absent: nowhere. */
  readonly outlet?: BookOutlet
  /** Its own: it is closed with the service. */
  readonly recorder?: MarketRecorder
  /** For the person who runs it: what is wrong, and that it is over. */
  warn(text: string): void
  /** Every bar in its order, in the moment in which it was closed. */
  closed?(bar: MarketBar, of: { readonly isPublished: boolean }): void
}

/**
 * The order books of the traded contracts, in this process, in the grid and in a recording. Bars are closed when the exchange's
 * clock reads their end, whatever the grid and the disk do.
 */
export class OrderBookService implements Service {
  readonly name = 'order-book'
  private readonly life: ServiceLife

  constructor(
    readonly settings: OrderBookSettings,
    readonly ports: OrderBookPorts,
  ) {
    this.life = new ServiceLife(this.name, ports.time)
  }

  start(signal: AbortSignal): Promise<void> {
    return this.life.run(signal, async () => {})
  }

  health(): ServiceHealth {
    return this.life.health()
  }
}
