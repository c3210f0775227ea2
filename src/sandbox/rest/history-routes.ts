import { exact } from '../../base/exact.js'
import type { Income } from '../trading/ledger.js'
import { forcedView, tradeView } from '../trading/order-views.js'
import type { TradingFloor } from '../trading/trading-floor.js'
import { limit, may, must, symbol, whole } from './param-rules.js'
import type { Params } from './params.js'
import { Refusal } from './refusal.js'
import type { RouteTable } from './route.js'
import { TIMES, windowOf } from './time-window.js'

/** What the account has lived through. */
export const HISTORY_ROUTES: RouteTable<TradingFloor> = {
  'GET /fapi/v1/userTrades': {
    access: 'signed',
    weight: 5,
    takes: { symbol: must(symbol), orderId: may(whole), ...TIMES, fromId: may(whole), limit: may(limit) },
    answer: (params, trading) => userTrades(params, trading),
  },
  'GET /fapi/v1/income': {
    access: 'signed',
    weight: 30,
    takes: { symbol: may(symbol), ...TIMES, page: may(whole), limit: may(limit) },
    answer: (params, trading) => incomes(params, trading),
  },
  'GET /fapi/v1/forceOrders': {
    access: 'signed',
    weight: (params) => (params.has('symbol') ? 20 : 50),
    takes: { symbol: may(symbol), ...TIMES, limit: may(limit) },
    answer: (params, trading) => forcedOrders(params, trading),
  },
}

const THREE_MONTHS_MS = 90 * 86_400_000

/** From a trade's number on, or within seven days; nothing older than three months since 2026-08-26. */
function userTrades(params: Params, { ledger, floor }: TradingFloor): object | Refusal {
  const { exchangeMs } = floor.clock
  const fromId = params.whole('fromId')
  if (fromId !== undefined && (params.has('startTime') || params.has('endTime'))) {
    return new Refusal(-1128, 'Combination of optional parameters invalid.')
  }
  const window = windowOf(params, exchangeMs)
  if (window instanceof Refusal) return window
  const orderId = params.whole('orderId')
  const rows = ledger
    .tradesOf(params.text('symbol')!)
    .filter(({ atMs }) => atMs >= exchangeMs - THREE_MONTHS_MS)
    .filter(({ tradeId, atMs }) => (fromId === undefined ? window.has(atMs) : tradeId >= fromId))
    .filter(({ order }) => orderId === undefined || order.orderId === orderId)
  const most = params.whole('limit') ?? 500
  const isLast = window.isOpenEnded && fromId === undefined
  return (isLast ? rows.slice(-most) : rows.slice(0, most)).map((trade) =>
    tradeView({ ...trade, quoteUsd: exact(trade.price).times(trade.quantity).toFixed() }),
  )
}

function incomes(params: Params, { ledger, floor }: TradingFloor): object | Refusal {
  const { exchangeMs } = floor.clock
  const symbolWanted = params.text('symbol')
  const typeWanted = params.text('incomeType')
  const fromMs = params.whole('startTime') ?? (params.has('endTime') ? 0 : exchangeMs - SEVEN_DAYS_MS)
  const untilMs = params.whole('endTime') ?? Number.POSITIVE_INFINITY
  const most = params.whole('limit') ?? 100
  const skipped = ((params.whole('page') ?? 1) - 1) * most
  return ledger.incomes
    .filter(({ atMs }) => atMs >= Math.max(fromMs, exchangeMs - THREE_MONTHS_MS) && atMs <= untilMs)
    .filter(({ symbol, incomeType }) => {
      return (symbolWanted ?? symbol) === symbol && (typeWanted ?? incomeType) === incomeType
    })
    .slice(skipped, skipped + most)
    .map(incomeView)
}

const SEVEN_DAYS_MS = 7 * 86_400_000

function incomeView({ symbol, incomeType, amountUsd, atMs, tranId, tradeId }: Income): object {
  return {
    symbol,
    incomeType,
    income: amountUsd,
    asset: 'USDT',
    info: incomeType,
    time: atMs,
    tranId,
    tradeId: tradeId === undefined ? '' : String(tradeId),
  }
}

/** Of the last seven days where no time is said. */
function forcedOrders(params: Params, { ledger, floor }: TradingFloor): object | Refusal {
  const window = windowOf(params, floor.clock.exchangeMs)
  if (window instanceof Refusal) return window
  const symbolWanted = params.text('symbol')
  const kindWanted = params.text('autoCloseType')
  return ledger.forced
    .filter(({ symbol, forced }) => (symbolWanted ?? symbol) === symbol && (kindWanted ?? forced) === forced)
    .filter(({ createdAtMs }) => window.has(createdAtMs))
    .slice(-(params.whole('limit') ?? 50))
    .map(forcedView)
}
