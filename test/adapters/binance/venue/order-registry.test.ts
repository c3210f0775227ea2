import { describe, expect, test } from 'vitest'
import {
  type AlgoFacts,
  type OrderFacts,
  OrderRegistry,
} from '../../../../src/adapters/binance/venue/order-registry.js'
import { BUY, START_MS } from './scripted-venue.js'

const CLOSE = { ...BUY, clientOrderId: 'x1', side: 'SELL', quantity: '0.42', reduceOnly: true } as const

function facts(change: Partial<OrderFacts> = {}): OrderFacts {
  const common = { orderId: '11', filledQuantity: '0', averagePrice: null, status: 'ACKNOWLEDGED' } as const
  return { ...CLOSE, ...common, updatedAtMs: START_MS, ...change }
}

function algo(algoStatus: string, updatedAtMs: number): AlgoFacts {
  const { clientOrderId, symbol, side, reduceOnly, quantity } = CLOSE
  const order = { clientOrderId, symbol, side, reduceOnly, quantity, type: 'STOP_MARKET' } as const
  return { ...order, algoId: '5', algoStatus, actualOrderId: null, updatedAtMs, rejection: undefined }
}

describe('an id of which an order was not taken', () => {
  test('is that of an earlier order as soon as the exchange tells of one', () => {
    const registry = new OrderRegistry()
    registry.sent(CLOSE, START_MS).neverTaken('too many requests')
    const filled = { filledQuantity: '0.42', averagePrice: '60000', status: 'FILLED' } as const
    const order = registry.noteOrder(facts(filled))
    expect(order).toMatchObject({ ...filled, acceptance: 'ACCEPTED', reason: undefined })
  })

  test('is that of a stop that is open as soon as the algo service tells of it', () => {
    const registry = new OrderRegistry()
    registry.sent({ ...CLOSE, type: 'STOP_MARKET' }, START_MS).neverTaken('too many requests')
    expect(registry.noteAlgo(algo('NEW', START_MS)).isOpen).toBe(true)
  })
})

describe("the exchange's clock", () => {
  test.each([0, 5_000])('may be behind ours by any time when it says that an order was cut: %i ms', (behindMs) => {
    const registry = new OrderRegistry()
    registry.sent(CLOSE, START_MS)
    const cut = { quantity: '0.39', filledQuantity: '0.39', status: 'FILLED' } as const
    const order = registry.noteOrder(facts({ ...cut, updatedAtMs: START_MS - behindMs }))
    expect(order.report()).toMatchObject({ ...cut, updatedAtMs: START_MS - behindMs })
  })

  test('may be set back between two things that it says of an order: the further one counts', () => {
    const registry = new OrderRegistry()
    registry.noteOrder(facts())
    const cut = { quantity: '0.39', filledQuantity: '0.2', status: 'PARTIAL' } as const
    expect(registry.noteOrder(facts({ ...cut, updatedAtMs: START_MS - 4_000 })).report()).toMatchObject(cut)
  })

  test('does not make news of what is told late', () => {
    const registry = new OrderRegistry()
    const cut = { quantity: '0.39', filledQuantity: '0.2', status: 'PARTIAL' } as const
    registry.noteOrder(facts({ ...cut, updatedAtMs: START_MS + 10 }))
    expect(registry.noteOrder(facts()).report()).toMatchObject(cut)
  })

  test.each([
    ['TRIGGERING', 'NEW'],
    ['TRIGGERED', 'TRIGGERING'],
    ['REJECTED', 'NEW'],
  ])('set back does not hide that a stop is %s, which was %s', (later, earlier) => {
    const registry = new OrderRegistry()
    registry.noteAlgo(algo(earlier, START_MS))
    expect(registry.noteAlgo(algo(later, START_MS - 4_000)).algoStatus).toBe(later)
    expect(registry.noteAlgo(algo(earlier, START_MS - 4_100)).algoStatus).toBe(later)
  })
})
