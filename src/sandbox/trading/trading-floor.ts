import type { MarketEvent } from '../../ports/played-market.js'
import type { Strike } from '../fault-board.js'
import type { Floor } from '../floor.js'
import type { SandboxView } from '../sandbox-view.js'
import type { StreamServer } from '../streams/stream-server.js'

/** Orders, positions and money of the account, and what they do when the market moves. */
export class TradingFloor {
  readonly floor: Floor
  readonly streams: StreamServer
  private readonly tellMarket: (event: MarketEvent) => void

  constructor(floor: Floor, streams: StreamServer, tellMarket: (event: MarketEvent) => void) {
    this.floor = floor
    this.streams = streams
    this.tellMarket = tellMarket
  }

  happens(event: MarketEvent): void {
    if (event.kind === 'instrument') this.floor.listing.change(event.instrument)
    this.tellMarket(event)
  }

  strike(_strike: Strike): void {}

  view(): SandboxView {
    return { walletUsd: '0', positions: {}, openOrders: [], openAlgoOrders: [], listenKey: undefined }
  }
}
