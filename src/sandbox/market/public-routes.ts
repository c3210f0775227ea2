import type { RouteTable } from '../rest/route.js'
import type { MarketData } from './market-data.js'

/** Routes that anybody may ask. Weights: notes on Binance, 1.3. */
export const PUBLIC_ROUTES: RouteTable<MarketData> = {
  'GET /fapi/v1/ping': { access: 'public', weight: 1, answer: () => ({}) },
  'GET /fapi/v1/time': {
    access: 'public',
    weight: 1,
    answer: (_params, { floor }) => ({ serverTime: floor.clock.exchangeMs }),
  },
}
