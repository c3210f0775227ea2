import type {
  FollowedMarket,
  KlinesAsked,
  ListedContract,
  MarketData,
  MarketDataEvent,
  MarketDataHealth,
} from '../../src/ports/market-data.js'
import type { DepthFrame, LevelRows } from '../../src/ports/vocabulary/depth.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'

type EventOf<Kind extends MarketDataEvent['kind']> = Extract<MarketDataEvent, { kind: Kind }>

/** A market on virtual time that says what a test makes it say, and nothing else. Its clock is ahead of ours by `offsetMs`. */
export class StandInMarket implements MarketData {
  readonly wishes: FollowedMarket[] = []
  readonly asked: { readonly symbol: string; readonly requestId: number }[] = []
  readonly klinesAsked: KlinesAsked[] = []
  closed = false
  /** Undefined: it is not known. */
  offsetMs: number | undefined = 0
  /** While set the exchange's clock stands still. */
  stoppedAtMs: number | undefined
  private listener: ((event: MarketDataEvent) => void) | undefined

  constructor(private readonly time: VirtualTime) {}

  listen(listener: (event: MarketDataEvent) => void): void {
    this.listener = listener
  }

  follow(wish: FollowedMarket): void {
    this.wishes.push(wish)
  }

  askSnapshot(request: { readonly symbol: string; readonly requestId: number }): void {
    this.asked.push(request)
  }

  askKlines(request: KlinesAsked): void {
    this.klinesAsked.push(request)
  }

  exchangeMs(): number | undefined {
    return this.offsetMs === undefined ? undefined : (this.stoppedAtMs ?? this.time.epochMs() + this.offsetMs)
  }

  health(): MarketDataHealth {
    return { connections: 1, malformed: {}, reconnects: {}, dead: [], trades: { repeated: 0, missed: 0 } }
  }

  async close(): Promise<void> {
    this.closed = true
  }

  tell(event: MarketDataEvent): void {
    if (!this.closed) this.listener?.(event)
  }

  list(...symbols: readonly string[]): void {
    this.tell({ kind: 'listed', contracts: symbols.map(contract), receivedMs: this.time.epochMs() })
  }

  depth(symbol: string, frame: DepthFrame, atMs = this.time.epochMs()): EventOf<'depth'> {
    const event = { kind: 'depth', symbol, eventMs: atMs, receivedMs: this.time.epochMs(), frame } as const
    this.tell(event)
    return event
  }
}

export function contract(symbol: string): ListedContract {
  return { symbol, priceDecimals: 2, quantityDecimals: 3 }
}

/** A book's frames one after the other, whose quantities follow a number. */
export class FrameChain {
  private last = 100

  /** A change of both sides around 100 USD. */
  next(quantity: number): DepthFrame {
    const pu = this.last
    this.last += 10
    return { U: pu + 1, u: this.last, pu, b: bids(quantity), a: asks(quantity + 1) }
  }

  /** What the exchange answers when it is asked for a snapshot now. */
  snapshot(requestId: number, quantity: number) {
    return { requestId, lastUpdateId: this.last, bids: bids(quantity), asks: asks(quantity + 1) }
  }
}

const bids = (quantity: number): LevelRows => [
  ['99.98', `${quantity}`],
  ['99.90', `${quantity}.5`],
]
const asks = (quantity: number): LevelRows => [
  ['100.02', `${quantity}`],
  ['100.10', '2'],
]
