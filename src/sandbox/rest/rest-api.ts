import type { HttpArrival } from '../exchange-events.js'
import type { Strike } from '../fault-board.js'
import type { Floor } from '../floor.js'
import type { MarketData } from '../market/market-data.js'
import type { TradingFloor } from '../trading/trading-floor.js'

/** The REST API from the wire inwards: who asks, may they, what does it cost, and what is the answer. */
export class RestApi {
  readonly floor: Floor
  readonly parts: { readonly market: MarketData; readonly trading: TradingFloor }

  constructor(floor: Floor, parts: { readonly market: MarketData; readonly trading: TradingFloor }) {
    this.floor = floor
    this.parts = parts
  }

  arrive({ httpId }: HttpArrival): void {
    this.floor.emit({ kind: 'answer', httpId, status: 404, headers: {}, body: '{}' })
  }

  strike(_strike: Strike): void {}
}
