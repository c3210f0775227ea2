import { describe, expect, test } from 'vitest'
import { orderUpdate, positionUpdate, restOrder, ScriptedVenue, START_MS, trade, tradeRow } from './scripted-venue.js'

const ids = (venue: ScriptedVenue) => venue.of('fill').map(({ fill }) => fill.tradeId)

describe('fills', () => {
  test('are told with what the exchange says of them, before the order that they fill', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1')
    venue.told.length = 0
    venue.user(trade(5, { m: true, n: '-0.02000000' }))
    expect(venue.told).toEqual([
      {
        kind: 'fill',
        fill: {
          tradeId: 5,
          clientOrderId: 's1',
          symbol: 'BTCUSDT',
          side: 'BUY',
          price: '60000.1',
          quantity: '0.01',
          feeUsd: '-0.02',
          maker: true,
          timestampNs: `${START_MS}000000`,
        },
      },
      { kind: 'order', report: expect.objectContaining({ status: 'FILLED', averagePrice: '60000.1' }) },
    ])
  })

  test('are told once, however often they come and by whatever way', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1')
    venue.user({ e: 'TRADE_LITE', s: 'BTCUSDT', c: 's1', S: 'BUY', L: '60000.10', l: '0.010', t: 5, i: 11 })
    venue.user(trade(5))
    venue.user(trade(5))
    expect(ids(venue)).toEqual([5])
  })

  test('that are missing are fetched, and told before those that came', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1')
    venue.hold('userTrades')
    venue.answers('userTrades', { value: [tradeRow(5, { qty: '0.004' }), tradeRow(6, { qty: '0.003' })] })
    venue.user(trade(6, { l: '0.003', z: '0.007', X: 'PARTIALLY_FILLED' }))
    venue.user(trade(7, { l: '0.003', z: '0.010' }))
    expect(ids(venue)).toEqual([])
    expect(venue.callsOf('userTrades')).toMatchObject([{ params: { symbol: 'BTCUSDT', orderId: '11' } }])
    venue.release('userTrades')
    expect(ids(venue)).toEqual([5, 6, 7])
    expect(venue.of('order').at(-1)).toMatchObject({ report: { status: 'FILLED', filledQuantity: '0.01' } })
  })

  test('that are missing hold back what is told of other orders of their symbol, and it is not lost', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1')
    venue.user(orderUpdate({ c: 'tp', i: 12, S: 'SELL', o: 'LIMIT', ot: 'LIMIT' }))
    venue.hold('userTrades')
    venue.answers('userTrades', { value: [tradeRow(5, { qty: '0.004' }), tradeRow(6, { qty: '0.006' })] })
    venue.user(trade(6, { l: '0.006' }))
    venue.told.length = 0
    venue.user(orderUpdate({ c: 'tp', i: 12, S: 'SELL', o: 'LIMIT', ot: 'LIMIT', x: 'CANCELED', X: 'CANCELED' }))
    expect(venue.of('order')).toEqual([])
    venue.release('userTrades')
    expect(venue.of('order').map(({ report }) => [report.clientOrderId, report.status])).toEqual([
      ['tp', 'CANCELED'],
      ['s1', 'FILLED'],
    ])
  })

  test('that cannot be fetched do not hold back those that came for ever', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1')
    venue.answers('userTrades', { lost: 'unknown' })
    venue.user(trade(6, { l: '0.003', z: '0.007', X: 'PARTIALLY_FILLED' }))
    venue.pass(10_000)
    expect(ids(venue)).toEqual([6])
    expect(venue.of('notice')).toMatchObject([{ code: 'FILLS_MISSING' }])
  })

  test('that came while nobody listened are told when somebody does again', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1')
    venue.user(trade(5, { l: '0.004', z: '0.004', X: 'PARTIALLY_FILLED' }))
    venue.connect(false)
    venue.answers('userTrades', { value: [tradeRow(6, { qty: '0.006' })] })
    venue.connect(true)
    expect(venue.callsOf('userTrades')).toMatchObject([{ params: { fromId: '6', limit: '1000' } }])
    expect(ids(venue)).toEqual([5, 6])
    expect(venue.of('connection').map(({ connected }) => connected)).toEqual([false, true])
    expect(venue.routes()).toContain('account')
  })

  test('of a symbol that nobody here knows are told like any other', () => {
    const venue = ScriptedVenue.ready()
    venue.user(trade(9, { s: 'NEWUSDT', c: 'web_1', i: 77 }))
    expect(venue.of('fill')).toMatchObject([{ fill: { symbol: 'NEWUSDT', clientOrderId: 'web_1' } }])
  })

  test('with a fee that is no USDT stop entries, and exits go on', () => {
    const venue = ScriptedVenue.ready()
    venue.submit('s1')
    venue.user(trade(5, { N: 'BNB', n: '0.0004' }))
    expect(venue.of('notice')).toMatchObject([{ level: 'CRITICAL', code: 'FEE_ASSET' }])
    expect(venue.of('fill')).toMatchObject([{ fill: { feeUsd: '0' } }])
    venue.submit('s2')
    expect(venue.of('rejected')).toMatchObject([{ requestId: 's2', code: 'NOT_TRADING' }])
    venue.submit('s3', { reduceOnly: true })
    expect(venue.of('acknowledged').map(({ requestId }) => requestId)).toEqual(['s1', 's3'])
  })
})

test('a fee that is no USDT stops entries, too, when only the list of trades tells of it', () => {
  const venue = ScriptedVenue.ready()
  venue.pass(2_000)
  venue.answers('userTrades', { value: [tradeRow(8, { commissionAsset: 'BNB' })] })
  venue.snapshot('t')
  venue.submit('s1')
  expect(venue.of('notice')).toMatchObject([{ level: 'CRITICAL', code: 'FEE_ASSET' }])
  expect(venue.of('rejected')).toMatchObject([{ code: 'NOT_TRADING' }])
})

describe('what the exchange closes by itself', () => {
  test.each(['autoclose-1596107620040000020', 'adl_autoclose', 'settlement_autoclose-77'])(
    '%s is told as that',
    (c) => {
      const venue = ScriptedVenue.ready()
      venue.user(positionUpdate('0'))
      const forced = { c, i: 500, S: 'SELL', x: 'TRADE', N: undefined, n: undefined }
      venue.user(trade(8, forced))
      expect(venue.of('fill')).toMatchObject([{ fill: { liquidation: true, feeUsd: '0', clientOrderId: c } }])
      expect(venue.of('notice').map(({ level }) => level)).toContain('EMERGENCY')
    },
  )

  test('an order that the exchange calculates is one, whatever it is called; one without a fill has none', () => {
    const venue = ScriptedVenue.ready()
    venue.user(orderUpdate({ c: 'odd', i: 501, S: 'SELL', x: 'CALCULATED', X: 'NEW', l: '0', z: '0' }))
    expect(venue.of('fill')).toEqual([])
    venue.user(trade(9, { c: 'odd', i: 501, S: 'SELL', x: 'CALCULATED' }))
    expect(venue.of('fill')).toMatchObject([{ fill: { liquidation: true } }])
  })

  test('a liquidation that only the list of trades tells of is one, too', () => {
    const venue = ScriptedVenue.ready()
    venue.pass(2_000)
    venue.answers('userTrades', { value: [tradeRow(8, { orderId: 500, side: 'SELL' })] })
    const order = { clientOrderId: 'autoclose-1', orderId: 500, side: 'SELL', status: 'FILLED', executedQty: '0.010' }
    venue.answers('order', { value: restOrder(order) })
    venue.snapshot('t')
    expect(venue.of('snapshot')[0]!.snapshot.fills).toMatchObject([{ liquidation: true, clientOrderId: 'autoclose-1' }])
  })
})
