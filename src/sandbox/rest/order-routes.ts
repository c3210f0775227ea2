import { isForgotten } from '../trading/known-orders.js'
import { isWorking, type SandboxOrder } from '../trading/order.js'
import { acknowledgement, amendment, orderView } from '../trading/order-views.js'
import type { TradingFloor } from '../trading/trading-floor.js'
import { batchOf, cancelNames, placed } from './batch.js'
import { AMENDED_ORDER, NAMED_ORDER, ONE_ORDER, ORDER_PARAMS, readOrder } from './order-params.js'
import { limit, may, must, symbol, whole } from './param-rules.js'
import { Params } from './params.js'
import { Refusal } from './refusal.js'
import type { RouteTable } from './route.js'
import { windowOf } from './time-window.js'

/** Orders of the engine. Weights and shapes: notes on Binance, 1.3 and 1.4. */
export const ORDER_ROUTES: RouteTable<TradingFloor> = {
  'POST /fapi/v1/order': {
    access: 'signed',
    weight: 0,
    orders: ONE_ORDER,
    engine: 'throttled',
    takes: ORDER_PARAMS,
    answer: (params, trading) => placeOne(params, trading),
  },
  'PUT /fapi/v1/order': {
    access: 'signed',
    weight: 0,
    orders: ONE_ORDER,
    engine: 'throttled',
    takes: AMENDED_ORDER,
    answer: (params, trading) => amendOne(params, trading),
  },
  'DELETE /fapi/v1/order': {
    access: 'signed',
    weight: 1,
    engine: 'exempt',
    takes: NAMED_ORDER,
    answer: (params, trading) => cancelOne(params, trading),
  },
  'GET /fapi/v1/order': {
    access: 'signed',
    weight: 1,
    takes: NAMED_ORDER,
    answer: (params, trading) => {
      const order = found(params, trading)
      if (order instanceof Refusal) return order
      return order === undefined || isForgotten(order, trading.floor.clock.exchangeMs)
        ? NO_SUCH_ORDER
        : orderView(order)
    },
  },
  'GET /fapi/v1/openOrder': {
    access: 'signed',
    weight: 1,
    takes: NAMED_ORDER,
    answer: (params, trading) => {
      const order = found(params, trading)
      if (order instanceof Refusal) return order
      return order === undefined || !isWorking(order) ? NO_SUCH_ORDER : orderView(order)
    },
  },
  'GET /fapi/v1/openOrders': {
    access: 'signed',
    weight: (params) => (params.has('symbol') ? 1 : 40),
    takes: { symbol: may(symbol) },
    answer: (params, trading) => trading.known.open(params.text('symbol')).map(orderView),
  },
  'GET /fapi/v1/allOrders': {
    access: 'signed',
    weight: 5,
    takes: { symbol: may(symbol), orderId: may(whole), startTime: may(whole), endTime: may(whole), limit: may(limit) },
    answer: (params, trading) => allOrders(params, trading),
  },
  'DELETE /fapi/v1/allOpenOrders': {
    access: 'signed',
    weight: 1,
    engine: 'exempt',
    takes: { symbol: must(symbol) },
    answer: (params, trading) => {
      for (const order of trading.known.open(params.text('symbol'))) trading.orders.cancel(order)
      return { code: 200, msg: 'The operation of cancel all open order is done.' }
    },
  },
  'POST /fapi/v1/batchOrders': {
    access: 'signed',
    weight: 5,
    orders: { in10s: 5, in1m: 1 },
    engine: 'throttled',
    answer: (params, trading) => batchOf(params, ORDER_PARAMS, trading, placeOne),
  },
  'PUT /fapi/v1/batchOrders': {
    access: 'signed',
    weight: 5,
    orders: { in10s: 5, in1m: 1 },
    engine: 'throttled',
    answer: (params, trading) => batchOf(params, AMENDED_ORDER, trading, amendOne),
  },
  'DELETE /fapi/v1/batchOrders': {
    access: 'signed',
    weight: 1,
    engine: 'exempt',
    takes: { symbol: must(symbol) },
    answer: (params, trading) => {
      const names = cancelNames(params)
      if (names instanceof Refusal) return names
      return names.map((name) => placed(cancelOne(new Params(name), trading)))
    },
  },
  'POST /fapi/v1/countdownCancelAll': {
    access: 'signed',
    weight: 10,
    takes: { symbol: must(symbol), countdownTime: must(whole) },
    answer: (params, { countdowns }) => {
      const name = params.text('symbol')!
      countdowns.wind(name, params.whole('countdownTime')!)
      return { symbol: name, countdownTime: params.text('countdownTime')! }
    },
  },
}

const NO_SUCH_ORDER = new Refusal(-2013, 'Order does not exist.')
const UNKNOWN_ORDER = new Refusal(-2011, 'Unknown order sent.')

/** ACK: as it was accepted. RESULT: what has become of it, where it cannot rest. */
function placeOne(params: Params, trading: TradingFloor): object | Refusal {
  const wanted = readOrder(params, trading)
  if (wanted instanceof Refusal) return wanted
  const order = trading.orders.place(wanted)
  if (order instanceof Refusal) return order
  const mayRest = order.type === 'LIMIT' && !['IOC', 'FOK'].includes(order.timeInForce)
  const isShownAsAccepted = params.text('newOrderRespType') !== 'RESULT' || (mayRest && order.status !== 'EXPIRED')
  return acknowledgement(order, isShownAsAccepted)
}

function amendOne(params: Params, trading: TradingFloor): object | Refusal {
  const order = found(params, trading)
  if (order instanceof Refusal) return order
  if (order === undefined || !isWorking(order)) return NO_SUCH_ORDER
  const refused = trading.orders.amend(order, {
    price: params.decimal('price')!,
    quantity: params.decimal('quantity')!,
  })
  return refused ?? amendment(order)
}

function cancelOne(params: Params, trading: TradingFloor): object | Refusal {
  const order = found(params, trading)
  if (order instanceof Refusal) return order
  if (order === undefined || !isWorking(order)) return UNKNOWN_ORDER
  trading.orders.cancel(order)
  return acknowledgement(order, false)
}

/** By its number or by its client's name for it: the newest of that name. */
function found(params: Params, { known }: TradingFloor): SandboxOrder | Refusal | undefined {
  const orderId = params.whole('orderId')
  const clientOrderId = params.text('origClientOrderId')
  if (orderId === undefined && clientOrderId === undefined) {
    return new Refusal(-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!")
  }
  return known.find(params.text('symbol')!, { orderId, clientOrderId })
}

function allOrders(params: Params, { known, floor }: TradingFloor): object | Refusal {
  const { exchangeMs } = floor.clock
  const window = windowOf(params, exchangeMs)
  if (window instanceof Refusal) return window
  const fromId = params.whole('orderId')
  const rows = known
    .all(params.text('symbol'))
    .filter((order) => !isForgotten(order, exchangeMs))
    .filter((order) => (fromId === undefined ? window.has(order.createdAtMs) : order.orderId >= fromId))
  const most = params.whole('limit') ?? 500
  return (window.isOpenEnded && fromId === undefined ? rows.slice(-most) : rows.slice(0, most)).map(orderView)
}
