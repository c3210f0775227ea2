import { describe, expect, test } from 'vitest'
import type { RouteName } from '../../../../src/adapters/binance/rest/routes.js'
import type { OrderRequest } from '../../../../src/ports/vocabulary/orders.js'
import {
  algoOrder,
  algoUpdate,
  NOT_FOUND,
  orderUpdate,
  positionUpdate,
  restOrder,
  type Scripted,
  ScriptedVenue,
  STOP,
  trade,
} from './scripted-venue.js'

describe('submit', () => {
  test.each<[string, Partial<OrderRequest>, RouteName, Record<string, string>]>([
    ['MARKET', {}, 'newOrder', { type: 'MARKET' }],
    ['LIMIT', { type: 'LIMIT', price: '59000' }, 'newOrder', { type: 'LIMIT', price: '59000', timeInForce: 'GTC' }],
    ['IOC', { type: 'IOC', price: '59000' }, 'newOrder', { type: 'LIMIT', price: '59000', timeInForce: 'IOC' }],
    [
      'POST_ONLY',
      { type: 'POST_ONLY', price: '59000' },
      'newOrder',
      { type: 'LIMIT', price: '59000', timeInForce: 'GTX' },
    ],
    ['an exit', { reduceOnly: true }, 'newOrder', { type: 'MARKET', reduceOnly: 'true' }],
  ])('%s goes to the matching engine', (_, change, route, params) => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1', change)
    const [call] = venue.calls
    const common = { symbol: 'BTCUSDT', side: 'BUY', quantity: '0.01', newClientOrderId: 's1', newOrderRespType: 'ACK' }
    expect(call).toMatchObject({ route, validUntilMs: venue.nowMs + 5_000 })
    expect(call!.params).toEqual({ ...common, ...params })
    expect(call!.priority).toBe(change.reduceOnly === true ? 'exit' : 'entry')
    expect(venue.of('acknowledged')).toMatchObject([{ requestId: 's1', report: { status: 'ACKNOWLEDGED' } }])
  })

  test('a stop goes to the algo service, by quantity and reduce-only, triggered by the mark price', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('stop', STOP)
    expect(venue.calls).toMatchObject([{ route: 'newAlgoOrder', priority: 'exit' }])
    expect(venue.calls[0]!.params).toEqual({
      algoType: 'CONDITIONAL',
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'STOP_MARKET',
      quantity: '0.01',
      triggerPrice: '50000',
      workingType: 'MARK_PRICE',
      clientAlgoId: 'stop',
      reduceOnly: 'true',
    })
    expect(venue.of('acknowledged')).toMatchObject([
      { report: { clientOrderId: 'stop', venueOrderId: '2146760', type: 'STOP_MARKET', averagePrice: null } },
    ])
  })

  test('an id is taken once, ever, though the exchange would take it again as soon as its first order is over', () => {
    const venue = ScriptedVenue.ready({ usedOrders: [{ clientOrderId: 'old', type: 'MARKET' }] })
    venue.submit('s1')
    venue.user(trade(5))
    venue.calls.length = 0
    venue.request({
      kind: 'submit',
      requestId: 's2',
      order: { ...STOP, symbol: 'BTCUSDT', quantity: '1', clientOrderId: 's1' },
      validUntilMs: 0,
    })
    venue.submit('s3', { clientOrderId: 'old' })
    expect(venue.of('rejected').map(({ code }) => code)).toEqual([
      'DUPLICATE_CLIENT_ORDER_ID',
      'DUPLICATE_CLIENT_ORDER_ID',
    ])
    expect(venue.calls).toEqual([])
  })

  test('an id that the exchange has told of is used, though a crash took our record of it', () => {
    const venue = ScriptedVenue.ready()
    venue.user(trade(5, { c: 'i1.x1', i: 40 }))
    venue.submit('i1.x1', { reduceOnly: true })
    expect(venue.of('rejected')).toMatchObject([{ code: 'DUPLICATE_CLIENT_ORDER_ID' }])
    expect(venue.callsOf('newOrder')).toEqual([])
  })

  test('an order that the exchange calls a duplicate is there, and is found', () => {
    const venue = ScriptedVenue.ready()
    venue.answers('newOrder', { code: -4116, reject: 'DUPLICATE_CLIENT_ORDER_ID' })
    venue.answers('order', { value: restOrder() })
    venue.submit('s1')
    venue.request({ kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 's1' })
    expect(venue.told.map(({ kind }) => kind)).toEqual(['rejected', 'found'])
    expect(venue.of('found')).toMatchObject([{ report: { status: 'ACKNOWLEDGED' } }])
  })

  test('an order of a stranger with one of our ids does not take its place', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1')
    venue.user(orderUpdate({ i: 900, x: 'CANCELED', X: 'CANCELED' }))
    venue.answers('order', ({ orderId }) => (orderId === '11' ? { value: restOrder() } : NOT_FOUND))
    venue.request({ kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 's1' })
    expect(venue.of('found')).toMatchObject([{ report: { venueOrderId: '11', status: 'ACKNOWLEDGED' } }])
  })

  test('an acknowledgement tells no price, and none is guessed: the average comes with what was traded', () => {
    const venue = ScriptedVenue.ready()
    venue.answers('newOrder', { value: restOrder({ status: 'FILLED', executedQty: '0.010' }) })
    venue.submit('s1')
    expect(venue.of('acknowledged')).toMatchObject([
      { report: { status: 'FILLED', filledQuantity: '0.01', averagePrice: null } },
    ])
    venue.user(trade(5))
    expect(venue.of('order').at(-1)).toMatchObject({ report: { status: 'FILLED', averagePrice: '60000.1' } })
  })

  test('an acknowledgement that comes behind the fill takes nothing back', () => {
    const venue = ScriptedVenue.ready()
    venue.hold('newOrder')
    venue.submit('s1')
    venue.user(orderUpdate())
    venue.user(trade(5))
    venue.release('newOrder')
    expect(venue.of('acknowledged')).toMatchObject([{ report: { status: 'FILLED', averagePrice: '60000.1' } }])
  })

  test.each<[string, Scripted, object]>([
    [
      'refused with a code',
      { code: -2019, reject: 'INSUFFICIENT_MARGIN' },
      { kind: 'rejected', code: 'INSUFFICIENT_MARGIN' },
    ],
    ['refused for a reason of no order', { code: -2015 }, { kind: 'rejected', code: 'INVALID' }],
    ['not sent for the limits', { lost: 'notSent', why: 'RATE_LIMITED' }, { kind: 'rejected', code: 'RATE_LIMITED' }],
    ['not sent in a ban', { lost: 'notSent', why: 'BANNED' }, { kind: 'rejected', code: 'RATE_LIMITED' }],
    ['not sent in time', { lost: 'notSent', why: 'EXPIRED' }, { kind: 'rejected', code: 'REQUEST_EXPIRED' }],
    ['lost', { lost: 'unknown' }, { kind: 'unknown' }],
  ])('%s: the answer says so, and the order is not sent again', (_, answer, expected) => {
    const venue = ScriptedVenue.ready()
    venue.answers('newOrder', answer)
    venue.submit('s1')
    expect(venue.told).toMatchObject([{ requestId: 's1', ...expected }])
    venue.pass(120_000)
    expect(venue.callsOf('newOrder')).toHaveLength(1)
  })

  test.each<[Partial<OrderRequest>]>([
    [{ clientOrderId: 'not an id' }],
    [{ clientOrderId: 'autoclose-1' }],
    [{ price: '60000' }],
    [{ type: 'LIMIT' }],
    [{ type: 'STOP_MARKET' }],
    [{ quantity: '0' }],
  ])('what is no order is refused here: %o', (change) => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1', change)
    expect(venue.of('rejected')).toMatchObject([{ requestId: 's1', code: 'INVALID' }])
    expect(venue.calls).toEqual([])
  })

  test('an answer that is late goes nowhere, but what it says of the order is told', () => {
    const venue = ScriptedVenue.ready({ requestTimeoutMs: 3_000 })
    venue.hold('newOrder')
    venue.submit('s1')
    venue.pass(3_000)
    expect(venue.of('unknown')).toMatchObject([{ requestId: 's1' }])
    venue.release('newOrder')
    expect(venue.of('acknowledged')).toEqual([])
    expect(venue.of('order')).toMatchObject([{ report: { clientOrderId: 's1', status: 'ACKNOWLEDGED' } }])
  })

  test('after an order was taken, the stream is expected to tell of it', () => {
    const venue = ScriptedVenue.ready()
    venue.inputsOfUserStream.length = 0
    venue.submit('s1')
    expect(venue.inputsOfUserStream).toEqual(['expect'])
  })
})

describe('query', () => {
  test('asks both systems before it says that there is no such order', () => {
    const venue = ScriptedVenue.ready()
    venue.request({ kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 'nobody' })
    expect(venue.routes()).toEqual(['order', 'algoOrder'])
    expect(venue.of('notFound')).toMatchObject([{ requestId: 'q1', clientOrderId: 'nobody' }])
  })

  test('asks by the id of the exchange once that is known, for client ids are given again', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1')
    venue.answers('order', { value: restOrder({ status: 'FILLED', executedQty: '0.010', avgPrice: '60000.10000' }) })
    venue.request({ kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 's1' })
    expect(venue.callsOf('order').map(({ params }) => params)).toEqual([{ symbol: 'BTCUSDT', orderId: '11' }])
    expect(venue.of('found')).toMatchObject([{ report: { status: 'FILLED', averagePrice: '60000.1' } }])
  })

  test('a stop that was triggered is found with what its order in the matching engine has filled', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('stop', STOP)
    venue.answers('algoOrder', {
      value: algoOrder({ algoStatus: 'FINISHED', actualOrderId: '99', updateTime: venue.nowMs + 1 }),
    })
    const child = { clientOrderId: 'anything', orderId: 99, side: 'SELL', status: 'FILLED', executedQty: '0.010' }
    venue.answers('order', { value: restOrder({ ...child, avgPrice: '49990.00' }) })
    venue.request({ kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 'stop' })
    expect(venue.of('found')).toMatchObject([
      { report: { clientOrderId: 'stop', type: 'STOP_MARKET', status: 'FILLED', averagePrice: '49990' } },
    ])
  })

  test('a stop of unknown outcome is not "not found" before it has been so for a minute and the list does not show it', () => {
    const venue = ScriptedVenue.ready()
    venue.answers('newAlgoOrder', { lost: 'unknown' })
    venue.submit('stop', STOP)
    const query = (requestId: string) =>
      venue.request({ kind: 'query', requestId, symbol: 'BTCUSDT', clientOrderId: 'stop' })
    venue.pass(59_999)
    query('q1')
    expect(venue.told.at(-1)).toMatchObject({ kind: 'unknown', requestId: 'q1' })
    venue.pass(1)
    venue.answers('openAlgoOrders', { value: [algoOrder()] })
    query('q2')
    expect(venue.told.at(-1)).toMatchObject({ kind: 'found', requestId: 'q2', report: { status: 'ACKNOWLEDGED' } })
    venue.answers('openAlgoOrders', { value: [] })
    venue.request({ kind: 'query', requestId: 'q3', symbol: 'BTCUSDT', clientOrderId: 'stop' })
    // It was shown once, so that it was taken: it is over.
    expect(venue.told.at(-1)).toMatchObject({ kind: 'found', requestId: 'q3', report: { status: 'CANCELED' } })
  })

  test('a stop that an earlier process sent may still be unlisted in the first minute of this one', () => {
    const venue = ScriptedVenue.ready({ usedOrders: [{ clientOrderId: 'stop', type: 'STOP_MARKET' }] })
    const query = { kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 'stop' } as const
    venue.request(query)
    expect(venue.told.at(-1)).toMatchObject({ kind: 'unknown' })
    venue.pass(60_000)
    venue.request({ ...query, requestId: 'q2' })
    expect(venue.told.at(-1)).toMatchObject({ kind: 'notFound', requestId: 'q2' })
  })

  test('a stop that an earlier process could not send in the last minute is believed to be nowhere', () => {
    const validUntilMs = ScriptedVenue.ready().nowMs - 60_001
    const venue = ScriptedVenue.ready({ usedOrders: [{ clientOrderId: 'stop', type: 'STOP_MARKET', validUntilMs }] })
    venue.request({ kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 'stop' })
    expect(venue.told.at(-1)).toMatchObject({ kind: 'notFound', requestId: 'q1' })
  })

  test('an order that was refused is not found at once', () => {
    const venue = ScriptedVenue.ready()
    venue.answers('newAlgoOrder', { code: -2021, reject: 'WOULD_TRIGGER' })
    venue.submit('stop', STOP)
    venue.request({ kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 'stop' })
    expect(venue.told.at(-1)).toMatchObject({ kind: 'notFound', requestId: 'q1' })
  })
})

describe('cancel', () => {
  test('of an order that rests answers with it as it is then', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1', { type: 'LIMIT', price: '59000' })
    venue.answers('cancelOrder', { value: restOrder({ status: 'CANCELED', type: 'LIMIT', origType: 'LIMIT' }) })
    venue.request({ kind: 'cancel', requestId: 'c1', symbol: 'BTCUSDT', clientOrderId: 's1' })
    expect(venue.callsOf('cancelOrder')).toMatchObject([{ params: { orderId: '11' }, priority: 'exit' }])
    expect(venue.told.at(-1)).toMatchObject({ kind: 'acknowledged', report: { status: 'CANCELED', type: 'LIMIT' } })
  })

  test('of one that is over answers with how it ended', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1')
    venue.answers('cancelOrder', { code: -2011 })
    venue.answers('order', { value: restOrder({ status: 'FILLED', executedQty: '0.010', avgPrice: '60000.1' }) })
    venue.request({ kind: 'cancel', requestId: 'c1', symbol: 'BTCUSDT', clientOrderId: 's1' })
    expect(venue.told.at(-1)).toMatchObject({ kind: 'acknowledged', report: { status: 'FILLED' } })
  })

  test('of a stop goes to the algo service', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('stop', STOP)
    venue.answers('cancelAlgoOrder', { value: { algoId: 2146760, clientAlgoId: 'stop', code: '200', msg: 'success' } })
    venue.request({ kind: 'cancel', requestId: 'c1', symbol: 'BTCUSDT', clientOrderId: 'stop' })
    expect(venue.callsOf('cancelAlgoOrder')).toMatchObject([{ params: { algoId: '2146760' } }])
    expect(venue.told.at(-1)).toMatchObject({ kind: 'acknowledged', report: { status: 'CANCELED' } })
  })

  test('of a stop that was triggered goes to the matching engine', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('stop', STOP)
    venue.user(positionUpdate('0.010'))
    venue.user(algoUpdate('TRIGGERED', { ai: '99' }))
    venue.answers('cancelOrder', {
      value: restOrder({ clientOrderId: 'stop', orderId: 99, side: 'SELL', status: 'CANCELED' }),
    })
    venue.request({ kind: 'cancel', requestId: 'c1', symbol: 'BTCUSDT', clientOrderId: 'stop' })
    expect(venue.callsOf('cancelOrder')).toMatchObject([{ params: { orderId: '99' } }])
    expect(venue.told.at(-1)).toMatchObject({
      kind: 'acknowledged',
      report: { clientOrderId: 'stop', status: 'CANCELED' },
    })
  })

  test('of nobody says "not found" only after both systems have said so', () => {
    const venue = ScriptedVenue.ready()
    venue.answers('cancelOrder', { code: -2011 })
    venue.answers('cancelAlgoOrder', { code: -2011 })
    venue.request({ kind: 'cancel', requestId: 'c1', symbol: 'BTCUSDT', clientOrderId: 'nobody' })
    expect(venue.routes()).toEqual(['cancelOrder', 'cancelAlgoOrder', 'order', 'algoOrder'])
    expect(venue.told.at(-1)).toMatchObject({ kind: 'notFound' })
  })

  test('of a stop on its way into the matching engine is unknown, not done', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('stop', STOP)
    venue.answers('cancelAlgoOrder', { code: -4117 })
    venue.request({ kind: 'cancel', requestId: 'c1', symbol: 'BTCUSDT', clientOrderId: 'stop' })
    expect(venue.told.at(-1)).toMatchObject({ kind: 'unknown' })
    venue.answers('cancelAlgoOrder', { code: -2011 })
    venue.answers('algoOrder', { value: algoOrder({ algoStatus: 'TRIGGERING', updateTime: venue.nowMs + 1 }) })
    venue.request({ kind: 'cancel', requestId: 'c2', symbol: 'BTCUSDT', clientOrderId: 'stop' })
    expect(venue.told.at(-1)).toMatchObject({ kind: 'unknown', requestId: 'c2' })
  })
})

test('every kind of request without an answer is unknown after the timeout, once', () => {
  const venue = ScriptedVenue.ready({ requestTimeoutMs: 2_000 })
  for (const route of ['newOrder', 'cancelOrder', 'order', 'userTrades'] as const) venue.hold(route)
  venue.submit('s')
  venue.request({ kind: 'cancel', requestId: 'c', symbol: 'BTCUSDT', clientOrderId: 'x' })
  venue.request({ kind: 'query', requestId: 'q', symbol: 'BTCUSDT', clientOrderId: 'x' })
  venue.snapshot('t')
  venue.pass(1_999)
  expect(venue.told).toEqual([])
  venue.pass(1)
  expect(venue.of('unknown').map(({ requestId }) => requestId)).toEqual(['s', 'c', 'q', 't'])
  for (const route of ['newOrder', 'cancelOrder', 'order', 'userTrades'] as const) venue.release(route)
  expect(venue.told.filter((told) => 'requestId' in told)).toHaveLength(4)
})

test('an order whose status is not known is asked about, and never taken for over', () => {
  const venue = ScriptedVenue.ready()
  venue.submit('s1')
  venue.answers('order', { value: restOrder({ status: 'CANCELED', updateTime: venue.nowMs + 1 }) })
  venue.user(orderUpdate({ X: 'FROZEN', x: 'FROZEN' }))
  venue.user(orderUpdate({ X: 'FROZEN', x: 'FROZEN' }))
  expect(venue.of('notice').map(({ code }) => code)).toEqual(['UNKNOWN_ORDER_STATUS'])
  expect(venue.callsOf('order')).toHaveLength(1)
  expect(venue.of('order')).toMatchObject([{ report: { status: 'CANCELED' } }])
})
