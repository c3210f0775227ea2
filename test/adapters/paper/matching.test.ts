import { describe, expect, test } from 'vitest'
import type { OrderRequest } from '../../../src/ports/vocabulary/orders.js'
import { Desk, lastReport, shortFills } from './desk.js'

/** Bid 100.0 × 1, ask 100.2 × 1 throughout, unless a row says otherwise. */
function deskAt100(settings: ConstructorParameters<typeof Desk>[0] = {}): Desk {
  const desk = new Desk(settings)
  desk.quote('100', '100.2')
  return desk
}

const LONG = { type: 'MARKET', side: 'BUY', quantity: '0.5' } as const

describe('taking', () => {
  test.each<[string, Partial<OrderRequest>, string[], string]>([
    ['a market buy crosses the spread', { type: 'MARKET', side: 'BUY', quantity: '0.4' }, ['0.4@100.2'], 'FILLED'],
    ['a market sell crosses the spread', { type: 'MARKET', side: 'SELL', quantity: '0.4' }, ['0.4@100'], 'FILLED'],
    [
      'a market order takes what is displayed',
      { type: 'MARKET', side: 'BUY', quantity: '1.5' },
      ['1@100.2'],
      'PARTIAL',
    ],
    [
      'a limit at the other side takes',
      { type: 'LIMIT', side: 'BUY', quantity: '1.5', price: '100.2' },
      ['1@100.2'],
      'PARTIAL',
    ],
    [
      'a limit beyond it pays the offered price',
      { type: 'LIMIT', side: 'SELL', quantity: '0.5', price: '99' },
      ['0.5@100'],
      'FILLED',
    ],
    [
      'a limit inside the spread waits',
      { type: 'LIMIT', side: 'BUY', quantity: '1', price: '100.1' },
      [],
      'ACKNOWLEDGED',
    ],
    ['IOC takes and ends', { type: 'IOC', side: 'BUY', quantity: '1.5', price: '100.2' }, ['1@100.2'], 'CANCELED'],
    ['IOC out of reach ends', { type: 'IOC', side: 'BUY', quantity: '1', price: '100.1' }, [], 'CANCELED'],
    ['a post-only order waits', { type: 'POST_ONLY', side: 'SELL', quantity: '1', price: '100.1' }, [], 'ACKNOWLEDGED'],
    ['a stop waits', { type: 'STOP_MARKET', side: 'BUY', quantity: '1', stopPrice: '101' }, [], 'ACKNOWLEDGED'],
  ])('%s', (_, order, fills, status) => {
    const desk = deskAt100()
    const events = desk.submit({ ...LONG, ...order, clientOrderId: 'a' })
    expect(shortFills(events)).toEqual(fills)
    expect(lastReport(events, 'a')?.status).toBe(status)
  })

  test('a displayed size is taken once, until the next quote shows it again', () => {
    const desk = deskAt100()
    expect(shortFills(desk.submit({ ...LONG, quantity: '0.7' }))).toEqual(['0.7@100.2'])
    expect(shortFills(desk.submit({ ...LONG, quantity: '0.7' }))).toEqual(['0.3@100.2'])
    expect(shortFills(desk.quote('100', '100.3', { askQuantity: '0.25' }))).toEqual(['0.25@100.3'])
    expect(shortFills(desk.quote('100', '100.4'))).toEqual(['0.15@100.4'])
    expect(desk.position()).toBe('1.4')
  })

  test('what no longer fills of a market order can be cancelled', () => {
    const desk = deskAt100()
    desk.submit({ ...LONG, quantity: '1.5', clientOrderId: 'a' })
    expect(lastReport(desk.cancel('a'), 'a')).toMatchObject({ status: 'CANCELED', filledQuantity: '1' })
    expect(shortFills(desk.quote('100', '100.2'))).toEqual([])
  })

  test('levels behind the best price are walked, worse and worse, each once', () => {
    const desk = deskAt100()
    const asks = [
      ['100.1', '9'],
      ['100.2', '9'],
      ['100.3', '2'],
      ['100.5', '3'],
    ] as const
    desk.market({ kind: 'depth', symbol: 'BTCUSDT', bids: [], asks })
    expect(shortFills(desk.submit({ ...LONG, quantity: '4' }))).toEqual(['1@100.2', '2@100.3', '1@100.5'])
    expect(shortFills(desk.submit({ ...LONG, type: 'IOC', price: '100.4', quantity: '1' }))).toEqual([])
    expect(shortFills(desk.submit({ ...LONG, quantity: '3' }))).toEqual(['2@100.5'])
    expect(shortFills(desk.quote('100', '100.2'))).toEqual(['1@100.2'])
    desk.quote('100', '100.2', { askQuantity: '0' })
    desk.market({ kind: 'depth', symbol: 'BTCUSDT', bids: [], asks: [['100.3', '0.5']] })
    expect(shortFills(desk.submit({ ...LONG, type: 'IOC', price: '101', quantity: '9' }))).toEqual(['0.5@100.3'])
  })

  test('parts of a displayed size below a lot are not there', () => {
    const desk = new Desk()
    desk.quote('100', '100.2', { askQuantity: '0.2599' })
    expect(shortFills(desk.submit(LONG))).toEqual(['0.259@100.2'])
  })
})

describe('resting', () => {
  const REST = { type: 'LIMIT', side: 'BUY', quantity: '1.5', price: '100', clientOrderId: 'a' } as const

  test.each<[string, (desk: Desk) => unknown, string[]]>([
    ['a quote that only touches the limit fills nothing', (desk) => desk.quote('99.9', '100'), []],
    ['a quote beyond the limit fills what it displays, at the limit', (desk) => desk.quote('99.5', '99.9'), ['1@100m']],
    [
      'a print beyond the limit fills its quantity, at the limit',
      (desk) => desk.print('99.9', '0.7', 'SELL'),
      ['0.7@100m'],
    ],
    ['a print above the limit fills nothing', (desk) => desk.print('100.1', '9', 'SELL'), []],
    ['a print of the own side at the limit fills nothing', (desk) => desk.print('100', '9', 'BUY'), []],
    ['a print at the limit serves the queue first', (desk) => desk.print('100', '1', 'SELL'), []],
    ['what the queue leaves of a print fills', (desk) => desk.print('100', '1.2', 'SELL'), ['0.2@100m']],
    [
      'the queue is served by prints one after another',
      (desk) => {
        desk.print('100', '0.6', 'SELL')
        desk.print('100', '0.6', 'SELL')
        desk.print('100', '0.6', 'SELL')
      },
      ['0.2@100m', '0.6@100m'],
    ],
  ])('%s', (_, happen, fills) => {
    const desk = deskAt100()
    desk.submit(REST)
    happen(desk)
    expect(shortFills(desk.events)).toEqual(fills)
  })

  test.each<[string, string, string | null, string]>([
    ['at the best price, the displayed size is ahead', '100', null, '1'],
    ['inside the spread, nobody is ahead', '100.1', null, '0'],
    ['behind, the level of a known book is ahead', '99.9', '7', '7'],
    ['behind, the best size stands in for an unknown book', '99.9', null, '1'],
  ])('%s', (_, price, level, ahead) => {
    const desk = deskAt100()
    if (level !== null) desk.market({ kind: 'depth', symbol: 'BTCUSDT', bids: [['99.9', level]], asks: [] })
    desk.submit({ ...REST, price })
    expect(desk.exchange.snapshot().matcher.orders[0]!.queueAhead).toBe(ahead)
  })

  test('the share of the displayed size that is ahead can be set', () => {
    const desk = deskAt100({ queueAheadShare: '0.25' })
    desk.submit(REST)
    expect(shortFills(desk.print('100', '0.5', 'SELL'))).toEqual(['0.25@100m'])
  })

  test('a print is handed out once, to the better price first', () => {
    const desk = deskAt100()
    desk.submit({ ...REST, price: '99.8', quantity: '1', clientOrderId: 'low' })
    desk.submit({ ...REST, price: '99.9', quantity: '1', clientOrderId: 'high' })
    desk.print('99.7', '1.5', 'SELL')
    expect(lastReport(desk.events, 'high')).toMatchObject({ status: 'FILLED' })
    expect(lastReport(desk.events, 'low')).toMatchObject({ status: 'PARTIAL', filledQuantity: '0.5' })
  })

  test('fees are the maker rate for what rested and the taker rate for what took', () => {
    const desk = deskAt100()
    desk.submit({ ...REST, price: '100.2' })
    desk.quote('99', '99.1')
    const fees = desk.events.flatMap((event) => (event.kind === 'fill' ? [event.fill.feeUsd] : []))
    expect(shortFills(desk.events)).toEqual(['1@100.2', '0.5@100.2m'])
    expect(fees).toEqual(['0.0501', '0.01002'])
  })
})

describe('stops', () => {
  const mark = (desk: Desk, price: string) => desk.quote('100', '100.2', { mark: price })

  test.each<[string, Partial<OrderRequest>, string, string[]]>([
    ['a buy stop waits below its price', { side: 'BUY', stopPrice: '101' }, '100.9', []],
    ['a buy stop triggers at its price', { side: 'BUY', stopPrice: '101' }, '101', ['0.5@100.2']],
    ['a sell stop waits above its price', { side: 'SELL', stopPrice: '99' }, '99.01', []],
    ['a sell stop triggers at its price', { side: 'SELL', stopPrice: '99' }, '99', ['0.5@100']],
  ])('%s', (_, order, at, fills) => {
    const desk = deskAt100()
    desk.submit({ ...LONG, type: 'STOP_MARKET', ...order })
    expect(shortFills(mark(desk, at))).toEqual(fills)
  })

  test('only the mark triggers, not the price that trades', () => {
    const desk = deskAt100()
    desk.submit({ ...LONG, type: 'STOP_MARKET', stopPrice: '101' })
    desk.print('102', '5', 'BUY')
    expect(shortFills(desk.quote('102', '102.1', { mark: '100.5' }))).toEqual([])
  })

  test('a triggered stop-limit takes within its limit and rests', () => {
    const desk = deskAt100()
    desk.submit({ ...LONG, type: 'STOP_LIMIT', stopPrice: '101', price: '101.1', quantity: '1.5', clientOrderId: 'a' })
    expect(shortFills(desk.quote('100.9', '101', { mark: '101' }))).toEqual(['1@101'])
    expect(shortFills(desk.quote('101.1', '101.2', { mark: '99' }))).toEqual([])
    expect(shortFills(desk.quote('101', '101.05', { mark: '99' }))).toEqual(['0.5@101.1m'])
  })

  test('a triggered stop whose limit is out of reach rests without filling', () => {
    const desk = deskAt100()
    desk.submit({ ...LONG, type: 'STOP_LIMIT', stopPrice: '101', price: '101', clientOrderId: 'a' })
    expect(shortFills(desk.quote('103', '103.1', { mark: '103' }))).toEqual([])
    expect(desk.truth().openOrders).toMatchObject([{ clientOrderId: 'a', status: 'ACKNOWLEDGED' }])
  })
})

describe('reduce-only', () => {
  const REDUCE = { type: 'MARKET', side: 'SELL', quantity: '0.8', reduceOnly: true } as const

  test('the quantity is cut to the position and the rest is cancelled', () => {
    const desk = deskAt100()
    desk.submit(LONG)
    const events = desk.submit({ ...REDUCE, clientOrderId: 'out' })
    expect(shortFills(events)).toEqual(['0.5@100'])
    expect(lastReport(events, 'out')).toMatchObject({
      status: 'CANCELED',
      reason: 'REDUCE_ONLY',
      filledQuantity: '0.5',
    })
    expect(desk.position()).toBe('0')
  })

  test('take-profit and stop cannot both close a position', () => {
    const desk = deskAt100()
    desk.submit(LONG)
    desk.submit({ ...REDUCE, type: 'LIMIT', price: '101', quantity: '0.5', clientOrderId: 'profit' })
    desk.submit({ ...REDUCE, type: 'STOP_MARKET', stopPrice: '99', quantity: '0.5', clientOrderId: 'stop' })
    desk.quote('101.5', '101.6')
    desk.quote('98', '98.1')
    expect(lastReport(desk.events, 'profit')).toMatchObject({ status: 'FILLED' })
    expect(lastReport(desk.events, 'stop')).toMatchObject({ status: 'CANCELED', reason: 'REDUCE_ONLY' })
    expect(desk.position()).toBe('0')
  })

  test('a position that was turned by another order takes its reduce-only orders with it', () => {
    const desk = deskAt100()
    desk.submit(LONG)
    desk.submit({ ...REDUCE, type: 'LIMIT', price: '101', quantity: '0.5', clientOrderId: 'profit' })
    const events = desk.submit({ type: 'MARKET', side: 'SELL', quantity: '0.9' })
    expect(lastReport(events, 'profit')?.status).toBe('CANCELED')
    expect(desk.position()).toBe('-0.4')
  })
})

describe('bars', () => {
  const bar = (desk: Desk, close: string, range?: { open: string; high: string; low: string }) =>
    desk.market({ kind: 'bar', symbol: 'BTCUSDT', close, ...(range && { range }) })

  test('a close becomes a quote: half the spread away, rounded outwards, its value displayed', () => {
    const desk = new Desk({ halfSpreadBps: '2', displayedUsd: '1000' })
    expect(bar(desk, '60000.05')).toEqual([
      {
        kind: 'quote',
        quote: {
          symbol: 'BTCUSDT',
          bid: '59988',
          bidQuantity: '0.016',
          ask: '60012.1',
          askQuantity: '0.016',
          mark: '60000.05',
          timestampMs: desk.nowMs,
        },
      },
    ])
  })

  const RANGE = { open: '100', high: '102', low: '98' }
  const SIDES = [
    { side: 'BUY', out: 'SELL', profit: '101.5', stop: '98.5', beyondProfit: '103', beyondStop: '97' },
    { side: 'SELL', out: 'BUY', profit: '98.5', stop: '101.5', beyondProfit: '97', beyondStop: '103' },
  ] as const
  const REACHED = [
    ['both levels', true, true, 'stop'],
    ['the take-profit alone', true, false, 'profit'],
    ['the stop alone', false, true, 'stop'],
    ['neither', false, false, undefined],
  ] as const
  /** Rising, falling, and one that ends where it began. */
  const CLOSES = ['101', '99', '100'] as const
  const CASES = SIDES.flatMap((held) =>
    REACHED.flatMap(([what, isProfit, isStop, met]) =>
      CLOSES.map((close) => ({ ...held, what, isProfit, isStop, met, close })),
    ),
  )

  test.each(CASES)('a $side holds and a bar that closes at $close reaches $what: $met is met', (row) => {
    const desk = new Desk()
    bar(desk, '100')
    desk.submit({ ...LONG, side: row.side })
    const out = { side: row.out, quantity: '0.5', reduceOnly: true } as const
    const price = row.isProfit ? row.profit : row.beyondProfit
    const stopPrice = row.isStop ? row.stop : row.beyondStop
    desk.submit({ ...out, type: 'LIMIT', price, clientOrderId: 'profit' })
    desk.submit({ ...out, type: 'STOP_MARKET', stopPrice, clientOrderId: 'stop' })
    const events = bar(desk, row.close, RANGE)
    const filled = ['profit', 'stop'].filter((id) => lastReport(events, id)?.status === 'FILLED')
    expect(filled).toEqual(row.met === undefined ? [] : [row.met])
    expect(events.filter(({ kind }) => kind === 'quote')).toHaveLength(1)
  })

  test.each([
    ['a rising bar', '101', 'BUY', '98.5', '101.5'],
    ['a falling bar', '99', 'SELL', '101.5', '98.5'],
  ] as const)('without a position %s goes to the far side of its close first', (_, close, side, first, second) => {
    const desk = new Desk()
    bar(desk, '100')
    const other = side === 'BUY' ? 'SELL' : 'BUY'
    desk.submit({ type: 'LIMIT', side, quantity: '0.5', price: first, clientOrderId: 'first' })
    desk.submit({ type: 'LIMIT', side: other, quantity: '0.5', price: second, clientOrderId: 'second' })
    const fills = bar(desk, close, RANGE).flatMap((event) => (event.kind === 'fill' ? [event.fill.clientOrderId] : []))
    expect(fills).toEqual(['first', 'second'])
  })

  test('at the bar price, everything fills whole and free at the close', () => {
    const desk = new Desk({ fillMode: 'bar-price', takerFee: '0.01', requestLatency: { minMs: 500, maxMs: 500 } })
    bar(desk, '100.123456789')
    expect(shortFills(desk.submit({ ...LONG, quantity: '50' }))).toEqual(['50@100.123456789'])
    const out = { side: 'SELL', quantity: '50', reduceOnly: true } as const
    desk.submit({ ...out, type: 'LIMIT', price: '101.5' })
    expect(shortFills(bar(desk, '101.5', { open: '100', high: '200', low: '50' }))).toEqual([])
    expect(shortFills(bar(desk, '102.25'))).toEqual(['50@102.25m'])
    expect(desk.truth().account.walletBalanceUsd).toBe('10106.32716055')
  })

  test('the bar price is no quote: anything but a bar would be another market', () => {
    const desk = new Desk({ fillMode: 'bar-price' })
    expect(() => desk.quote('1', '2')).toThrow('expected bars, found a quote')
  })
})
