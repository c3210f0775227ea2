import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EventRow, eventOfRow, NOBODY_WAITS, rowsOfEvent } from '../../../src/core/recording/event-rows.js'
import type { MarketDataEvent } from '../../../src/ports/market-data.js'
import type { LevelRows } from '../../../src/ports/vocabulary/depth.js'

const ms = fc.integer({ min: 0, max: 2 ** 42 })
const symbol = fc.constantFrom('BTCUSDT', 'ETHUSDT', '币安人生USDT')
const figure = fc.double({ noNaN: true, noDefaultInfinity: true })
const side = fc.constantFrom('BUY' as const, 'SELL' as const)
const updateId = fc.maxSafeNat()
const levels: fc.Arbitrary<LevelRows> = fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 5 })
const times = { atMs: ms, receivedMs: ms }

/** Everything that a table keeps. */
const event: fc.Arbitrary<MarketDataEvent> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('depth' as const), symbol, eventMs: ms, receivedMs: ms },
    frame: fc.record({ U: updateId, u: updateId, pu: updateId, b: levels, a: levels }),
  }),
  fc.record({
    ...{ kind: fc.constant('snapshot' as const), symbol, ...times },
    snapshot: fc.record({ requestId: fc.nat(), lastUpdateId: updateId, bids: levels, asks: levels }),
  }),
  fc.record({ kind: fc.constant('lost' as const), symbols: fc.uniqueArray(symbol), ...times }),
  fc.record({
    ...{ kind: fc.constant('trade' as const), symbol, side, price: figure, baseQuantity: figure },
    ...{ venueId: fc.maxSafeNat(), ...times },
  }),
  fc.record(
    {
      ...{ kind: fc.constant('liquidation' as const), symbol, side, price: figure, orderPrice: figure },
      ...{ baseQuantity: figure, orderBaseQuantity: figure, ...times },
    },
    {
      requiredKeys: ['kind', 'symbol', 'side', 'price', 'orderPrice', 'baseQuantity', 'atMs', 'receivedMs'],
    },
  ),
  fc.record({ kind: fc.constant('settledFunding' as const), symbol, rate: figure, ...times }),
  fc.record({ kind: fc.constant('openInterest' as const), symbol, openInterest: figure, ...times }),
  fc.record({
    ...{ kind: fc.constant('mark' as const), symbol, mark: figure, index: fc.option(figure) },
    ...{ fundingRate: fc.option(figure), nextFundingMs: fc.option(ms), ...times },
  }),
  fc.record({
    ...{ kind: fc.constant('kline' as const), symbol, interval: fc.constantFrom('5m' as const, '30m' as const) },
    ...{ openMs: ms, closeMs: ms, open: figure, high: figure, low: figure, close: figure },
    ...{ baseVolume: figure, receivedMs: ms },
  }),
)

/** What no table keeps. */
function forgetful(event: MarketDataEvent): readonly MarketDataEvent[] {
  switch (event.kind) {
    case 'snapshot':
      return [{ ...event, snapshot: { ...event.snapshot, requestId: NOBODY_WAITS } }]
    case 'lost':
      return event.symbols.map((symbol) => ({ ...event, symbols: [symbol] }))
    case 'settledFunding':
    case 'openInterest':
    case 'mark':
      return [{ ...event, receivedMs: event.atMs }]
    default:
      return [event]
  }
}

describe('rows of events', () => {
  it('become the events that they were made of, but for what no table keeps', () => {
    fc.assert(
      fc.property(event, (told) => {
        const rows = rowsOfEvent(told).map(({ table, row }, i) => ({ table, row: { n: i + 1, ...row } }) as EventRow)
        expect(rows.map(eventOfRow)).toEqual(forgetful(told))
      }),
    )
  })

  it('are none of what no table keeps', () => {
    const contracts = [{ symbol: 'BTCUSDT', priceDecimals: 2, quantityDecimals: 3 }]
    const notice = { kind: 'notice', level: 'INFO', code: 'A', message: 'something' } as const
    for (const told of [notice, { kind: 'listed', contracts, receivedMs: 1 } as const])
      expect(rowsOfEvent(told)).toEqual([])
  })
})
