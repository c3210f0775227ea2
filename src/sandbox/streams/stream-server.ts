import type { MarketEvent } from '../../ports/played-market.js'
import type { Strike } from '../fault-board.js'
import type { Floor, UserEvent } from '../floor.js'

/** A position of somebody that the exchange has closed, for the streams of forced orders. */
export interface ForcedOrder {
  readonly symbol: string
  readonly side: 'BUY' | 'SELL'
  readonly quantity: string
  readonly price: string
}

/** The exchange's streams: sockets on three paths, what they have subscribed to, and what they are told. */
export class StreamServer {
  readonly floor: Floor

  constructor(floor: Floor) {
    this.floor = floor
  }

  open(_socketId: string, _target: string): void {}

  text(_socketId: string, _text: string): void {}

  pong(_socketId: string): void {}

  gone(_socketId: string): void {}

  /** After {@link MarketData} has it. */
  market(_event: MarketEvent): void {}

  publishForced(_order: ForcedOrder): void {}

  /** Does anybody hear the events of this listen key? What nobody hears need not be made. */
  hears(_listenKey: string): boolean {
    return false
  }

  /** To every socket that has named the listen key. Delays, losses and repeats of the account have happened before. */
  publishUser(_listenKey: string, _event: UserEvent): void {}

  /** Acts that are about sockets: `cutSockets`. */
  strike(_strike: Strike): void {}
}
