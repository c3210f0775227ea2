import { malformed, type Params } from '../rest/params.js'
import { Refusal } from '../rest/refusal.js'
import type { RestRoute, RouteTable } from '../rest/route.js'
import { KlineInterval } from './bar.js'
import { hash, hashOfText } from './book-version.js'
import type { MarketData } from './market-data.js'

/** Series of a symbol over the last 30 days, of no weight. Rows: notes on Binance, 5. */
export const FUTURES_DATA_ROUTES: RouteTable<MarketData> = {
  'GET /futures/data/takerlongshortRatio': series((_symbol, share, timeMs) => {
    const [buyVol, sellVol] = [500 * (0.5 + share), 500 * (1.5 - share)]
    return {
      buySellRatio: (buyVol / sellVol).toFixed(4),
      buyVol: buyVol.toFixed(4),
      sellVol: sellVol.toFixed(4),
      timestamp: timeMs,
    }
  }),
  'GET /futures/data/openInterestHist': series((symbol, _share, timeMs, data) => {
    const interest = data.openInterest(symbol, timeMs)
    const price = data.priceAt(data.find(symbol)!, timeMs) ?? 0
    return {
      symbol,
      sumOpenInterest: interest.toFixed(8),
      sumOpenInterestValue: (interest * price).toFixed(8),
      CMCCirculatingSupply: '0',
      timestamp: timeMs,
    }
  }),
  'GET /futures/data/globalLongShortAccountRatio': series(accounts),
  'GET /futures/data/topLongShortAccountRatio': series(accounts),
  'GET /futures/data/topLongShortPositionRatio': series(accounts),
}

/** `share`: drawn for the symbol and the moment, from 0 to 1. */
type RowOf = (symbol: string, share: number, timeMs: number, data: MarketData) => object

function accounts(symbol: string, share: number, timeMs: number): object {
  const long = 0.35 + 0.3 * share
  return {
    symbol,
    longShortRatio: (long / (1 - long)).toFixed(4),
    longAccount: long.toFixed(4),
    shortAccount: (1 - long).toFixed(4),
    timestamp: timeMs,
  }
}

function series(rowOf: RowOf): RestRoute<MarketData> {
  return { access: 'public', weight: 0, answer: (params, data) => rows(params, data, rowOf) }
}

const PERIODS: ReadonlySet<string> = new Set(['5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d'])
const KEPT_MS = 30 * 86_400_000

function rows(params: Params, data: MarketData, rowOf: RowOf): object {
  const name = params.text('symbol')
  if (name === undefined) return malformed('symbol')
  if (data.find(name) === undefined) return new Refusal(-1121, 'Invalid symbol.')
  const period = params.text('period') ?? ''
  if (!PERIODS.has(period)) return malformed('period')
  const limit = params.whole('limit') ?? 30
  if (!(limit >= 1 && limit <= 500)) return new Refusal(-1130, "parameter 'limit' is invalid.")
  const { exchangeMs } = data.floor.clock
  const startTime = params.whole('startTime')
  if (startTime !== undefined && startTime < exchangeMs - KEPT_MS) {
    return new Refusal(-1130, "parameter 'startTime' is invalid.")
  }
  const interval = KlineInterval.of(period)!
  const lastMs = interval.startOf(Math.min(params.whole('endTime') ?? exchangeMs, exchangeMs))
  const firstMs = Math.max(startTime ?? 0, lastMs - (limit - 1) * interval.lengthMs)
  const found: object[] = []
  for (let timeMs = interval.endOf(firstMs - 1); timeMs <= lastMs; timeMs += interval.lengthMs) {
    found.push(rowOf(name, hash(hashOfText(name), timeMs / interval.lengthMs) / 2 ** 32, timeMs, data))
  }
  return found
}
