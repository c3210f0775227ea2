import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { SandboxAccount } from '../../support/sandbox-account.js'

type Step =
  | { readonly do: 'price'; readonly at: number; readonly size: number }
  | { readonly do: 'order'; readonly params: Record<string, string> }
  | { readonly do: 'algo'; readonly params: Record<string, string> }
  | { readonly do: 'cancel'; readonly nth: number }
  | { readonly do: 'amend'; readonly nth: number; readonly price: string }
  | { readonly do: 'funding' | 'deleverage' | 'foreignOrder' | 'liquidate' }

const side = fc.constantFrom('BUY', 'SELL')
const flag = fc.constantFrom('true', 'false')
const lots = fc.integer({ min: 1, max: 1_500 }).map((count) => new Exact(count).div(1_000).toFixed())
const price = fc.integer({ min: 47_000, max: 53_000 }).map(String)
const timeInForce = fc.constantFrom('GTC', 'IOC', 'FOK', 'GTX')
const mode = fc.constantFrom('NONE', 'EXPIRE_MAKER', 'EXPIRE_TAKER', 'EXPIRE_BOTH')

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('price' as const),
      at: fc.integer({ min: 48_000, max: 52_000 }),
      size: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ side, quantity: lots, reduceOnly: flag, selfTradePreventionMode: mode })
      .map((params) => ({ do: 'order' as const, params })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ side, quantity: lots, reduceOnly: flag, price, timeInForce, selfTradePreventionMode: mode })
      .map((params) => ({ do: 'order' as const, params: { ...params, type: 'LIMIT' } })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        side,
        quantity: lots,
        reduceOnly: flag,
        triggerPrice: price,
        type: fc.constantFrom('STOP_MARKET', 'TAKE_PROFIT_MARKET'),
      })
      .map((params) => ({ do: 'algo' as const, params })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ side, closePosition: fc.constant('true'), triggerPrice: price })
      .map((params) => ({ do: 'algo' as const, params })),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), nth: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('amend' as const), nth: fc.nat(5), price }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('funding', 'deleverage', 'foreignOrder', 'liquidate')
      .map((what) => ({ do: what }) as Step),
  },
)

function take(account: SandboxAccount, step: Step): void {
  const symbol = 'BTCUSDT'
  const open = account.exchange.view().openOrders
  account.passMs(1_000)
  switch (step.do) {
    case 'price':
      account.price(String(step.at), { size: String(step.size / 10) })
      break
    case 'order':
      account.order(step.params)
      break
    case 'algo':
      account.algo(step.params)
      break
    case 'cancel':
      if (open[step.nth] !== undefined) {
        account.ask('DELETE', '/fapi/v1/order', { symbol, orderId: String(open[step.nth]!.orderId) })
      }
      break
    case 'amend':
      if (open[step.nth] !== undefined) {
        const orderId = String(open[step.nth]!.orderId)
        account.ask('PUT', '/fapi/v1/order', { symbol, side: 'BUY', orderId, price: step.price, quantity: '0.7' })
      }
      break
    case 'funding':
      account.market({ kind: 'fundingRate', symbol, rate: '0.0001' })
      break
    default:
      account.strike(step.do, symbol)
  }
}

/** What the stream alone would make one believe. */
function believed(account: SandboxAccount) {
  const orders = new Map<number, { status: string; filled: string; stepwise: Exact }>()
  let position = '0'
  let wallet = '10000'
  for (const { e, o, a } of account.events) {
    if (e === 'ORDER_TRADE_UPDATE') {
      const stepwise = (orders.get(o.i)?.stepwise ?? new Exact(0)).plus(o.l)
      orders.set(o.i, { status: o.X, filled: o.z, stepwise })
    } else if (e === 'ACCOUNT_UPDATE') {
      wallet = a.B[0].wb
      position = a.P[0]?.pa ?? position
    }
  }
  return { orders, position, wallet }
}

it('what the stream tells, what questions are answered and what is true are the same after whatever has happened', () => {
  fc.assert(
    fc.property(fc.array(STEP, { minLength: 5, maxLength: 60 }), (steps) => {
      const account = new SandboxAccount()
      account.price('50000')
      account.listen()
      for (const step of steps) take(account, step)

      const { walletUsd, positions, openOrders } = account.exchange.view()
      const held = positions.BTCUSDT ?? '0'
      const { orders, position, wallet } = believed(account)
      expect([position, wallet]).toEqual([held, walletUsd])

      const trades = account.ask('GET', '/fapi/v1/userTrades', { symbol: 'BTCUSDT' }).body
      const bought = trades.reduce(
        (sum: Exact, { qty, buyer }: { qty: string; buyer: boolean }) => (buyer ? sum.plus(qty) : sum.minus(qty)),
        new Exact(0),
      )
      expect(bought.toFixed()).toBe(held)
      const income = account.ask('GET', '/fapi/v1/income', { limit: '1000' }).body
      const earned = income.reduce((sum: Exact, row: { income: string }) => sum.plus(row.income), new Exact(10_000))
      expect(earned.toFixed()).toBe(walletUsd)

      const all = account.ask('GET', '/fapi/v1/allOrders', { limit: '1000' }).body
      expect(all).toHaveLength(orders.size)
      for (const { orderId, status, executedQty, origQty } of all) {
        const told = orders.get(orderId)!
        expect([told.status, told.filled, told.stepwise.toFixed()]).toEqual([status, executedQty, executedQty])
        expect(new Exact(executedQty).lte(origQty)).toBe(true)
        const isOpen = status === 'NEW' || status === 'PARTIALLY_FILLED'
        expect(openOrders.some((order) => order.orderId === orderId)).toBe(isOpen)
      }
    }),
    { numRuns: 150 },
  )
})
