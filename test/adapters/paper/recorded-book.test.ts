import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { Exact } from '../../../src/base/exact.js'
import type { MarketEvent } from '../../../src/ports/played-market.js'
import type { Quote, VenueEvent, VenueSnapshot } from '../../../src/ports/venue.js'
import { venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import type { Fill, OrderRequest } from '../../../src/ports/vocabulary/orders.js'
import { AT_ONCE, BTC, fillsOf } from './desk.js'

const FILE = new URL('../../../fixtures/orderbook/btcusdt-2024-08-09.csv.gz', import.meta.url)
const START_MS = 1_723_161_256_313

interface Recorded {
  readonly atMs: number
  readonly event: MarketEvent
}

/** The recording has no mark: the middle of the quote stands in. A trade may be told a little after a later quote. */
function recording(): readonly Recorded[] {
  let atMs = START_MS
  return gunzipSync(readFileSync(FILE))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [ms, kind, ...rest] = line.split(',') as [string, string, string, string, string, string]
      atMs = Math.max(atMs, START_MS + Number(ms))
      if (kind === 'T') {
        const [price, quantity, aggressor] = rest
        return {
          atMs,
          event: { kind: 'print', symbol: 'BTCUSDT', price, quantity, aggressor: aggressor as 'BUY' | 'SELL' },
        }
      }
      const [bid, bidQuantity, ask, askQuantity] = rest
      const mark = new Exact(bid).plus(ask!).div(2).toFixed()
      return {
        atMs,
        event: {
          kind: 'quote',
          quote: { symbol: 'BTCUSDT', bid, bidQuantity, ask: ask!, askQuantity: askQuantity!, mark, timestampMs: atMs },
        },
      }
    })
}

/** What an order met: everything between its placing and its fill. */
interface Placed {
  readonly order: OrderRequest
  readonly quote: Quote
  readonly traded: { price: string; quantity: string; aggressor: string }[]
  readonly quotes: Quote[]
  readonly fills: Fill[]
}

const EVENTS_PER_ORDER = 250

/** Every so many events an order: market, resting and marketable ones in turn, large and small, on both sides. */
function trade(
  recorded: readonly Recorded[],
  latency: object,
): { placed: Map<string, Placed>; events: VenueEvent[]; truth: VenueSnapshot } {
  const exchange = new PaperExchange({ instruments: [BTC], startingBalanceUsd: '1000000', seed: 5, ...latency })
  const placed = new Map<string, Placed>()
  const open = new Set<Placed>()
  const events: VenueEvent[] = []
  let quote: Quote | undefined
  const collect = (atMs: number) => {
    for (const event of exchange.advanceTo(atMs)) {
      events.push(event)
      if (event.kind === 'fill') placed.get(event.fill.clientOrderId)!.fills.push(event.fill)
      if (event.kind === 'order' && event.report.status !== 'ACKNOWLEDGED' && event.report.status !== 'PARTIAL') {
        open.delete(placed.get(event.report.clientOrderId)!)
      }
    }
  }
  for (const [i, { atMs, event }] of recorded.entries()) {
    if (event.kind === 'quote') quote = event.quote
    for (const one of open) {
      if (event.kind === 'quote') one.quotes.push(event.quote)
      if (event.kind === 'print')
        one.traded.push({ price: event.price, quantity: event.quantity, aggressor: event.aggressor })
    }
    exchange.market(event, atMs)
    collect(atMs)
    if (quote === undefined || i % EVENTS_PER_ORDER > 0) continue
    const order = orderFor(placed.size, quote)
    const one = { order, quote, traded: [], quotes: [], fills: [] }
    placed.set(order.clientOrderId, one)
    open.add(one)
    exchange.handle({ kind: 'submit', requestId: order.clientOrderId, order, validUntilMs: atMs + 1_000 }, atMs)
    collect(atMs)
  }
  const endMs = recorded.at(-1)!.atMs + 1_000
  exchange.handle({ kind: 'snapshot', requestId: 'truth', symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) }, endMs)
  collect(endMs + 1_000)
  const answer = events.find((event) => event.kind === 'snapshot')
  return { placed, events, truth: answer!.snapshot }
}

function orderFor(n: number, quote: Quote): OrderRequest {
  const side = n % 2 === 0 ? 'BUY' : 'SELL'
  const own = side === 'BUY' ? quote.bid : quote.ask
  const away = new Exact(side === 'BUY' ? -5 : 5).times(BTC.tickSize)
  const base = {
    clientOrderId: `o${n}`,
    symbol: 'BTCUSDT',
    side,
    quantity: n % 3 === 0 ? '5' : '0.05',
    reduceOnly: false,
  } as const
  switch ((n >> 1) % 4) {
    case 0:
      return { ...base, type: 'MARKET' }
    case 1:
      return { ...base, type: 'LIMIT', price: new Exact(own).toFixed() }
    case 2:
      return { ...base, type: 'POST_ONLY', price: away.plus(own).toFixed() }
    default:
      return { ...base, type: 'IOC', price: new Exact(side === 'BUY' ? quote.ask : quote.bid).toFixed() }
  }
}

describe('on a recorded market of BTCUSDT', () => {
  let recorded: readonly Recorded[]
  let run: ReturnType<typeof trade>
  beforeAll(() => {
    recorded = recording()
    run = trade(recorded, AT_ONCE)
  })
  const ofType = (...types: string[]) => [...run.placed.values()].filter(({ order }) => types.includes(order.type))

  test('every type of order fills, and some only in part or not at all', () => {
    expect(recorded).toHaveLength(60_000)
    for (const type of ['MARKET', 'LIMIT', 'POST_ONLY', 'IOC']) {
      expect(ofType(type).filter(({ fills }) => fills.length > 0).length, type).toBeGreaterThan(10)
    }
    expect(ofType('LIMIT', 'POST_ONLY').filter(({ fills }) => fills.length === 0).length).toBeGreaterThan(5)
    expect(ofType('MARKET').filter(({ fills }) => fills.length > 1).length).toBeGreaterThan(5)
  })

  test('a market order pays the other side of the quote first, and never trades inside the spread', () => {
    for (const { order, quote, quotes, fills } of ofType('MARKET')) {
      const opposite = (shown: Quote) => new Exact(order.side === 'BUY' ? shown.ask : shown.bid).toFixed()
      expect(fills[0]!.price).toBe(opposite(quote))
      expect(new Exact(fills[0]!.quantity).lte(order.side === 'BUY' ? quote.askQuantity : quote.bidQuantity)).toBe(true)
      const later = new Set(quotes.map(opposite))
      for (const fill of fills.slice(1)) expect(later.has(fill.price)).toBe(true)
    }
  })

  test('IOC takes at its limit or not at all, and no more than was displayed', () => {
    for (const { order, quote, fills } of ofType('IOC')) {
      for (const fill of fills) expect(fill.price).toBe(order.price)
      const sum = fills.reduce((total, { quantity }) => total.plus(quantity), new Exact(0))
      expect(sum.lte(order.side === 'BUY' ? quote.askQuantity : quote.bidQuantity)).toBe(true)
    }
  })

  test('a resting order fills at its limit, and only when traded through or when its queue has traded', () => {
    let bothWays = 0
    for (const { order, quote, traded, quotes, fills } of ofType('LIMIT', 'POST_ONLY')) {
      if (fills.length === 0) continue
      const price = Number(order.price)
      const sign = order.side === 'BUY' ? 1 : -1
      const through =
        traded.some((print) => sign * (price - Number(print.price)) > 0) ||
        quotes.some((shown) => sign * (price - Number(order.side === 'BUY' ? shown.ask : shown.bid)) > 0)
      const atLimit = traded.filter((print) => Number(print.price) === price && print.aggressor !== order.side)
      const sum = atLimit.reduce((total, { quantity }) => total + Number(quantity), 0)
      const queueTraded = sum > Number(order.side === 'BUY' ? quote.bidQuantity : quote.askQuantity)
      expect(through || queueTraded).toBe(true)
      bothWays += through ? 0 : 1
      for (const fill of fills) expect(fill).toMatchObject({ price: order.price, maker: true })
    }
    expect(bothWays).toBeGreaterThan(0)
  })

  test('position and wallet are what the fills make, to the last digit', () => {
    const fills = fillsOf(run.events)
    const signed = fills.map(({ side, quantity }) => new Exact(quantity).times(side === 'BUY' ? 1 : -1))
    const held = signed.reduce((sum, quantity) => sum.plus(quantity), new Exact(0))
    const cash = fills.reduce(
      (sum, { price, feeUsd }, i) => sum.minus(signed[i]!.times(price)).minus(feeUsd),
      new Exact(1_000_000),
    )
    const [position] = run.truth.positions
    expect(position!.quantity).toBe(held.toFixed())
    expect(run.truth.account.equityUsd).toBe(cash.plus(held.times(position!.markPrice)).toFixed())
  })

  test('with latency the same seed gives the same bytes', () => {
    expect(JSON.stringify(trade(recorded.slice(0, 20_000), {}).events)).toBe(
      JSON.stringify(trade(recorded.slice(0, 20_000), {}).events),
    )
  })
})
