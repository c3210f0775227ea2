import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Account, BOOKED_PLACES } from '../../../src/adapters/paper/account.js'
import { Exact } from '../../../src/base/exact.js'
import { BTC, Desk, fillsOf, lastReport, shortFills } from './desk.js'

const BUY = { type: 'MARKET', side: 'BUY', quantity: '1' } as const

describe('a position', () => {
  type Row = readonly [
    title: string,
    fills: readonly (readonly [string, string])[],
    quantity: string,
    cost: string,
    realised: string,
  ]
  test.each<Row>([
    [
      'grows with its cost',
      [
        ['1', '100'],
        ['2', '103'],
      ],
      '3',
      '306',
      '0',
    ],
    [
      'falls with its share of the cost',
      [
        ['3', '102'],
        ['-1', '110'],
      ],
      '2',
      '204',
      '8',
    ],
    [
      'realises a loss',
      [
        ['3', '102'],
        ['-3', '100'],
      ],
      '0',
      '0',
      '-6',
    ],
    [
      'turns through flat',
      [
        ['1', '100'],
        ['-3', '110'],
      ],
      '-2',
      '-220',
      '10',
    ],
    [
      'gains short',
      [
        ['-2', '100'],
        ['1', '90'],
      ],
      '-1',
      '-100',
      '10',
    ],
    [
      'rounds the share, and gives back the rest',
      [
        ['3', '100'],
        ['3', '101'],
        ['3', '101'],
        ['-1', '100'],
        ['-8', '100'],
      ],
      '0',
      '0',
      '-6',
    ],
  ])('%s', (_, fills, quantity, cost, realised) => {
    const account = new Account('0')
    for (const [size, price] of fills) account.fill('X', new Exact(size), new Exact(price), new Exact(0))
    expect(account.snapshot()).toMatchObject({
      realisedUsd: realised,
      positions: quantity === '0' ? {} : { X: { quantity, costUsd: cost } },
    })
  })

  const cents = (min: number, max: number, places: number) =>
    fc.integer({ min, max }).map((units) => new Exact(units).div(10 ** places))
  const fill = fc.record({
    quantity: cents(-5_000, 5_000, 3).filter((quantity) => !quantity.isZero()),
    price: cents(1, 10_000_000, 2),
    fee: cents(-100, 10_000, BOOKED_PLACES),
  })

  test('wallet less cost is the deposit less what was paid, to the last digit', () => {
    fc.assert(
      fc.property(fc.array(fill, { maxLength: 40 }), (fills) => {
        const account = new Account('1000')
        let paid = new Exact(0)
        let fees = new Exact(0)
        for (const { quantity, price, fee } of fills) {
          account.fill('X', quantity, price, fee)
          paid = paid.plus(quantity.times(price))
          fees = fees.plus(fee)
        }
        const { walletUsd, realisedUsd, feesUsd } = account
        expect(walletUsd.minus(account.position('X').costUsd).toFixed()).toBe(
          new Exact(1000).minus(paid).minus(fees).toFixed(),
        )
        expect(walletUsd.toFixed()).toBe(new Exact(1000).plus(realisedUsd).minus(fees).toFixed())
        expect(feesUsd.toFixed()).toBe(fees.toFixed())
        expect(account.position('X').quantity.toFixed()).toBe(
          fills.reduce((sum, { quantity }) => sum.plus(quantity), new Exact(0)).toFixed(),
        )
      }),
    )
  })
})

describe('funding', () => {
  test.each<['BUY' | 'SELL', string, string]>([
    ['BUY', '0.0001', '-0.01001'],
    ['SELL', '0.0001', '0.01001'],
    ['BUY', '-0.0001', '0.01001'],
  ])('%s at %s pays %s', (side, rate, amount) => {
    const desk = new Desk({ takerFee: '0' })
    desk.quote('100', '100.2')
    desk.submit({ ...BUY, side })
    const events = desk.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate })
    expect(events).toEqual([
      { kind: 'funding', fundingId: 1, symbol: 'BTCUSDT', amountUsd: amount, timestampMs: desk.nowMs },
    ])
    const { account } = desk.truth()
    expect(account.fundingUsd).toBe(amount)
    expect(account.walletBalanceUsd).toBe(new Exact(10_000).plus(amount).toFixed())
  })

  test('nobody without a position pays', () => {
    const desk = new Desk()
    desk.quote('100', '100.2')
    expect(desk.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate: '0.01' })).toEqual([])
  })
})

describe('liquidation', () => {
  const sizes = { bidQuantity: '100', askQuantity: '100' }

  /** 1,000 USD carry 90 BTC bought at 100: the position is worth nine times the account. */
  function leveraged(side: 'BUY' | 'SELL'): Desk {
    const desk = new Desk({ startingBalanceUsd: '1000', leverage: 20, takerFee: '0', liquidationFee: '0.01' })
    desk.quote('100', '100', sizes)
    desk.submit({ ...BUY, side, quantity: '90' })
    return desk
  }

  test.each<['BUY' | 'SELL', string]>([
    // (90·100 − 1000) / (90·(1 − 0.004)) and (90·100 + 1000) / (90·(1 + 0.004))
    ['BUY', '89.24587237840250'],
    ['SELL', '110.6684373616645'],
  ])('the price of a %s is where equity meets the maintenance margin', (side, price) => {
    const [position] = leveraged(side).truth().positions
    expect(Number(position!.liquidationPrice)).toBeCloseTo(Number(price), 12)
  })

  test.each<['BUY' | 'SELL', string, string]>([
    ['BUY', '89.25', '89.24'],
    ['SELL', '110.66', '110.67'],
  ])('a %s survives a mark of %s and not %s', (side, spared, fatal) => {
    const desk = leveraged(side)
    expect(fillsOf(desk.quote('100', '100', { ...sizes, mark: spared }))).toEqual([])
    desk.submit({ ...BUY, type: 'LIMIT', price: '90', clientOrderId: 'resting', reduceOnly: false, quantity: '0.1' })
    const events = desk.quote('95', '96', { ...sizes, bidQuantity: '1', askQuantity: '1', mark: fatal })
    const price = side === 'BUY' ? '95' : '96'
    expect(fillsOf(events)).toMatchObject([
      {
        clientOrderId: 'autoclose-1',
        price,
        quantity: '90',
        liquidation: true,
        maker: false,
        feeUsd: side === 'BUY' ? '85.5' : '86.4',
      },
    ])
    expect(desk.truth()).toMatchObject({ positions: [], openOrders: [] })
  })

  test('a price that jumps over the stop and the liquidation price liquidates', () => {
    const desk = leveraged('BUY')
    const stop = { type: 'STOP_MARKET', side: 'SELL', stopPrice: '95', reduceOnly: true } as const
    desk.submit({ ...stop, quantity: '90', clientOrderId: 'stop' })
    const events = desk.quote('89', '89.1', { ...sizes, mark: '89' })
    expect(fillsOf(events)).toMatchObject([{ clientOrderId: 'autoclose-1', liquidation: true }])
    expect(lastReport(events, 'stop')).toMatchObject({ status: 'CANCELED', reason: 'LIQUIDATION' })
  })

  test.each<['BUY' | 'SELL', string]>([
    ['BUY', '20'],
    ['SELL', '1000'],
  ])('a %s whose price jumps to %s loses the account and no more', (side, jump) => {
    const desk = leveraged(side)
    const [fill] = fillsOf(desk.quote(jump, jump, { ...sizes, mark: jump }))
    // (90·100 ∓ 1000) / (90·(1 ∓ 0.01)): the fee of the liquidation is paid, too.
    expect(Number(fill!.price)).toBeCloseTo(side === 'BUY' ? 8000 / 89.1 : 10_000 / 90.9, 9)
    const wallet = Number(desk.truth().account.walletBalanceUsd)
    expect(wallet).toBeGreaterThanOrEqual(0)
    expect(wallet).toBeLessThan(1e-7)
  })

  test('orders are cancelled first, on every symbol', () => {
    const desk = leveraged('BUY')
    desk.market({
      kind: 'quote',
      quote: {
        symbol: 'ETHUSDT',
        bid: '10',
        bidQuantity: '9',
        ask: '10.01',
        askQuantity: '9',
        mark: '10',
        timestampMs: 0,
      },
    })
    desk.submit({ ...BUY, symbol: 'ETHUSDT', type: 'LIMIT', price: '9.9', clientOrderId: 'other' })
    const events = desk.quote('90', '90.1', { ...sizes, mark: '89' })
    expect(lastReport(events, 'other')).toMatchObject({ status: 'CANCELED', reason: 'LIQUIDATION' })
    expect(shortFills(events)).toEqual(['90@90'])
  })

  test("another symbol's loss brings the price nearer", () => {
    const desk = leveraged('BUY')
    const eth = (bid: string) =>
      desk.market({
        kind: 'quote',
        quote: { symbol: 'ETHUSDT', bid, bidQuantity: '99', ask: bid, askQuantity: '99', mark: bid, timestampMs: 0 },
      })
    eth('100')
    desk.submit({ ...BUY, symbol: 'ETHUSDT', quantity: '20' })
    const price = () => Number(desk.truth().positions.find(({ symbol }) => symbol === 'BTCUSDT')!.liquidationPrice)
    const before = price()
    eth('95')
    // 100 USD lost, less the maintenance margin that the smaller notional no longer needs.
    expect(price() - before).toBeCloseTo((100 - 20 * 5 * 0.004) / (90 * 0.996), 9)
    const closed = fillsOf(eth('52'))
    expect(closed.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT'])
    // Nothing is left: (20·100 − 910) / (20·(1 − 0.01)), the first one's fee of 90 paid before.
    expect(closed.map(({ price: at }) => Number(at))).toEqual([100, expect.closeTo(1090 / 19.8, 8)])
  })

  test('funding that is paid brings the price nearer, at once', () => {
    const desk = leveraged('BUY')
    const mark = (price: string) => desk.quote('95', '95.1', { ...sizes, mark: price })
    const pay = (rate: string) => desk.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate })
    mark('95')
    // 427.5 USD of 1,000: (90·100 − 572.5) / (90·0.996) = 94.01…
    expect(fillsOf([...pay('0.05'), ...mark('94.1')])).toEqual([])
    expect(fillsOf(mark('94'))).toHaveLength(1)
    const other = leveraged('BUY')
    other.quote('95', '95.1', { ...sizes, mark: '95' })
    expect(fillsOf(other.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate: '0.07' }))).toHaveLength(1)
  })

  test.each([
    ['0.1', 1],
    ['0.0999', 0],
  ])('equity that equals the maintenance margin is not enough (rate %s)', (maintenanceMarginRate, liquidations) => {
    const desk = new Desk({ startingBalanceUsd: '1000', takerFee: '0' })
    desk.quote('100', '100', sizes)
    desk.submit({ ...BUY, quantity: '100' })
    desk.market({ kind: 'instrument', instrument: { ...BTC, maintenanceMarginRate } })
    expect(fillsOf(desk.quote('100', '100', sizes))).toHaveLength(liquidations)
  })

  test('a higher maintenance rate counts from the next price on', () => {
    const desk = leveraged('BUY')
    desk.quote('98', '98.1', { ...sizes, mark: '98' })
    desk.market({ kind: 'instrument', instrument: { ...BTC, maintenanceMarginRate: '0.1' } })
    expect(fillsOf(desk.quote('98', '98.1', { ...sizes, mark: '98' }))).toHaveLength(1)
  })

  test('a position that its account can always pay for has no price', () => {
    const desk = new Desk()
    desk.quote('100', '100', sizes)
    desk.submit(BUY)
    expect(desk.truth().positions[0]!.liquidationPrice).toBeNull()
    expect(fillsOf(desk.quote('0.1', '0.2', { mark: '0.1' }))).toEqual([])
  })
})
