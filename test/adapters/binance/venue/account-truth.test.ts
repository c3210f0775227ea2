import { describe, expect, test } from 'vitest'
import {
  accountOf,
  algoOrder,
  orderUpdate,
  positionRow,
  restOrder,
  ScriptedVenue,
  START_MS,
  STOP,
  trade,
  tradeRow,
} from './scripted-venue.js'

/** Ready, and long enough that nothing which was read before is shared. */
function later(): ScriptedVenue {
  const venue = ScriptedVenue.ready()
  venue.pass(40_000)
  venue.calls.length = 0
  return venue
}

describe('a snapshot', () => {
  test('holds the account in USDT alone, positions, open orders of both systems, and every fill after the one named', () => {
    const venue = later()
    venue.answers('account', { value: accountOf('10000.50000000', '9940.00000000') })
    venue.answers('positionRisk', { value: [positionRow(), positionRow({ symbol: 'ETHUSDT', positionAmt: '0.000' })] })
    venue.answers('openOrders', {
      value: [restOrder({ clientOrderId: 'tp', orderId: 12, type: 'LIMIT', origType: 'LIMIT', avgPrice: '0.00' })],
    })
    venue.answers('openAlgoOrders', { value: [algoOrder()] })
    venue.answers('userTrades', { value: [tradeRow(8), tradeRow(9)] })
    venue.answers('order', { value: restOrder({ clientOrderId: 'entry', status: 'FILLED', executedQty: '0.010' }) })
    venue.snapshot('t', 7)
    expect(venue.callsOf('userTrades')).toMatchObject([{ params: { symbol: 'BTCUSDT', fromId: '8', limit: '1000' } }])
    expect(venue.of('snapshot')[0]!.snapshot).toEqual({
      atMs: venue.nowMs,
      account: { walletBalanceUsd: '10000.5', equityUsd: '10000.499', availableMarginUsd: '9940', fundingUsd: '0' },
      positions: [
        {
          symbol: 'BTCUSDT',
          quantity: '0.01',
          entryPrice: '60000.1',
          markPrice: '60000',
          unrealizedPnlUsd: '-0.001',
          liquidationPrice: null,
        },
      ],
      openOrders: [
        expect.objectContaining({ clientOrderId: 'tp', type: 'LIMIT', status: 'ACKNOWLEDGED', averagePrice: null }),
        expect.objectContaining({ clientOrderId: 'stop', type: 'STOP_MARKET', status: 'ACKNOWLEDGED' }),
      ],
      fills: [
        expect.objectContaining({ tradeId: 8, clientOrderId: 'entry' }),
        expect.objectContaining({ tradeId: 9, clientOrderId: 'entry' }),
      ],
      lastTradeId: 9,
    })
  })

  test('goes on to the next page of fills while a page is full', () => {
    const venue = later()
    venue.submit('s1')
    venue.user(trade(1))
    venue.pass(1)
    const rows = Array.from({ length: 1_500 }, (_, i) => tradeRow(2 + i))
    venue.answers('userTrades', ({ fromId }) => ({
      value: rows.filter(({ id }) => id >= Number(fromId)).slice(0, 1_000),
    }))
    venue.snapshot('t', 1)
    expect(venue.of('snapshot')[0]!.snapshot.fills).toHaveLength(1_500)
    expect(venue.callsOf('userTrades').map(({ params }) => params.fromId)).toEqual(['2', '1002'])
  })

  test('after no fill at all asks for the last trade only, and through all of it where none is of the last week', () => {
    const venue = later()
    venue.answers('userTrades', { value: [tradeRow(77)] })
    venue.snapshot('t1', Number.MAX_SAFE_INTEGER)
    expect(venue.of('snapshot')[0]!.snapshot).toMatchObject({ fills: [], lastTradeId: 77 })
    venue.answers('userTrades', ({ fromId }) => ({ value: fromId === '0' ? [tradeRow(5)] : [] }))
    venue.snapshot('t2', Number.MAX_SAFE_INTEGER)
    expect(venue.of('snapshot')[1]!.snapshot).toMatchObject({ fills: [], lastTradeId: 5 })
    expect(venue.callsOf('order')).toEqual([])
  })

  test('after no fill at all gets through the longest history, with several snapshots where one has not the time', () => {
    const venue = later()
    const rows = Array.from({ length: 9_500 }, (_, i) => tradeRow(1 + i))
    let pages = 0
    venue.answers('userTrades', ({ fromId }) => {
      if (fromId === undefined) return { value: [] }
      if (pages++ % 4 === 3) return { lost: 'unknown' }
      return { value: rows.filter(({ id }) => id >= Number(fromId)).slice(0, 1_000) }
    })
    for (let i = 1; i <= 4; i++) venue.snapshot(`t${i}`, Number.MAX_SAFE_INTEGER)
    expect(venue.of('unknown').map(({ requestId }) => requestId)).toEqual(['t1', 't2', 't3'])
    expect(venue.of('snapshot')).toMatchObject([{ requestId: 't4', snapshot: { lastTradeId: 9_500, fills: [] } }])
  })

  test('that something changed under is read again, and is unknown when it always does', () => {
    const venue = later()
    let readings = 0
    venue.answers('positionRisk', () => {
      readings++
      return { value: [positionRow({ updateTime: readings < 3 ? venue.nowMs : START_MS })] }
    })
    venue.snapshot('t1')
    expect(venue.of('snapshot')).toHaveLength(1)
    expect(readings).toBe(3)
    venue.pass(2_000)
    let trades = 7
    venue.answers('userTrades', () => ({ value: [tradeRow(++trades, { time: venue.nowMs })] }))
    venue.submit('s1')
    venue.snapshot('t2')
    expect(venue.told.at(-1)).toMatchObject({ kind: 'unknown', requestId: 't2' })
  })

  test("that a trade nobody knew of comes in is read again, by however much the exchange's clock is behind", () => {
    const venue = later()
    venue.answers('userTrades', () => ({ value: [tradeRow(8, { time: venue.nowMs - 400 })] }))
    venue.snapshot('t')
    expect(venue.callsOf('positionRisk')).toHaveLength(2)
    expect(venue.of('snapshot')).toMatchObject([{ snapshot: { lastTradeId: 8 } }])
  })

  test('during which the stream tells of something is read again', () => {
    const venue = later()
    venue.hold('positionRisk')
    venue.snapshot('t')
    venue.pass(5)
    venue.user(orderUpdate({ c: 'web_1', i: 40 }))
    venue.release('positionRisk')
    expect(venue.callsOf('positionRisk')).toHaveLength(2)
    expect(venue.of('snapshot')).toHaveLength(1)
  })

  test.each([
    ['too many requests', { code: -1003, httpStatus: 429 }],
    ['a stamp out of its time', { code: -1021 }],
    ['a firewall', { code: 0, httpStatus: 403 }],
  ])('is unknown when the name of an order cannot be had for %s: it may be ours', (_, refusal) => {
    const venue = later()
    venue.answers('userTrades', { value: [tradeRow(8)] })
    venue.answers('order', refusal)
    venue.snapshot('t', 7)
    expect(venue.of('snapshot')).toEqual([])
    expect(venue.of('unknown')).toMatchObject([{ requestId: 't' }])
  })

  test('asks about an order that is listed no more, also of an earlier process and where the exchange has a later clock', () => {
    const venue = later()
    const order = { clientOrderId: 'tp', orderId: 12, type: 'LIMIT', updateTime: venue.nowMs + 600_000 }
    venue.answers('openOrders', { value: [restOrder(order)] })
    venue.snapshot('t1')
    venue.pass(40_000)
    venue.answers('openOrders', { value: [] })
    venue.answers('order', { value: restOrder({ ...order, status: 'CANCELED' }) })
    venue.snapshot('t2')
    expect(venue.of('order').at(-1)).toMatchObject({ report: { clientOrderId: 'tp', status: 'CANCELED' } })
  })

  test('is unknown when any of it cannot be had', () => {
    for (const route of ['account', 'positionRisk', 'openOrders', 'openAlgoOrders', 'userTrades'] as const) {
      const venue = later()
      venue.answers(route, { lost: 'unknown' })
      venue.snapshot('t')
      expect(venue.of('unknown'), route).toMatchObject([{ requestId: 't' }])
    }
  })

  test('of fifty symbols one after the other reads the account once while nothing happens', () => {
    const venue = later()
    for (let i = 0; i < 50; i++) {
      venue.snapshot(`t${i}`, Number.MAX_SAFE_INTEGER, `A${i}USDT`)
      venue.pass(10)
    }
    expect(venue.callsOf('account')).toHaveLength(1)
    expect(venue.callsOf('userTrades').length).toBeGreaterThanOrEqual(50)
    venue.user(orderUpdate({ c: 'web_1', i: 40 }))
    venue.snapshot('t', Number.MAX_SAFE_INTEGER)
    expect(venue.callsOf('account')).toHaveLength(2)
  })

  test('lists the open orders of all symbols each half minute, and between that of those in which something is open', () => {
    const venue = later()
    venue.snapshot('t1')
    venue.submit('stop', { ...STOP, symbol: 'ETHUSDT' })
    venue.pass(5_000)
    venue.snapshot('t2')
    venue.pass(26_000)
    venue.snapshot('t3')
    const listed = venue.callsOf('openAlgoOrders').map(({ params }) => params.symbol ?? 'all')
    expect(listed).toEqual(['all', 'BTCUSDT', 'ETHUSDT', 'all'])
  })
})

test('after each interruption the account is read anew, but not more often than every three seconds', () => {
  const venue = later()
  for (let i = 0; i < 20; i++) {
    venue.connect(true)
    venue.pass(100)
  }
  venue.pass(10_000)
  expect(venue.callsOf('account')).toHaveLength(2)
  expect(venue.of('connection')).toHaveLength(20)
})

test('a stream that comes and goes for an hour has the account read anew ever more rarely, and one that lasted at once', () => {
  const venue = later()
  for (let i = 0; i < 3_600; i++) {
    venue.connect(true)
    venue.pass(1_000)
  }
  const { length } = venue.callsOf('account')
  expect(length).toBeGreaterThan(70)
  expect(length).toBeLessThan(85)
  venue.pass(120_000)
  venue.calls.length = 0
  venue.connect(true)
  venue.pass(1)
  venue.connect(true)
  venue.pass(3_000)
  expect(venue.callsOf('account')).toHaveLength(2)
})
