import type { Timer } from '../../../ports/clock.js'
import type {
  FollowedMarket,
  KlinesAsked,
  MarketData,
  MarketDataEvent,
  MarketDataHealth,
} from '../../../ports/market-data.js'
import { Driven } from '../machine.js'
import { RestMachine } from '../rest/rest-machine.js'
import { MarketStreams } from '../streams/market-streams.js'
import type { Wire } from '../wire.js'
import { type DepthFeedInput, DepthFeedMachine } from './depth-feed-machine.js'

/**
 * The books of the exchange and what is told beside them, over a wire. Nothing is asked before somebody listens; what is told
 * comes on its own turn, never while a method is called.
 */
export class BinanceMarketData implements MarketData {
  private readonly machine: DepthFeedMachine
  private readonly driven: Driven<DepthFeedInput, MarketDataEvent>
  private listener: ((event: MarketDataEvent) => void) | undefined

  constructor({ wire, timer }: BinanceMarketDataParts) {
    this.machine = new DepthFeedMachine({ rest: new RestMachine(), streams: new MarketStreams() })
    this.driven = new Driven({ machine: this.machine, wire, timer, tell: (event) => this.listener?.(event) })
  }

  listen(listener: (event: MarketDataEvent) => void): void {
    this.listener = listener
    this.driven.put({ kind: 'begin' })
  }

  follow(wish: FollowedMarket): void {
    this.driven.put({ kind: 'follow', wish })
  }

  askSnapshot({ symbol, requestId }: { readonly symbol: string; readonly requestId: number }): void {
    this.driven.put({ kind: 'askSnapshot', symbol, requestId })
  }

  askKlines(asked: KlinesAsked): void {
    this.driven.put({ kind: 'askKlines', asked })
  }

  exchangeMs(): number | undefined {
    return this.machine.exchangeMs(this.driven.nowMs())
  }

  health(): MarketDataHealth {
    return this.machine.health(this.driven.nowMs())
  }

  async close(): Promise<void> {
    await this.driven.close()
  }
}

export interface BinanceMarketDataParts {
  readonly wire: Wire
  readonly timer: Timer
}
