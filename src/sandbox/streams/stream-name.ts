import { KlineInterval } from '../market/bar.js'

/** The paths behind which streams lie; what has no path serves the public ones. */
export type StreamRoute = 'public' | 'market' | 'private'

/** A stream of market data that exists, as its name asks for it. */
export type StreamSpec =
  | {
      readonly kind: 'bookTicker' | 'trade' | 'aggTrade' | 'ticker' | 'miniTicker' | 'forceOrder'
      readonly symbol: string
    }
  | {
      readonly kind: 'depth'
      readonly symbol: string
      /** Undefined: changes of the whole book. */
      readonly levels: number | undefined
      readonly everyMs: number
    }
  | { readonly kind: 'markPrice'; readonly symbol: string; readonly everyMs: number }
  | { readonly kind: 'kline' | 'continuousKline'; readonly symbol: string; readonly interval: KlineInterval }
  | { readonly kind: 'allBookTickers' | 'allTickers' | 'allMiniTickers' | 'allForceOrders' | 'contractInfo' }
  | { readonly kind: 'allMarkPrices'; readonly everyMs: number }

export interface ParsedStream {
  readonly route: StreamRoute
  readonly spec: StreamSpec
}

/**
 * What a name stands for, and behind which path. Undefined for a name that is acknowledged and never says anything: unknown, in
 * upper case, a plain 250 ms spelled out, or of a symbol that is not listed. Source: notes on Binance, 2.1.
 */
export function parseStreamName(name: string, isListed: (symbol: string) => boolean): ParsedStream | undefined {
  const all = Object.hasOwn(ALL_MARKET, name) ? ALL_MARKET[name] : undefined
  if (all !== undefined) return all
  const at = name.indexOf('@')
  if (at <= 0) return undefined
  const [subject, rest] = [name.slice(0, at), name.slice(at + 1)]
  const continuous = /^(.+)_perpetual$/.exec(subject)
  const lower = continuous?.[1] ?? subject
  const symbol = lower.toUpperCase()
  if (lower !== lower.toLowerCase() || !isListed(symbol)) return undefined
  if (continuous !== null) return ofKline(rest, 'continuousKline', symbol)
  return plain(rest, symbol) ?? ofDepth(rest, symbol) ?? ofMarkPrice(rest, symbol) ?? ofKline(rest, 'kline', symbol)
}

const PLAIN: Readonly<Record<string, StreamRoute>> = {
  bookTicker: 'public',
  trade: 'public',
  aggTrade: 'market',
  ticker: 'market',
  miniTicker: 'market',
  forceOrder: 'market',
}

const ALL_MARKET: Readonly<Record<string, ParsedStream>> = {
  '!bookTicker': { route: 'public', spec: { kind: 'allBookTickers' } },
  '!ticker@arr': { route: 'market', spec: { kind: 'allTickers' } },
  '!miniTicker@arr': { route: 'market', spec: { kind: 'allMiniTickers' } },
  '!forceOrder@arr': { route: 'market', spec: { kind: 'allForceOrders' } },
  '!contractInfo': { route: 'market', spec: { kind: 'contractInfo' } },
  '!markPrice@arr': { route: 'market', spec: { kind: 'allMarkPrices', everyMs: 3_000 } },
  '!markPrice@arr@1s': { route: 'market', spec: { kind: 'allMarkPrices', everyMs: 1_000 } },
}

function plain(rest: string, symbol: string): ParsedStream | undefined {
  const route = Object.hasOwn(PLAIN, rest) ? PLAIN[rest] : undefined
  if (route === undefined) return undefined
  return { route, spec: { kind: rest as 'bookTicker', symbol } }
}

function ofDepth(rest: string, symbol: string): ParsedStream | undefined {
  const match = /^depth(5|10|20)?(?:@(100|500)ms)?$/.exec(rest)
  if (match === null) return undefined
  const levels = match[1] === undefined ? undefined : Number(match[1])
  return { route: 'public', spec: { kind: 'depth', symbol, levels, everyMs: Number(match[2] ?? 250) } }
}

function ofMarkPrice(rest: string, symbol: string): ParsedStream | undefined {
  if (rest !== 'markPrice' && rest !== 'markPrice@1s') return undefined
  return { route: 'market', spec: { kind: 'markPrice', symbol, everyMs: rest === 'markPrice' ? 3_000 : 1_000 } }
}

function ofKline(rest: string, kind: 'kline' | 'continuousKline', symbol: string): ParsedStream | undefined {
  const interval = rest.startsWith(`${kind}_`) ? KlineInterval.of(rest.slice(kind.length + 1)) : undefined
  if (interval === undefined) return undefined
  return { route: 'market', spec: { kind, symbol, interval } }
}
