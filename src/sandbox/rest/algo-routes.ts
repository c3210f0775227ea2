import type { AlgoOrder } from '../trading/algo-order.js'
import { algoAcknowledgement, algoRow, algoView } from '../trading/algo-views.js'
import type { TradingFloor } from '../trading/trading-floor.js'
import { ALGO_PARAMS, NAMED_ALGO, readAlgo } from './algo-params.js'
import { limit, may, must, symbol, whole } from './param-rules.js'
import type { Params } from './params.js'
import { Refusal } from './refusal.js'
import type { RouteTable } from './route.js'
import { windowOf } from './time-window.js'

/** Conditional orders: another system beside the engine. Shapes: notes on Binance, 1.5. */
export const ALGO_ROUTES: RouteTable<TradingFloor> = {
  'POST /fapi/v1/algoOrder': {
    access: 'signed',
    weight: 0,
    orders: { in10s: 1, in1m: 1 },
    engine: 'throttled',
    takes: ALGO_PARAMS,
    answer: (params, trading) => {
      const wanted = readAlgo(params, trading)
      if (wanted instanceof Refusal) return wanted
      const algo = trading.algos.place(wanted)
      return algo instanceof Refusal ? algo : algoAcknowledgement(algo)
    },
  },
  'DELETE /fapi/v1/algoOrder': {
    access: 'signed',
    weight: 1,
    engine: 'exempt',
    takes: NAMED_ALGO,
    answer: (params, trading) => {
      const algo = found(params, trading)
      if (algo instanceof Refusal) return algo
      if (algo === undefined) return new Refusal(-2011, 'Unknown order sent.')
      const refused = trading.algos.cancel(algo)
      // The code is text here, and only here.
      return refused ?? { algoId: algo.algoId, clientAlgoId: algo.clientAlgoId, code: '200', msg: 'success' }
    },
  },
  'GET /fapi/v1/algoOrder': {
    access: 'signed',
    weight: 1,
    takes: NAMED_ALGO,
    answer: (params, trading) => {
      const algo = found(params, trading)
      if (algo instanceof Refusal) return algo
      return algo === undefined ? new Refusal(-2013, 'Order does not exist.') : algoView(algo)
    },
  },
  'GET /fapi/v1/openAlgoOrders': {
    access: 'signed',
    weight: (params) => (params.has('symbol') ? 1 : 40),
    takes: { symbol: may(symbol), algoId: may(whole) },
    answer: (params, { algos }) => {
      const algoId = params.whole('algoId')
      const open = algos.open(params.text('symbol'))
      return open.filter((algo) => algoId === undefined || algo.algoId === algoId).map(algoRow)
    },
  },
  'GET /fapi/v1/allAlgoOrders': {
    access: 'signed',
    weight: 5,
    takes: { symbol: must(symbol), algoId: may(whole), startTime: may(whole), endTime: may(whole), limit: may(limit) },
    answer: (params, { algos, floor }) => {
      const window = windowOf(params, floor.clock.exchangeMs)
      if (window instanceof Refusal) return window
      const fromId = params.whole('algoId')
      return algos
        .all(params.text('symbol')!)
        .filter((algo) => (fromId === undefined ? window.has(algo.createdAtMs) : algo.algoId >= fromId))
        .slice(0, params.whole('limit') ?? 500)
        .map(algoView)
    },
  },
  'DELETE /fapi/v1/algoOpenOrders': {
    access: 'signed',
    weight: 1,
    engine: 'exempt',
    takes: { symbol: must(symbol) },
    answer: (params, { algos }) => {
      for (const algo of algos.open(params.text('symbol'))) algos.cancel(algo)
      return { code: 200, msg: 'The operation of cancel all open order is done.' }
    },
  },
}

function found(params: Params, { algos }: TradingFloor): AlgoOrder | Refusal | undefined {
  const algoId = params.whole('algoId')
  const clientAlgoId = params.text('clientAlgoId')
  if (algoId === undefined && clientAlgoId === undefined) {
    return new Refusal(-1102, "Param 'algoId' or 'clientAlgoId' must be sent, but both were empty/null!")
  }
  return algos.find({ algoId, clientAlgoId })
}
