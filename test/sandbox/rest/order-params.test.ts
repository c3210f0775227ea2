import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

const LIMIT = { type: 'LIMIT', timeInForce: 'GTC', price: '49000' }

/** Evidence: the exchange's list of errors; notes on Binance, 1.4 and 1.6. */
describe('parameters of an order', () => {
  it.each([
    ['no symbol', { symbol: '' }, -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."],
    ['an unknown symbol', { symbol: 'NONEUSDT' }, -1121, 'Invalid symbol.'],
    ['no side', { side: '' }, -1102, "Mandatory parameter 'side' was not sent, was empty/null, or malformed."],
    ['a wrong side', { side: 'LONG' }, -1117, 'Invalid side.'],
    ['a wrong type', { type: 'STOP_LOSS' }, -1116, 'Invalid orderType.'],
    [
      'no quantity',
      { quantity: '' },
      -1102,
      "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed.",
    ],
    ['a quantity with an exponent', { quantity: '1e-3' }, -1102, undefined],
    ['a limit without a price', { ...LIMIT, price: '' }, -1102, undefined],
    ['a limit without a time in force', { ...LIMIT, timeInForce: '' }, -1102, undefined],
    ['a wrong time in force', { ...LIMIT, timeInForce: 'DAY' }, -1115, 'Invalid timeInForce.'],
    ['a market order with a price', { price: '49000' }, -1106, "Parameter 'price' sent when not required."],
    ['a market order with a time in force', { timeInForce: 'GTC' }, -1106, undefined],
    ['a price and a match', { ...LIMIT, priceMatch: 'OPPONENT' }, -1106, undefined],
    ['a match that was removed', { ...LIMIT, price: '', priceMatch: 'OPPONENT_10' }, -5037, undefined],
    ['a GTD without a date', { ...LIMIT, timeInForce: 'GTD' }, -1102, undefined],
    ['a GTD of the past', { ...LIMIT, timeInForce: 'GTD', goodTillDate: '1' }, -5040, undefined],
    ['a side of hedge mode', { positionSide: 'LONG' }, -4061, "Order's position side does not match user's setting."],
    ['a wrong answer type', { newOrderRespType: 'FULL' }, -1136, 'Invalid newOrderRespType.'],
  ])('with %s are refused', (_what, params, code, msg) => {
    const account = new SandboxAccount()
    account.price('50000')
    const { status, body } = account.order(params)
    expect([status, body.code]).toEqual([400, code])
    if (msg !== undefined) expect(body.msg).toBe(msg)
  })

  it.each(['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'])(
    'of the type %s belong to the algo service since 2025-12-09 (-4120)',
    (type) => {
      const account = new SandboxAccount()
      account.price('50000')
      expect(account.order({ type, stopPrice: '49000' }).body.code).toBe(-4120)
    },
  )

  it('may leave the price to the book', () => {
    const account = new SandboxAccount()
    account.price('50000')
    const matched = (priceMatch: string) => account.limit({ quantity: '0.1', priceMatch }).body
    expect(matched('QUEUE')).toMatchObject({ price: '50000', priceMatch: 'QUEUE' })
    expect(matched('OPPONENT')).toMatchObject({ price: '50000.1' })
  })
})
