import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { Bar, KlineInterval } from '../market/bar.js'
import {
  CONTRACT_TYPE,
  deliveryMsOf,
  INDEX_SHARE,
  ONBOARD_MS,
  SETTLE_SHARE,
  STATUS_WORDS,
} from '../market/exchange-words.js'
import type { Funding } from '../market/funding.js'
import type { DaySummary } from '../market/market-data.js'
import { padded } from '../market/plain-decimals.js'
import type { SymbolMarket } from '../market/symbol-market.js'
import type { ForcedOrder } from './forced-order.js'

/** Payloads of the streams, as recorded in autumn 2026: `st` 1 is USD-M, 2 is COIN-M. Source: notes on Binance, 2.6. */

export function bookTicker(symbol: SymbolMarket, nowMs: number): object {
  const quote = symbol.quote!
  const { priceDecimals, quantityDecimals } = symbol
  return {
    e: 'bookTicker',
    u: symbol.updateId,
    s: symbol.symbol,
    ps: symbol.symbol,
    b: padded(quote.bid, priceDecimals),
    B: padded(quote.bidQuantity, quantityDecimals),
    a: padded(quote.ask, priceDecimals),
    A: padded(quote.askQuantity, quantityDecimals),
    T: symbol.changedMs,
    E: nowMs,
    st: 1,
  }
}

/** `nq` is without what retail price improvement took part in: here of each eighth trade a half. */
export function aggTrade(symbol: SymbolMarket, nowMs: number): object {
  const { id, price, quantity, buyerIsMaker, timeMs } = symbol.lastTrade!
  const ordinary = id % 8 === 0 ? (Number(quantity) / 2).toFixed(symbol.quantityDecimals) : quantity
  return {
    e: 'aggTrade',
    E: nowMs,
    a: id,
    s: symbol.symbol,
    p: padded(price, symbol.priceDecimals),
    q: padded(quantity, symbol.quantityDecimals),
    nq: padded(ordinary, symbol.quantityDecimals),
    f: id,
    l: id,
    T: timeMs,
    m: buyerIsMaker,
    st: 1,
  }
}

export function trade(symbol: SymbolMarket, nowMs: number): object {
  const { id, price, quantity, buyerIsMaker, timeMs } = symbol.lastTrade!
  const [p, q] = [padded(price, symbol.priceDecimals), padded(quantity, symbol.quantityDecimals)]
  return { e: 'trade', E: nowMs, T: timeMs, s: symbol.symbol, t: id, p, q, X: 'MARKET', m: buyerIsMaker, st: 1 }
}

export function markPrice(symbol: SymbolMarket, funding: Funding, nowMs: number): object {
  const mark = Number(symbol.quote!.mark)
  return {
    e: 'markPriceUpdate',
    E: nowMs,
    s: symbol.symbol,
    p: mark.toFixed(8),
    ap: mark.toFixed(8),
    P: (mark * SETTLE_SHARE).toFixed(8),
    i: (mark * INDEX_SHARE).toFixed(8),
    r: funding.rateAt(symbol.symbol, nowMs),
    T: funding.nextMs(nowMs),
    st: 1,
  }
}

export function miniTicker(symbol: SymbolMarket, day: DaySummary, nowMs: number): object {
  const { open, high, low, volume } = day
  const last = symbol.lastPrice!
  const price = (value: number) => value.toFixed(symbol.priceDecimals)
  return {
    e: '24hrMiniTicker',
    E: nowMs,
    s: symbol.symbol,
    ps: symbol.symbol,
    c: price(last),
    o: price(open),
    h: price(Math.max(high, last)),
    l: price(Math.min(low, last)),
    v: volume.toFixed(symbol.quantityDecimals),
    q: (volume * last).toFixed(2),
    st: 1,
  }
}

export function ticker(symbol: SymbolMarket, day: DaySummary, nowMs: number): object {
  const last = symbol.lastPrice!
  const { id = 1, quantity = '0' } = symbol.lastTrade ?? {}
  const price = (value: number) => value.toFixed(symbol.priceDecimals)
  const { e: _, E: __, ...mini } = miniTicker(symbol, day, nowMs) as Readonly<Record<string, unknown>>
  return {
    e: '24hrTicker',
    E: nowMs,
    ...mini,
    p: price(last - day.open),
    P: ((last / day.open - 1) * 100).toFixed(3),
    w: price((last + day.open) / 2),
    Q: quantity,
    O: nowMs - DAY_MS,
    C: nowMs,
    F: Math.max(1, id - 100_000),
    L: id,
    n: Math.min(id, 100_001),
  }
}

const DAY_MS = 86_400_000

/** Arrays of the whole market have rows of COIN-M contracts too. */
export function foreignTicker(kind: 'allTickers' | 'allMiniTickers', nowMs: number): object {
  const [s, ps] = ['BTCUSD_PERP', 'BTCUSD']
  const row = {
    e: '24hrMiniTicker',
    E: nowMs,
    s,
    ps,
    c: '86135.5',
    o: '86000.0',
    h: '86500.0',
    l: '85500.0',
    v: '1200000',
  }
  if (kind === 'allMiniTickers') return { ...row, q: '1394.2', st: 2 }
  return {
    ...row,
    e: '24hrTicker',
    p: '135.5',
    P: '0.158',
    w: '86100.0',
    Q: '3',
    O: nowMs - DAY_MS,
    C: nowMs,
    F: 1,
    L: 9,
    n: 9,
    st: 2,
  }
}

export interface KlineNaming {
  readonly kind: 'kline' | 'continuousKline'
}

export function kline(
  symbol: SymbolMarket,
  bar: Bar,
  { naming, interval, closeMs, isClosed, nowMs }: KlineMoment,
): object {
  const { symbol: s } = symbol
  const lastId = symbol.lastTrade?.id ?? 1
  const price = (value: number) => value.toFixed(symbol.priceDecimals)
  const quantity = (value: number) => value.toFixed(symbol.quantityDecimals)
  const k = {
    t: bar.openMs,
    T: closeMs,
    ...(naming.kind === 'kline' && { s }),
    i: interval.name,
    f: bar.trades === 0 ? -1 : Math.max(1, lastId - bar.trades + 1),
    L: bar.trades === 0 ? -1 : lastId,
    o: price(bar.open),
    c: price(bar.close),
    h: price(bar.high),
    l: price(bar.low),
    v: quantity(bar.volume),
    n: bar.trades,
    x: isClosed,
    q: bar.quoteVolume.toFixed(5),
    V: quantity(bar.takerBuyVolume),
    Q: bar.takerBuyQuoteVolume.toFixed(5),
    B: '0',
  }
  if (naming.kind === 'kline') return { e: 'kline', E: nowMs, s, k, st: 1 }
  return { e: 'continuous_kline', E: nowMs, ps: s, ct: 'PERPETUAL', k }
}

export interface KlineMoment {
  readonly naming: KlineNaming
  readonly interval: KlineInterval
  readonly closeMs: number
  readonly isClosed: boolean
  readonly nowMs: number
}

export function forceOrder({ symbol, side, quantity, price }: ForcedOrder, nowMs: number): object {
  const filled = { X: 'FILLED', l: quantity, z: quantity, T: nowMs }
  const o = { s: symbol, S: side, o: 'LIMIT', f: 'IOC', q: quantity, p: price, ap: price, ...filled, ps: symbol, st: 1 }
  return { e: 'forceOrder', E: nowMs, o }
}

export function contractInfo(
  { identity, status, maintenanceMarginRate, maxLeverage }: Instrument,
  nowMs: number,
): object {
  const bracket = { bs: 1, bnf: 0, bnc: 5_000, mmr: Number(maintenanceMarginRate), cf: 0, mi: 1, ma: maxLeverage }
  return {
    e: 'contractInfo',
    E: nowMs,
    s: identity.symbol,
    ps: identity.symbol,
    ct: CONTRACT_TYPE[identity.contractType],
    dt: deliveryMsOf(identity),
    ot: ONBOARD_MS,
    cs: STATUS_WORDS[status],
    bks: [bracket],
    st: 1,
  }
}
