/**
 * Time of the paper exchange per event of the recorded market (fixtures/orderbook), best of several rounds:
 *
 *   npx tsx bench/paper.ts
 *
 * The baseline, in the same run: reading a quote's five decimals exactly and comparing the mark with two levels, what an
 * exchange would do that looks at each quote with exact decimals.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { PaperExchange } from '../src/adapters/paper/paper-exchange.js'
import { Exact } from '../src/base/exact.js'
import type { MarketEvent } from '../src/ports/played-market.js'
import type { Instrument } from '../src/ports/vocabulary/instrument.js'
import type { OrderRequest } from '../src/ports/vocabulary/orders.js'
import { line } from './measure.js'

const ROUNDS = 7
const BTC: Instrument = {
  identity: { symbol: 'BTCUSDT', exchange: 'PAPER', contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
  status: 'TRADING',
  tickSize: '0.1',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '1000',
  minNotionalUsd: '5',
  priceBand: '0.05',
  maxLeverage: 125,
  maintenanceMarginRate: '0.004',
}

interface Recorded {
  readonly atMs: number
  readonly event: MarketEvent
}

function recording(): Recorded[] {
  let atMs = 0
  const text = gunzipSync(
    readFileSync(new URL('../fixtures/orderbook/btcusdt-2024-08-09.csv.gz', import.meta.url)),
  ).toString()
  return text
    .trimEnd()
    .split('\n')
    .map((row) => {
      const [ms, kind, a, b, c, d] = row.split(',') as [string, string, string, string, string, string]
      atMs = Math.max(atMs, Number(ms))
      return kind === 'T'
        ? { atMs, event: { kind: 'print', symbol: 'BTCUSDT', price: a, quantity: b, aggressor: c as 'BUY' | 'SELL' } }
        : {
            atMs,
            event: {
              kind: 'quote',
              quote: { symbol: 'BTCUSDT', bid: a, bidQuantity: b, ask: c, askQuantity: d, mark: a, timestampMs: atMs },
            },
          }
    })
}

const recorded = recording()

/** Best microseconds per event of whole passes over the recording; `start` makes what one pass needs. */
function perEvent(start: () => (one: Recorded, i: number) => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const step = start()
    const startMs = performance.now()
    for (const [i, one] of recorded.entries()) step(one, i)
    return ((performance.now() - startMs) / recorded.length) * 1e3
  })
  return Math.min(...times)
}

function opened(orders: readonly Omit<OrderRequest, 'symbol'>[]): PaperExchange {
  const exchange = new PaperExchange({ instruments: [BTC], startingBalanceUsd: '1000000', seed: 1, rateLimits: [] })
  exchange.market(recorded[0]!.event, 0)
  for (const [i, order] of orders.entries()) {
    exchange.handle(
      { kind: 'submit', requestId: `r${i}`, order: { ...order, symbol: 'BTCUSDT' }, validUntilMs: 1e9 },
      0,
    )
  }
  exchange.market(recorded[0]!.event, 1_000)
  exchange.advanceTo(1_000)
  return exchange
}

const play = (orders: readonly Omit<OrderRequest, 'symbol'>[]) => () => {
  const exchange = opened(orders)
  return ({ atMs, event }: Recorded) => {
    exchange.market(event, 1_000 + atMs)
    exchange.advanceTo(1_000 + atMs)
  }
}

const entry = { clientOrderId: 'entry', side: 'BUY', type: 'MARKET', quantity: '0.5', reduceOnly: false } as const
const exit = { side: 'SELL', quantity: '0.5', reduceOnly: true } as const
const protectedPosition = [
  entry,
  { ...exit, clientOrderId: 'profit', type: 'LIMIT', price: '62600' },
  { ...exit, clientOrderId: 'stop', type: 'STOP_MARKET', stopPrice: '55600' },
] as const

/** Every tenth event a market order, in turn in and out. */
const trading = () => {
  const exchange = opened([])
  return ({ atMs, event }: Recorded, i: number) => {
    const nowMs = 1_000 + atMs
    exchange.market(event, nowMs)
    if (i % 10 === 0) {
      const side = i % 20 === 0 ? 'BUY' : 'SELL'
      const order = { ...entry, clientOrderId: `o${i}`, symbol: 'BTCUSDT', side } as const
      exchange.handle({ kind: 'submit', requestId: `s${i}`, order, validUntilMs: 1e9 }, nowMs)
    }
    exchange.advanceTo(nowMs)
  }
}

/** The same prices as closes, without orders. */
const bars = () => {
  const exchange = opened([])
  return ({ atMs, event }: Recorded) => {
    const close = event.kind === 'quote' ? event.quote.ask : event.kind === 'print' ? event.price : '61800'
    exchange.market({ kind: 'bar', symbol: 'BTCUSDT', close }, 1_000 + atMs)
    exchange.advanceTo(1_000 + atMs)
  }
}

let reached = 0
const exactly = perEvent(() => ({ event }) => {
  if (event.kind !== 'quote') return
  const { bid, bidQuantity, ask, askQuantity, mark } = event.quote
  const [, , , , at] = [bid, bidQuantity, ask, askQuantity, mark].map((text) => new Exact(text))
  if (at!.gte('62600') || at!.lte('55600')) reached += 1
})
if (reached > 0) throw new Error('the levels of the baseline lie inside the recording')
const baseline = { name: 'exact decimals of each quote', value: exactly }

for (const [name, value] of [
  ['market event, no orders', perEvent(play([]))],
  ['market event, position with profit and stop', perEvent(play(protectedPosition))],
  ['bar, no orders', perEvent(bars)],
  ['market event, every tenth with an order', perEvent(trading)],
] as const) {
  console.log(line({ name, value, unit: 'µs', baseline }))
}
