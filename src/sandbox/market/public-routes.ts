import type { Params } from '../rest/params.js'
import { malformed } from '../rest/params.js'
import { Refusal } from '../rest/refusal.js'
import type { RestRoute, RouteTable } from '../rest/route.js'
import { exchangeInfo } from './exchange-info.js'
import { FUTURES_DATA_ROUTES } from './futures-data-routes.js'
import { KLINE_ROUTES } from './kline-routes.js'
import type { MarketData } from './market-data.js'
import { padded } from './plain-decimals.js'
import type { SymbolMarket, Trade } from './symbol-market.js'
import { bookTickerRow, dayTickerRow, premiumIndexRow, priceRow } from './ticker-rows.js'

/** Routes that anybody may ask. Weights: notes on Binance, 1.3. */
export const PUBLIC_ROUTES: RouteTable<MarketData> = {
  'GET /fapi/v1/ping': open(1, () => ({})),
  'GET /fapi/v1/time': open(1, (_params, { floor }) => ({ serverTime: floor.clock.exchangeMs })),
  'GET /fapi/v1/exchangeInfo': open(1, (_params, { floor }) => exchangeInfo(floor)),
  'GET /fapi/v1/depth': open(depthWeight, depth),
  'GET /fapi/v1/trades': open(5, (params, data) => ofSymbol(params, data, (symbol) => trades(params, symbol))),
  'GET /fapi/v1/aggTrades': open(20, (params, data) =>
    ofSymbol(params, data, (symbol) => aggTrades(params, symbol, data)),
  ),
  'GET /fapi/v1/premiumIndex': open(ofOneOrAll(1, 10), rowsOf(premiumIndexRow)),
  'GET /fapi/v1/ticker/24hr': open(ofOneOrAll(1, 40), rowsOf(dayTickerRow)),
  'GET /fapi/v1/ticker/price': open(ofOneOrAll(1, 2), rowsOf(priceRow)),
  'GET /fapi/v2/ticker/price': open(ofOneOrAll(1, 2), rowsOf(priceRow)),
  'GET /fapi/v1/ticker/bookTicker': open(ofOneOrAll(2, 5), rowsOf(bookTickerRow)),
  'GET /fapi/v1/fundingRate': open(0, fundingRate),
  'GET /fapi/v1/fundingInfo': open(0, (_params, data) => fundingInfo(data)),
  'GET /fapi/v1/openInterest': open(1, (params, data) =>
    ofSymbol(params, data, ({ symbol }) => ({
      symbol,
      openInterest: data.openInterest(symbol, data.floor.clock.exchangeMs).toFixed(3),
      time: data.floor.clock.exchangeMs,
    })),
  ),
  ...KLINE_ROUTES,
  ...FUTURES_DATA_ROUTES,
}

function open(weight: RestRoute<MarketData>['weight'], answer: RestRoute<MarketData>['answer']): RestRoute<MarketData> {
  return { access: 'public', weight, answer }
}

/** What is asked of one symbol; refused where it is not listed. */
function ofSymbol(params: Params, data: MarketData, answer: (symbol: SymbolMarket) => object): object {
  const name = params.text('symbol')
  if (name === undefined) return malformed('symbol')
  const symbol = data.find(name)
  return symbol === undefined ? UNKNOWN_SYMBOL : answer(symbol)
}

const UNKNOWN_SYMBOL = new Refusal(-1121, 'Invalid symbol.')

/** A row of one symbol, or those of all that have a price. */
function rowsOf(row: (symbol: SymbolMarket, data: MarketData) => object): RestRoute<MarketData>['answer'] {
  return (params, data) => {
    if (params.has('symbol')) {
      return ofSymbol(params, data, (symbol) => (symbol.quote === undefined ? {} : row(symbol, data)))
    }
    return [...data.all].filter(({ quote }) => quote !== undefined).map((symbol) => row(symbol, data))
  }
}

function ofOneOrAll(one: number, all: number): (params: Params) => number {
  return (params) => (params.has('symbol') ? one : all)
}

/** Without a limit it is 1, and 500 levels: measured, and not documented. */
function depthWeight(params: Params): number {
  const limit = params.whole('limit')
  if (limit === undefined) return 1
  if (limit <= 50) return 2
  if (limit <= 100) return 5
  return limit <= 500 ? 10 : 20
}

const DEPTH_LIMITS: ReadonlySet<number> = new Set([5, 10, 20, 50, 100, 500, 1_000])

function depth(params: Params, data: MarketData): object {
  return ofSymbol(params, data, (symbol) => {
    const limit = params.whole('limit') ?? 500
    if (!DEPTH_LIMITS.has(limit)) return new Refusal(-4021, `${params.text('limit')} is not valid depth limit`)
    const { clock, faults } = data.floor
    const book = symbol.bookBefore(clock.exchangeMs, faults.plan.depthSnapshotLagMs)
    return {
      lastUpdateId: book?.updateId ?? 0,
      E: clock.exchangeMs,
      T: book?.changedMs ?? clock.exchangeMs,
      bids: book?.bids.slice(0, limit) ?? [],
      asks: book?.asks.slice(0, limit) ?? [],
    }
  })
}

function trades(params: Params, symbol: SymbolMarket): object {
  const limit = limitOf(params, { normal: 500, max: 1_000 })
  if (limit instanceof Refusal) return limit
  return symbol.trades.slice(-limit).map(({ id, price, quantity, buyerIsMaker, timeMs }) => ({
    id,
    price: padded(price, symbol.priceDecimals),
    qty: padded(quantity, symbol.quantityDecimals),
    quoteQty: (Number(price) * Number(quantity)).toFixed(2),
    time: timeMs,
    isBuyerMaker: buyerIsMaker,
  }))
}

function aggTrades(params: Params, symbol: SymbolMarket, { floor }: MarketData): object {
  const limit = limitOf(params, { normal: 500, max: 1_000 })
  if (limit instanceof Refusal) return limit
  const [fromId, startTime, endTime] = ['fromId', 'startTime', 'endTime'].map((name) => params.whole(name))
  if (startTime !== undefined && startTime < floor.clock.exchangeMs - TWO_DAYS_MS) {
    return new Refusal(-4166, 'Search window is restricted to recent 2 days only.')
  }
  const wanted = ({ id, timeMs }: Trade): boolean =>
    id >= (fromId ?? 0) && timeMs >= (startTime ?? 0) && timeMs <= (endTime ?? Number.POSITIVE_INFINITY)
  const found = symbol.trades.filter(wanted)
  const isForward = fromId !== undefined || startTime !== undefined
  return (isForward ? found.slice(0, limit) : found.slice(-limit)).map(({ id, price, quantity, ...trade }) => ({
    a: id,
    p: padded(price, symbol.priceDecimals),
    q: padded(quantity, symbol.quantityDecimals),
    f: id,
    l: id,
    T: trade.timeMs,
    m: trade.buyerIsMaker,
  }))
}

const TWO_DAYS_MS = 2 * 86_400_000

function fundingRate(params: Params, data: MarketData): object {
  const limit = limitOf(params, { normal: 100, max: 1_000 })
  if (limit instanceof Refusal) return limit
  const name = params.text('symbol')
  if (name !== undefined && data.find(name) === undefined) return UNKNOWN_SYMBOL
  const { exchangeMs } = data.floor.clock
  const [startTime, endTime] = [params.whole('startTime'), params.whole('endTime')]
  const toMs = Math.min(endTime ?? exchangeMs, exchangeMs)
  const fromMs = startTime ?? toMs - (limit + 1) * data.funding.intervalHours * HOUR_MS
  const rows = [...data.all]
    .filter(({ symbol }) => name === undefined || symbol === name)
    .flatMap((symbol) =>
      data.funding.between(symbol.symbol, { fromMs, toMs }, (timeMs) => data.priceAt(symbol, timeMs)?.toFixed(8)),
    )
    .sort((a, b) => a.timeMs - b.timeMs)
  return (startTime === undefined ? rows.slice(-limit) : rows.slice(0, limit)).map(
    ({ symbol, rate, mark, timeMs }) => ({
      symbol,
      fundingTime: timeMs,
      fundingRate: rate,
      markPrice: mark,
      rateType: 'Regular',
    }),
  )
}

const HOUR_MS = 3_600_000

/** As recorded, one in three has never been updated, and COIN-M contracts are among them. */
function fundingInfo(data: MarketData): object {
  const caps = { adjustedFundingRateCap: '0.02000000', adjustedFundingRateFloor: '-0.02000000' }
  const row = (symbol: string, i: number): object => ({
    symbol,
    ...caps,
    fundingIntervalHours: data.funding.intervalHours,
    disclaimer: i % 3 === 0,
    updateTime: i % 3 === 0 ? null : 1_696_841_346_067,
  })
  return [...[...data.all].map(({ symbol }, i) => row(symbol, i)), row('BTCUSD_PERP', 1)]
}

function limitOf(params: Params, { normal, max }: { readonly normal: number; readonly max: number }): number | Refusal {
  const limit = params.whole('limit') ?? normal
  if (limit >= 1 && limit <= max) return limit
  return new Refusal(-1130, "Data sent for parameter 'limit' is not valid.")
}
