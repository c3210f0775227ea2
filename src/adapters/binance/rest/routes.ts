/** One route of the REST API. Weights: notes on Binance, 1.3. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly access: 'public' | 'key' | 'signed'
  /** Of the address, per UTC minute. */
  weight(params: Readonly<Record<string, string>>): number
  /** Counts against the account's limits of orders. */
  readonly isOrder?: true
}

export type RouteName = keyof typeof ROUTES

export const ROUTES = {
  ping: route('GET', '/fapi/v1/ping', 'public', 1),
  time: route('GET', '/fapi/v1/time', 'public', 1),
  exchangeInfo: route('GET', '/fapi/v1/exchangeInfo', 'public', 1),
  depth: route('GET', '/fapi/v1/depth', 'public', depthWeight),
  klines: route('GET', '/fapi/v1/klines', 'public', klinesWeight),
  premiumIndex: route('GET', '/fapi/v1/premiumIndex', 'public', perSymbol(1, 10)),
  ticker24h: route('GET', '/fapi/v1/ticker/24hr', 'public', perSymbol(1, 40)),
  aggTrades: route('GET', '/fapi/v1/aggTrades', 'public', 20),
  // Of no weight, and of a limit of its own: 500 in five minutes.
  fundingRate: route('GET', '/fapi/v1/fundingRate', 'public', 0),
  openInterest: route('GET', '/fapi/v1/openInterest', 'public', 1),
  bookTicker: route('GET', '/fapi/v1/ticker/bookTicker', 'public', perSymbol(2, 5)),
  apiRestrictions: route('GET', '/sapi/v1/account/apiRestrictions', 'signed', 1),
  positionMode: route('GET', '/fapi/v1/positionSide/dual', 'signed', 30),
  multiAssetsMode: route('GET', '/fapi/v1/multiAssetsMargin', 'signed', 30),
  feeBurn: route('GET', '/fapi/v1/feeBurn', 'signed', 30),
  symbolConfig: route('GET', '/fapi/v1/symbolConfig', 'signed', 5),
  leverageBracket: route('GET', '/fapi/v1/leverageBracket', 'signed', 1),
  setLeverage: route('POST', '/fapi/v1/leverage', 'signed', 1),
  setMarginType: route('POST', '/fapi/v1/marginType', 'signed', 1),
  account: route('GET', '/fapi/v3/account', 'signed', 5),
  balance: route('GET', '/fapi/v3/balance', 'signed', 5),
  positionRisk: route('GET', '/fapi/v3/positionRisk', 'signed', 5),
  openOrders: route('GET', '/fapi/v1/openOrders', 'signed', perSymbol(1, 40)),
  openAlgoOrders: route('GET', '/fapi/v1/openAlgoOrders', 'signed', perSymbol(1, 40)),
  userTrades: route('GET', '/fapi/v1/userTrades', 'signed', 5),
  income: route('GET', '/fapi/v1/income', 'signed', 30),
  forceOrders: route('GET', '/fapi/v1/forceOrders', 'signed', perSymbol(20, 50)),
  order: route('GET', '/fapi/v1/order', 'signed', 1),
  algoOrder: route('GET', '/fapi/v1/algoOrder', 'signed', 1),
  newOrder: route('POST', '/fapi/v1/order', 'signed', 0, true),
  newAlgoOrder: route('POST', '/fapi/v1/algoOrder', 'signed', 0, true),
  cancelOrder: route('DELETE', '/fapi/v1/order', 'signed', 1),
  cancelAlgoOrder: route('DELETE', '/fapi/v1/algoOrder', 'signed', 1),
  countdownCancelAll: route('POST', '/fapi/v1/countdownCancelAll', 'signed', 10),
  newListenKey: route('POST', '/fapi/v1/listenKey', 'key', 1),
  keepListenKey: route('PUT', '/fapi/v1/listenKey', 'key', 1),
} as const satisfies Record<string, Route>

function route(
  method: Route['method'],
  path: string,
  access: Route['access'],
  weight: number | Route['weight'],
  isOrder?: true,
): Route {
  const weightOf = typeof weight === 'number' ? () => weight : weight
  return { method, path, access, weight: weightOf, ...(isOrder && { isOrder }) }
}

function perSymbol(one: number, all: number): Route['weight'] {
  return ({ symbol }) => (symbol === undefined ? all : one)
}

function depthWeight({ limit }: Readonly<Record<string, string>>): number {
  if (limit === undefined) return 1
  const levels = Number(limit)
  if (levels <= 50) return 2
  if (levels <= 100) return 5
  return levels <= 500 ? 10 : 20
}

function klinesWeight({ limit }: Readonly<Record<string, string>>): number {
  const bars = limit === undefined ? 500.5 : Number(limit)
  if (bars <= 100) return 1
  if (bars <= 500) return 2
  return bars <= 1_000 ? 5 : 10
}
