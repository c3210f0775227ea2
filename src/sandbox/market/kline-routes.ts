import { malformed, type Params } from '../rest/params.js'
import { Refusal } from '../rest/refusal.js'
import type { RestRoute, RouteTable } from '../rest/route.js'
import { type Bar, KlineInterval } from './bar.js'
import type { MarketData } from './market-data.js'
import type { SymbolMarket } from './symbol-market.js'

/** Bars of any past span. Those of the mark and the index price are the traded ones here, without volumes. */
export const KLINE_ROUTES: RouteTable<MarketData> = {
  'GET /fapi/v1/klines': klines('symbol', true),
  'GET /fapi/v1/continuousKlines': klines('pair', true),
  'GET /fapi/v1/markPriceKlines': klines('symbol', false),
  'GET /fapi/v1/indexPriceKlines': klines('pair', false),
}

function klines(subject: 'symbol' | 'pair', hasVolume: boolean): RestRoute<MarketData> {
  return {
    access: 'public',
    weight: klinesWeight,
    answer: (params, data) => answer(params, data, { subject, hasVolume }),
  }
}

/** Measured: the edges are one above those of the documentation, and no limit is dearer than the same limit said. */
function klinesWeight(params: Params): number {
  const limit = params.whole('limit')
  if (limit === undefined) return 5
  if (limit <= 100) return 1
  if (limit <= 500) return 2
  return limit <= 1_000 ? 5 : 10
}

function answer(
  params: Params,
  data: MarketData,
  { subject, hasVolume }: { readonly subject: 'symbol' | 'pair'; readonly hasVolume: boolean },
): object {
  const name = params.text(subject)
  if (name === undefined) return malformed(subject)
  const symbol = data.find(name)
  if (symbol === undefined) return new Refusal(-1121, 'Invalid symbol.')
  if (!params.has('interval')) return malformed('interval')
  const interval = KlineInterval.of(params.text('interval')!)
  if (interval === undefined) return new Refusal(-1120, 'Invalid interval.')
  const limit = params.whole('limit') ?? 500
  if (!(limit >= 1 && limit <= LIMIT_MAX)) return new Refusal(-1130, "Data sent for parameter 'limit' is not valid.")
  const span = spanOf(params, { interval, limit, nowMs: data.floor.clock.exchangeMs })
  if (span instanceof Refusal) return span
  return data.klines(name, interval, { ...span, limit }).map((bar) => row(bar, { symbol, interval, hasVolume }))
}

const LIMIT_MAX = 1_500

/** From the start on; without one the last bars up to the end. Both ends are included. */
function spanOf(
  params: Params,
  { interval, limit, nowMs }: { readonly interval: KlineInterval; readonly limit: number; readonly nowMs: number },
): { readonly fromMs: number; readonly untilMs: number } | Refusal {
  const [startTime, endTime] = [params.whole('startTime'), params.whole('endTime')]
  for (const [name, time] of [
    ['startTime', startTime],
    ['endTime', endTime],
  ] as const) {
    if (Number.isNaN(time)) return malformed(name)
  }
  const untilMs = Math.min(endTime ?? nowMs, nowMs) + 1
  if (startTime === undefined)
    return { fromMs: interval.startOf(untilMs - 1) - (limit - 1) * interval.lengthMs, untilMs }
  if (endTime !== undefined && startTime > endTime) return new Refusal(-1023, 'Start time is greater than end time.')
  return { fromMs: startTime, untilMs }
}

interface RowOf {
  readonly symbol: SymbolMarket
  readonly interval: KlineInterval
  readonly hasVolume: boolean
}

function row(bar: Bar, { symbol, interval, hasVolume }: RowOf): readonly (string | number)[] {
  const price = (value: number): string => value.toFixed(symbol.priceDecimals)
  const quantity = (value: number): string => (hasVolume ? value.toFixed(symbol.quantityDecimals) : '0')
  const quote = (value: number): string => (hasVolume ? value.toFixed(5) : '0')
  return [
    bar.openMs,
    price(bar.open),
    price(bar.high),
    price(bar.low),
    price(bar.close),
    quantity(bar.volume),
    interval.endOf(bar.openMs) - 1,
    quote(bar.quoteVolume),
    bar.trades,
    quantity(bar.takerBuyVolume),
    quote(bar.takerBuyQuoteVolume),
    '0',
  ]
}
