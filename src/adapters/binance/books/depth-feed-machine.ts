import type { FollowedMarket, MarketDataEvent, MarketDataHealth } from '../../../ports/market-data.js'
import type { Machine, TimeInput } from '../machine.js'
import type { RestMachine } from '../rest/rest-machine.js'
import type { MarketStreams } from '../streams/market-streams.js'
import type { WireCommand, WireEvent } from '../wire.js'

export type DepthFeedInput =
  /** Somebody listens: what is listed is asked for from now on. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'follow'; readonly wish: FollowedMarket }
  | { readonly kind: 'askSnapshot'; readonly symbol: string; readonly requestId: number }

/** What a feed of books is made of. */
export interface DepthFeedParts {
  readonly rest: Pick<RestMachine, 'handle' | 'nextDueMs' | 'exchangeMs' | 'usage'>
  readonly streams: Pick<MarketStreams, 'handle' | 'nextDueMs' | 'view'>
}

/** Follows books and what is told beside them. */
export class DepthFeedMachine
  implements Machine<DepthFeedInput | WireEvent | TimeInput, WireCommand | MarketDataEvent>
{
  private readonly rest: DepthFeedParts['rest']
  private readonly streams: DepthFeedParts['streams']

  constructor(parts: DepthFeedParts) {
    this.rest = parts.rest
    this.streams = parts.streams
  }

  handle(_input: DepthFeedInput | WireEvent | TimeInput, _nowMs: number): readonly (WireCommand | MarketDataEvent)[] {
    return []
  }

  nextDueMs(): number | undefined {
    return this.rest.nextDueMs()
  }

  /** The time of the exchange, UTC ms; undefined before it is known. It never goes back. */
  exchangeMs(nowMs: number): number | undefined {
    return this.rest.exchangeMs(nowMs)
  }

  health(nowMs: number): MarketDataHealth {
    const { connections, reconnects, dead } = this.streams.view(nowMs)
    return { connections: connections.length, malformed: {}, reconnects, dead }
  }
}
