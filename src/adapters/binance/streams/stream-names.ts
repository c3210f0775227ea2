/**
 * What is known of a market stream by its name; undefined for a name under which the exchange sends nothing. It has to be known
 * here: the exchange acknowledges any name, on any path, and then stays silent. Source: notes on Binance, 0.3 and 2.1.
 */
export function streamFacts(name: string): StreamFacts | undefined {
  return STREAMS.find(({ form }) => form.test(name))
}

export interface StreamFacts {
  /** The exchange serves it there and nowhere else. */
  readonly path: 'public' | 'market'
  /** How often it has to speak; null where it may have nothing to say for hours, such as liquidations. */
  readonly speech: Speech | null
}

/** Longest times without a frame that mean nothing, ms. */
export interface Speech {
  /** From the subscription to the first frame. */
  readonly firstMs: number
  /** From one frame to the next. */
  readonly silentMs: number
}

/** The best bid and ask, on every change. */
export function bookTickerStream(symbol: string): string {
  return `${symbol.toLowerCase()}@bookTicker`
}

/** Changes of the whole book, or with `levels` the best of each side, whole. */
export function depthStream(symbol: string, { levels, everyMs }: DepthStreamOptions): string {
  return `${symbol.toLowerCase()}@depth${levels ?? ''}${DEPTH_SPEEDS[everyMs]}`
}

export interface DepthStreamOptions {
  readonly levels?: 5 | 10 | 20
  readonly everyMs: 100 | 250 | 500
}

export function aggTradeStream(symbol: string): string {
  return `${symbol.toLowerCase()}@aggTrade`
}

/** Mark price, index price and funding rate, each second. */
export function markPriceStream(symbol: string): string {
  return `${symbol.toLowerCase()}@markPrice@1s`
}

export function klineStream(symbol: string, interval: KlineInterval): string {
  return `${symbol.toLowerCase()}@kline_${interval}`
}

/** Liquidations: of each second at most the latest. */
export function forceOrderStream(symbol: string): string {
  return `${symbol.toLowerCase()}@forceOrder`
}

/** Of every symbol, those margined in coins among them. A second's prices come in two frames. */
export const ALL_MARK_PRICES = '!markPrice@arr@1s'
export const ALL_FORCE_ORDERS = '!forceOrder@arr'
/** Symbols listed, halted and taken off, and their brackets. */
export const CONTRACT_INFO = '!contractInfo'

export type KlineInterval =
  | '1m'
  | '3m'
  | '5m'
  | '15m'
  | '30m'
  | '1h'
  | '2h'
  | '4h'
  | '6h'
  | '8h'
  | '12h'
  | '1d'
  | '3d'
  | '1w'
  | '1M'

/** A name that spells out 250 ms is acknowledged and mute. */
const DEPTH_SPEEDS: Record<DepthStreamOptions['everyMs'], string> = { 100: '@100ms', 250: '', 500: '@500ms' }

/** Sent by the clock, whatever happens. */
const BY_CLOCK: Speech = Object.freeze({ firstMs: 15_000, silentMs: 60_000 })
/** Sent when something changes, which in a book that trades is all the time. */
const BY_CHANGE: Speech = Object.freeze({ firstMs: 30_000, silentMs: 60_000 })

/** Lower case, as the exchange wants names; letters without case are those of symbols such as 币安人生USDT. */
const SYMBOL = String.raw`[\p{Ll}\p{Lo}\p{N}]+(?:_\d{6})?`
const INTERVAL = '(?:1m|3m|5m|15m|30m|1h|2h|4h|6h|8h|12h|1d|3d|1w|1M)'
const CONTRACT = '(?:perpetual|tradifi_perpetual|current_quarter|next_quarter)'

const STREAMS: readonly (StreamFacts & { readonly form: RegExp })[] = [
  stream('public', `${SYMBOL}@bookTicker`, BY_CHANGE),
  stream('public', `${SYMBOL}@depth(?:5|10|20)?(?:@100ms|@500ms)?`, BY_CHANGE),
  stream('public', `${SYMBOL}@rpiDepth@500ms`, BY_CHANGE),
  stream('public', '!bookTicker', BY_CLOCK),
  stream('market', `${SYMBOL}@markPrice(?:@1s)?`, BY_CLOCK),
  stream('market', '!markPrice@arr(?:@1s)?', BY_CLOCK),
  stream('market', `${SYMBOL}@compositeIndex`, BY_CLOCK),
  stream('market', '!(?:ticker|miniTicker|assetIndex)@arr', BY_CLOCK),
  // A symbol that nobody trades has none of these.
  stream('market', `${SYMBOL}@(?:aggTrade|ticker|miniTicker|forceOrder)`, null),
  stream('market', `${SYMBOL}@kline_${INTERVAL}`, null),
  stream('market', `${SYMBOL}_${CONTRACT}@continuousKline_${INTERVAL}`, null),
  stream('market', '!forceOrder@arr|!contractInfo|tradingSession', null),
]

function stream(path: StreamFacts['path'], form: string, speech: Speech | null) {
  return { path, speech, form: new RegExp(`^(?:${form})$`, 'u') }
}
