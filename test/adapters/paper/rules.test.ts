import { describe, expect, test } from 'vitest'
import { venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import type { Instrument } from '../../../src/ports/vocabulary/instrument.js'
import type { OrderRequest } from '../../../src/ports/vocabulary/orders.js'
import { BTC, Desk, rejectionsOf, shortFills } from './desk.js'

const BUY = { type: 'MARKET', side: 'BUY', quantity: '0.5' } as const
const LIMIT = { ...BUY, type: 'LIMIT', price: '100' } as const

function deskAt100(settings: ConstructorParameters<typeof Desk>[0] = {}): Desk {
  const desk = new Desk(settings)
  desk.quote('100', '100.2')
  return desk
}

describe('an order is refused exactly beyond each limit', () => {
  test.each<[string, Partial<OrderRequest>, string[]]>([
    ['on the tick', { ...LIMIT, price: '99.9' }, []],
    ['off the tick', { ...LIMIT, price: '99.95' }, ['BAD_PRECISION']],
    ['stop off the tick', { ...BUY, type: 'STOP_MARKET', stopPrice: '101.01' }, ['BAD_PRECISION']],
    ['on the lot', { ...BUY, quantity: '0.051' }, []],
    ['off the lot', { ...BUY, quantity: '0.0511' }, ['BAD_PRECISION']],
    ['largest quantity', { ...LIMIT, quantity: '100' }, []],
    ['above the largest quantity', { ...LIMIT, quantity: '100.001' }, ['LOT_SIZE']],
    ['smallest notional of a limit', { ...LIMIT, quantity: '0.05' }, []],
    ['below the smallest notional of a limit', { ...LIMIT, quantity: '0.049' }, ['MIN_NOTIONAL']],
    ['below the smallest notional at the mark', { ...BUY, quantity: '0.049' }, ['MIN_NOTIONAL']],
    ['lower end of the band', { ...LIMIT, price: '95.1' }, []],
    ['below the band', { ...LIMIT, price: '95' }, ['PRICE_BAND']],
    ['upper end of the band', { ...LIMIT, price: '105.1' }, []],
    ['above the band', { ...LIMIT, price: '105.2' }, ['PRICE_BAND']],
    ['a stop has no band', { ...BUY, type: 'STOP_MARKET', stopPrice: '150' }, []],
    ['a stop-limit has its band around the stop', { ...BUY, type: 'STOP_LIMIT', stopPrice: '150', price: '157.5' }, []],
    ['beyond that band', { ...BUY, type: 'STOP_LIMIT', stopPrice: '150', price: '157.6' }, ['PRICE_BAND']],
    ['buy stop at the mark', { ...BUY, type: 'STOP_MARKET', stopPrice: '100.1' }, ['WOULD_TRIGGER']],
    ['buy stop a tick above', { ...BUY, type: 'STOP_MARKET', stopPrice: '100.2' }, []],
    ['sell stop at the mark', { ...BUY, side: 'SELL', type: 'STOP_MARKET', stopPrice: '100.1' }, ['WOULD_TRIGGER']],
    ['post-only buy at the ask', { ...LIMIT, type: 'POST_ONLY', price: '100.2' }, ['WOULD_TAKE']],
    ['post-only buy below the ask', { ...LIMIT, type: 'POST_ONLY', price: '100.1' }, []],
    ['post-only sell at the bid', { ...LIMIT, side: 'SELL', type: 'POST_ONLY', price: '100' }, ['WOULD_TAKE']],
    ['unlisted', { ...BUY, symbol: 'XUSDT' }, ['UNKNOWN_SYMBOL']],
    ['no price yet', { ...BUY, symbol: 'ETHUSDT' }, ['NO_LIQUIDITY']],
    ['a limit without a price', { ...BUY, type: 'LIMIT' }, ['INVALID']],
    ['a market order with a price', { ...BUY, price: '100' }, ['INVALID']],
    ['a stop without a stop price', { ...BUY, type: 'STOP_MARKET' }, ['INVALID']],
    ['no quantity', { ...BUY, quantity: '0' }, ['INVALID']],
    ['a negative price', { ...LIMIT, price: '-1' }, ['INVALID']],
    ['exponents', { ...BUY, quantity: '1e0' }, ['INVALID']],
    ['an id too long', { ...BUY, clientOrderId: 'x'.repeat(37) }, ['INVALID']],
    ['the longest id', { ...BUY, clientOrderId: 'x'.repeat(36) }, []],
    ["an id of the exchange's own", { ...BUY, clientOrderId: 'autoclose-1' }, ['INVALID']],
    ['an unknown type', { ...BUY, type: 'ICEBERG' as never }, ['INVALID']],
    ['an unknown side', { ...BUY, side: 'LONG' as never }, ['INVALID']],
  ])('%s', (_, order, codes) => {
    expect(rejectionsOf(deskAt100().submit({ ...BUY, ...order }))).toEqual(codes)
  })

  test('what closes a position may be as small as a lot', () => {
    const desk = deskAt100()
    desk.submit(BUY)
    expect(rejectionsOf(desk.submit({ ...BUY, side: 'SELL', quantity: '0.001' }))).toEqual(['MIN_NOTIONAL'])
    expect(rejectionsOf(desk.submit({ ...BUY, side: 'SELL', quantity: '0.001', reduceOnly: true }))).toEqual([])
  })

  test('the message names the field, what was expected and what was found', () => {
    const [event] = deskAt100().submit({ ...LIMIT, price: '99.95' })
    expect(event).toMatchObject({ kind: 'rejected', message: 'price: expected a multiple of 0.1, found 99.95' })
  })

  test('nothing displayed, nothing to take', () => {
    const desk = new Desk()
    desk.quote('100', '100.2', { askQuantity: '0' })
    expect(rejectionsOf(desk.submit(BUY))).toEqual(['NO_LIQUIDITY'])
    expect(rejectionsOf(desk.submit({ ...BUY, side: 'SELL' }))).toEqual([])
  })
})

describe('margin', () => {
  const poor = { startingBalanceUsd: '1000', leverage: 10 }

  test.each<[string, string, string[]]>([
    ['as much as the equity carries', '100', []],
    ['a cent more', '100.01', ['INSUFFICIENT_MARGIN']],
  ])('%s', (_, mark, codes) => {
    const desk = new Desk(poor)
    desk.quote('100', '100.2', { mark })
    expect(rejectionsOf(desk.submit({ ...LIMIT, quantity: '100' }))).toEqual(codes)
  })

  test('open orders hold margin until they are cancelled', () => {
    const desk = deskAt100(poor)
    desk.submit({ ...LIMIT, quantity: '60', clientOrderId: 'a' })
    expect(rejectionsOf(desk.submit({ ...LIMIT, quantity: '60' }))).toEqual(['INSUFFICIENT_MARGIN'])
    desk.cancel('a')
    expect(rejectionsOf(desk.submit({ ...LIMIT, quantity: '60' }))).toEqual([])
  })

  test('the two sides of a book do not add up', () => {
    const desk = deskAt100(poor)
    desk.submit({ ...LIMIT, quantity: '60' })
    expect(rejectionsOf(desk.submit({ ...LIMIT, side: 'SELL', price: '101', quantity: '60' }))).toEqual([])
  })

  test('what makes the position smaller needs none', () => {
    const desk = new Desk(poor)
    desk.quote('100', '100.2', { askQuantity: '90', bidQuantity: '90' })
    desk.submit({ ...BUY, quantity: '90' })
    desk.quote('95', '95.2', { bidQuantity: '90' })
    expect(rejectionsOf(desk.submit({ ...BUY, quantity: '30' }))).toEqual(['INSUFFICIENT_MARGIN'])
    expect(rejectionsOf(desk.submit({ ...BUY, side: 'SELL', quantity: '30' }))).toEqual([])
    expect(rejectionsOf(desk.submit({ ...BUY, side: 'SELL', quantity: '30', reduceOnly: true }))).toEqual([])
  })

  test('orders that only reduce hold none, however many', () => {
    const desk = deskAt100()
    desk.submit(BUY)
    const before = desk.truth().account.availableMarginUsd
    for (let i = 0; i < 4; i++) desk.submit({ ...LIMIT, side: 'SELL', price: '104', reduceOnly: true })
    expect(desk.truth().openOrders).toHaveLength(4)
    expect(desk.truth().account.availableMarginUsd).toBe(before)
  })

  test('available margin is what the initial margin leaves of the equity', () => {
    const desk = deskAt100({ startingBalanceUsd: '1000', leverage: 10, takerFee: '0' })
    desk.submit({ ...BUY, quantity: '1' })
    desk.submit({ ...LIMIT, quantity: '2' })
    // 3 × 100.1 / 10, and the position has lost half the spread.
    expect(desk.truth().account).toMatchObject({ equityUsd: '999.9', availableMarginUsd: '969.87' })
    desk.cancel('o2')
    desk.submit({ ...LIMIT, quantity: '80' })
    desk.quote('100', '100.2', { mark: '140' })
    expect(desk.truth().account.availableMarginUsd).toBe('0')
  })
})

describe('an instrument that does not trade', () => {
  const statuses: Instrument['status'][] = ['TRADING', 'SETTLING', 'HALTED', 'DELISTED']

  test.each(statuses)('%s', (status) => {
    const desk = deskAt100()
    desk.submit(BUY)
    desk.submit({ ...LIMIT, price: '99', clientOrderId: 'resting' })
    desk.submit({ ...LIMIT, side: 'SELL', price: '104', reduceOnly: true, clientOrderId: 'profit' })
    desk.market({ kind: 'instrument', instrument: { ...BTC, status } })
    const open = rejectionsOf(desk.submit(BUY)).length === 0
    const reduce = rejectionsOf(desk.submit({ ...BUY, side: 'SELL', quantity: '0.1', reduceOnly: true })).length === 0
    const resting = desk.truth().openOrders.length
    expect({ open, reduce, resting }).toEqual(
      {
        TRADING: { open: true, reduce: true, resting: 2 },
        SETTLING: { open: false, reduce: true, resting: 2 },
        HALTED: { open: false, reduce: false, resting: 2 },
        DELISTED: { open: false, reduce: false, resting: 0 },
      }[status],
    )
  })

  test('fills nothing while it is halted, and what waits fills afterwards', () => {
    const desk = deskAt100()
    desk.submit(LIMIT)
    desk.market({ kind: 'instrument', instrument: { ...BTC, status: 'HALTED' } })
    expect(shortFills([...desk.quote('90', '90.1'), ...desk.print('90', '9', 'SELL')])).toEqual([])
    desk.market({ kind: 'instrument', instrument: BTC })
    expect(shortFills(desk.quote('90', '90.1'))).toEqual(['0.5@100m'])
  })

  test('is told to those who listen', () => {
    const instrument = { ...BTC, status: 'HALTED' } as const
    expect(new Desk().market({ kind: 'instrument', instrument })).toEqual([{ kind: 'instrument', instrument }])
  })
})

describe('requests', () => {
  test('are counted in windows; submits and cancels, not questions', () => {
    const desk = deskAt100({ rateLimits: [{ requests: 2, intervalMs: 1_000 }] })
    desk.submit({ ...LIMIT, clientOrderId: 'a' })
    for (let i = 0; i < 5; i++) desk.truth()
    expect(rejectionsOf(desk.submit(LIMIT))).toEqual([])
    expect(rejectionsOf(desk.submit(LIMIT))).toEqual(['RATE_LIMITED'])
    expect(rejectionsOf(desk.cancel('a'))).toEqual(['RATE_LIMITED'])
    desk.nowMs = 2_000
    expect(rejectionsOf(desk.cancel('a'))).toEqual([])
  })

  test('are in time at the last millisecond of their validity', () => {
    const late = { requestLatency: { minMs: 3, maxMs: 3 } }
    for (const [validForMs, codes] of [
      [4, []],
      [3, ['REQUEST_EXPIRED']],
    ] as const) {
      const desk = deskAt100(late)
      // The request leaves a millisecond later and arrives three after that.
      desk.submit(BUY, validForMs)
      desk.nowMs += 10
      expect(rejectionsOf(desk.cancel('nobody'))).toEqual(codes)
    }
  })

  test('that repeat an accepted id hear so, whatever else is wrong with them', () => {
    const desk = deskAt100({ rateLimits: [{ requests: 1, intervalMs: 1_000_000 }] })
    desk.submit({ ...BUY, clientOrderId: 'a' })
    desk.exchange.faults.rejectNext(1, 'INVALID')
    for (const order of [{}, { quantity: '0' }, { symbol: 'XUSDT' }]) {
      expect(rejectionsOf(desk.submit({ ...BUY, ...order, clientOrderId: 'a' }, -1_000))).toEqual([
        'DUPLICATE_CLIENT_ORDER_ID',
      ])
    }
  })

  test('that were refused leave their id free', () => {
    const desk = deskAt100()
    desk.submit({ ...BUY, clientOrderId: 'a', quantity: '0.0001' })
    expect(rejectionsOf(desk.submit({ ...BUY, clientOrderId: 'a' }))).toEqual([])
  })

  test('find an order only under its own symbol', () => {
    const desk = deskAt100()
    desk.submit({ ...LIMIT, clientOrderId: 'a' })
    const named = { requestId: 'q', symbol: 'ETHUSDT', clientOrderId: 'a' }
    expect(desk.send({ kind: 'query', ...named })).toMatchObject([{ kind: 'notFound' }])
    expect(desk.send({ kind: 'cancel', ...named })).toMatchObject([{ kind: 'notFound' }])
    expect(desk.truth().openOrders).toHaveLength(1)
  })

  test('for the truth of an unlisted symbol hold the account and no fills', () => {
    const desk = deskAt100()
    desk.submit(BUY)
    const answer = desk.send({ kind: 'snapshot', requestId: 't', symbol: 'XUSDT', fillsAfter: venueTradeId(0) })
    expect(answer).toMatchObject([{ snapshot: { fills: [], lastTradeId: 0, positions: [{ symbol: 'BTCUSDT' }] } }])
  })
})
