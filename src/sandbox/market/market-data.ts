import type { MarketEvent } from '../../ports/played-market.js'
import type { Floor } from '../floor.js'

/** What anybody may ask of the market: rules, prices, books, bars. */
export class MarketData {
  readonly floor: Floor

  constructor(floor: Floor) {
    this.floor = floor
  }

  /** After the matching engine has seen it. A bar is followed by the quote that it ended with. */
  market(_event: MarketEvent): void {}
}
