import type { BookScale, DepthFrame, DepthSnapshot } from './vocabulary/depth.js'
import type { OrderSide } from './vocabulary/orders.js'

/**
 * What a market shows of itself, live or recorded: the books of its contracts, and what is told beside them. What it tells comes
 * in order, as events; of what is wrong with a book it knows nothing, that is found out by whoever keeps the books.
 */
export interface MarketData {
  /** One listener, before anything is followed. */
  listen(listener: (event: MarketDataEvent) => void): void
  /** The whole wish, at any time; what is not in it any more is given up. */
  follow(wish: FollowedMarket): void
  /** Answered by a `snapshot` or a `snapshotFailed` with this id. */
  askSnapshot(request: { readonly symbol: string; readonly requestId: number }): void
  /**
   * Asks for the last candles of each symbol that are closed. Answered by a `kline` for each, then by one `klinesTold` with this id.
   */
  askKlines(request: KlinesAsked): void
  /** The exchange's clock as it is known, UTC ms; undefined before. It never goes back. */
  exchangeMs(): number | undefined
  /** How its connections are, for people. */
  health(): MarketDataHealth
  close(): Promise<void>
}

export interface FollowedMarket {
  readonly symbols: readonly string[]
  /** Changes of whole books, or the best levels whole. */
  readonly books: BookStream
  /** Liquidations and mark prices of the symbols. */
  readonly liquidations: boolean
  readonly marks: boolean
  /** Every trade of the symbols; absent: none. */
  readonly trades?: boolean
  /** How often the rates that were settled are asked for, ms; absent: never. */
  readonly settledFundingEveryMs?: number
  /** How often the open interest of each symbol is asked for, ms; absent: never. */
  readonly openInterestEveryMs?: number
}

export type BookStream =
  | { readonly kind: 'diffs'; readonly everyMs: 100 | 250 | 500 }
  | { readonly kind: 'partial'; readonly levels: 5 | 10 | 20; readonly everyMs: 100 | 250 | 500 }

export interface MarketDataHealth {
  readonly connections: number
  /** Frames that could not be read, by what they claimed to be. */
  readonly malformed: Readonly<Record<string, number>>
  /** Sockets opened beyond the first of each connection, by why. */
  readonly reconnects: Readonly<Record<string, number>>
  /** Symbols that neither a new subscription nor a new connection has brought to speak. */
  readonly dead: readonly string[]
  /** Trades that came more than once and were told once, and those that nobody was told of. */
  readonly trades: { readonly repeated: number; readonly missed: number }
}

/** `receivedMs`: when it came, UTC ms of this machine. Every other time is the exchange's. */
export type MarketDataEvent =
  /** A change of a book, or its best levels whole, as it was followed. `eventMs` is its `E`. */
  | {
      readonly kind: 'depth'
      readonly symbol: string
      readonly eventMs: number
      readonly receivedMs: number
      readonly frame: DepthFrame
    }
  /** `atMs`: the exchange's clock when it came. */
  | {
      readonly kind: 'snapshot'
      readonly symbol: string
      readonly atMs: number
      readonly receivedMs: number
      readonly snapshot: DepthSnapshot
    }
  | {
      readonly kind: 'snapshotFailed'
      readonly symbol: string
      /** With which it was asked for. */
      readonly requestId: number
      readonly receivedMs: number
      readonly message: string
    }
  /** Their connection was lost or a guard took them away: nothing is known of these books until they speak again. */
  | {
      readonly kind: 'lost'
      readonly symbols: readonly string[]
      readonly atMs: number
      readonly receivedMs: number
    }
  | TradeEvent
  | LiquidationEvent
  | MarkEvent
  | SettledFundingEvent
  | OpenInterestEvent
  | KlineEvent
  /** All that there is to tell of what was asked for with this id. */
  | {
      readonly kind: 'klinesTold'
      readonly requestId: number
      /** Of which there was no answer, and why, said of the first. */
      readonly without: readonly string[]
      readonly message?: string
      readonly receivedMs: number
    }
  /** Everything that trades now: perpetuals in USDT. First once it is known, then each hour, and whenever one comes or goes. */
  | { readonly kind: 'listed'; readonly contracts: readonly ListedContract[]; readonly receivedMs: number }
  /** Something that claimed to be of a symbol and could not be read; null: not even that. */
  | {
      readonly kind: 'malformed'
      readonly symbol: string | null
      readonly what: string
      readonly receivedMs: number
    }
  /** For people and logs. */
  | {
      readonly kind: 'notice'
      readonly level: 'INFO' | 'WARNING' | 'ERROR'
      readonly code: string
      readonly message: string
    }

/** Somebody took from the book; all that one order took at one price within 100 ms is one trade. USD, base units. */
export interface TradeEvent {
  readonly kind: 'trade'
  readonly symbol: string
  /** USD per base unit. */
  readonly price: number
  /** Base units. */
  readonly baseQuantity: number
  /** The taker's. */
  readonly side: OrderSide
  /** The venue's number of it, rising by one per symbol. */
  readonly venueId: number
  /** Its `T`. */
  readonly atMs: number
  readonly receivedMs: number
}

/** Somebody was liquidated; of each symbol and second at most the latest is told. Prices in USD, quantities in base units. */
export interface LiquidationEvent {
  readonly kind: 'liquidation'
  readonly symbol: string
  /** SELL closes somebody's long position. */
  readonly side: OrderSide
  /** Average price of what was filled. */
  readonly price: number
  /** At which it was ordered. */
  readonly orderPrice: number
  /** What was filled. */
  readonly baseQuantity: number
  /** What was ordered; absent where that is not known. */
  readonly orderBaseQuantity?: number
  /** Its `T`. */
  readonly atMs: number
  readonly receivedMs: number
}

export interface MarkEvent {
  readonly kind: 'mark'
  readonly symbol: string
  /** USD per base unit. */
  readonly mark: number
  /** Null where there is none. */
  readonly index: number | null
  /** Running estimate of the rate that settles next, and when; null for a contract without funding. */
  readonly fundingRate: number | null
  readonly nextFundingMs: number | null
  readonly atMs: number
  readonly receivedMs: number
}

/** A funding rate that was settled; each is told once. */
export interface SettledFundingEvent {
  readonly kind: 'settledFunding'
  readonly symbol: string
  /** A fraction of the position. */
  readonly rate: number
  /** When it was settled. */
  readonly atMs: number
  readonly receivedMs: number
}

export interface OpenInterestEvent {
  readonly kind: 'openInterest'
  readonly symbol: string
  /** Base units. */
  readonly openInterest: number
  readonly atMs: number
  readonly receivedMs: number
}

/** A candle that the exchange has closed, which was asked for. Prices in USD, the volume in base units. */
export interface KlineEvent {
  readonly kind: 'kline'
  readonly symbol: string
  readonly interval: KlineInterval
  readonly openMs: number
  /** Its last millisecond. */
  readonly closeMs: number
  /** USD per base unit, as the next three. */
  readonly open: number
  /** USD. */
  readonly high: number
  /** USD. */
  readonly low: number
  /** USD. */
  readonly close: number
  /** Base units. */
  readonly baseVolume: number
  readonly receivedMs: number
}

export interface KlinesAsked {
  readonly requestId: number
  readonly symbols: readonly string[]
  readonly interval: KlineInterval
  /** So many of each at most. */
  readonly count: number
  /** What has no answer within so long is given up, ms. */
  readonly patienceMs: number
}

/** As the exchange names them. */
export type KlineInterval = '5m' | '30m'

/** A contract that trades, with the decimals that its book is read by: its precisions, not its tick. */
export interface ListedContract extends BookScale {
  readonly symbol: string
}
