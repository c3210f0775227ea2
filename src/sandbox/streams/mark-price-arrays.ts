import type { MarketData } from '../market/market-data.js'
import { markPrice } from './payloads.js'

/**
 * The mark prices of all symbols: two frames, those of crypto and those of traditional finance apart, with a row of a COIN-M contract
 * and one of a dated contract, for which no funding is scheduled (`T` 0). Source: notes on Binance, 2.6, and 0.8.
 */
export function markPriceArrays(data: MarketData, nowMs: number): readonly object[] {
  const rows = [...data.all].filter(({ quote }) => quote !== undefined)
  if (rows.length === 0) return []
  const nextMs = data.funding.nextMs(nowMs)
  const common = { e: 'markPriceUpdate', E: nowMs }
  const crypto = rows.map((symbol) => markPrice(symbol, data.funding, nowMs))
  const coin = { p: '86135.50000000', ap: '86135.40000000', P: '86066.64151075', i: '86169.88180356', r: '0.00007058' }
  const dated = { p: '86910.00000000', ap: '86910.00000000', P: '86902.10000000', i: '86059.26913043', r: '' }
  const gold = { p: '4103.92233180', ap: '4103.92233180', P: '4098.72755326', i: '4100.14187735', r: '0.00019799' }
  return [
    [
      ...crypto,
      { ...common, s: 'BTCUSD_PERP', ...coin, T: nextMs, st: 2 },
      { ...common, s: 'BTCUSDT_270326', ...dated, T: 0, st: 1 },
    ],
    [{ ...common, s: 'XAUUSDT', ...gold, T: nextMs, st: 1 }],
  ]
}
