import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { InvariantViolation } from '../../../src/base/invariant-violation.js'
import {
  isOver,
  newOrder,
  type Order,
  type OrderEvent,
  openQuantity,
  stepOrder,
} from '../../../src/core/orders/order.js'
import { venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import type { Fill, OrderRequest, OrderStatus } from '../../../src/ports/vocabulary/orders.js'

const REQUEST: OrderRequest = {
  clientOrderId: 'a1.e',
  symbol: 'BTCUSDT',
  side: 'SELL',
  type: 'MARKET',
  quantity: '0.003',
  reduceOnly: false,
}

function fill(tradeId: number, quantity: string, price = '50000'): OrderEvent & { readonly fill: Fill } {
  const { clientOrderId, symbol, side } = REQUEST
  const common = { maker: false, timestampNs: '1', feeUsd: '0.01' }
  return {
    type: 'FILL',
    fill: { tradeId: venueTradeId(tradeId), clientOrderId, symbol, side, price, quantity, ...common },
  }
}

const SUBMIT: OrderEvent = { type: 'SUBMIT' }
const ACKNOWLEDGE: OrderEvent = { type: 'ACKNOWLEDGE' }
const CANCEL: OrderEvent = { type: 'CANCEL', reason: 'asked' }
const REJECT: OrderEvent = { type: 'REJECT', reason: 'INSUFFICIENT_MARGIN' }
const UNKNOWN: OrderEvent = { type: 'OUTCOME_UNKNOWN' }

function having(...events: readonly OrderEvent[]): Order {
  return events.reduce(stepOrder, newOrder(REQUEST))
}

const ORDERS: Record<OrderStatus, Order> = {
  PENDING: having(),
  SUBMITTED: having(SUBMIT),
  ACKNOWLEDGED: having(SUBMIT, ACKNOWLEDGE),
  PARTIAL: having(SUBMIT, ACKNOWLEDGE, fill(1, '0.001')),
  FILLED: having(SUBMIT, fill(1, '0.001'), fill(2, '0.002')),
  CANCELED: having(SUBMIT, fill(1, '0.001'), CANCEL),
  REJECTED: having(SUBMIT, REJECT),
}

describe('every status and event', () => {
  it.each`
    status            | submit         | unknown           | acknowledge       | reject        | cancel        | part          | rest
    ${'PENDING'}      | ${'SUBMITTED'} | ${'-'}            | ${'-'}            | ${'REJECTED'} | ${'CANCELED'} | ${'-'}        | ${'-'}
    ${'SUBMITTED'}    | ${'-'}         | ${'SUBMITTED'}    | ${'ACKNOWLEDGED'} | ${'REJECTED'} | ${'CANCELED'} | ${'PARTIAL'}  | ${'FILLED'}
    ${'ACKNOWLEDGED'} | ${'-'}         | ${'ACKNOWLEDGED'} | ${'ACKNOWLEDGED'} | ${'REJECTED'} | ${'CANCELED'} | ${'PARTIAL'}  | ${'FILLED'}
    ${'PARTIAL'}      | ${'-'}         | ${'PARTIAL'}      | ${'PARTIAL'}      | ${'-'}        | ${'CANCELED'} | ${'PARTIAL'}  | ${'FILLED'}
    ${'FILLED'}       | ${'-'}         | ${'FILLED'}       | ${'FILLED'}       | ${'-'}        | ${'-'}        | ${'-'}        | ${'-'}
    ${'CANCELED'}     | ${'-'}         | ${'CANCELED'}     | ${'CANCELED'}     | ${'-'}        | ${'CANCELED'} | ${'CANCELED'} | ${'CANCELED'}
    ${'REJECTED'}     | ${'-'}         | ${'-'}            | ${'-'}            | ${'REJECTED'} | ${'-'}        | ${'-'}        | ${'-'}
  `(
    '$status: submit $submit, unknown $unknown, acknowledge $acknowledge, reject $reject, cancel $cancel, part $part, rest $rest',
    (row) => {
      const order = ORDERS[row.status as OrderStatus]
      const rest = openQuantity({ ...order, status: 'PARTIAL' }).toFixed()
      const events: readonly (readonly [string, OrderEvent])[] = [
        [row.submit, SUBMIT],
        [row.unknown, UNKNOWN],
        [row.acknowledge, ACKNOWLEDGE],
        [row.reject, REJECT],
        [row.cancel, CANCEL],
        [row.part, fill(9, '0.0005')],
        [row.rest, fill(9, rest === '0' ? '0.003' : rest)],
      ]
      for (const [expected, event] of events) {
        if (expected === '-') expect(() => stepOrder(order, event), event.type).toThrow(InvariantViolation)
        else expect(stepOrder(order, event).status, event.type).toBe(expected)
      }
    },
  )

  it.each(Object.entries(ORDERS))('%s is over exactly when nothing more can fill', (status, order) => {
    expect(isOver(order)).toBe(['FILLED', 'CANCELED', 'REJECTED'].includes(status))
    expect(openQuantity(order).isZero()).toBe(isOver(order))
  })
})

describe('an order', () => {
  it('counts each trade once, in any order and however often it is told', () => {
    const trades = fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 6 })
    const repeats = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 })
    fc.assert(
      fc.property(trades, repeats, (order, again) => {
        const events = [...order, ...again].map((tradeId) => fill(tradeId, '0.0005', `${50000 + tradeId}`))
        const filled = having(SUBMIT, ...events)
        expect(filled.status).toBe('FILLED')
        expect(filled.filledQuantity).toBe('0.003')
        expect(filled.filledCostUsd).toBe('150.0105')
        expect(filled.feesUsd).toBe('0.06')
      }),
    )
  })

  it('is unknown from the timeout until anything is heard of it', () => {
    expect(having(SUBMIT, UNKNOWN).outcomeUnknown).toBe(true)
    for (const heard of [ACKNOWLEDGE, REJECT, CANCEL, fill(1, '0.001')])
      expect(having(SUBMIT, UNKNOWN, heard).outcomeUnknown).toBe(false)
    expect(having(SUBMIT, ACKNOWLEDGE, UNKNOWN).outcomeUnknown).toBe(false)
  })

  it('is full at the quantity that the venue cut it to', () => {
    const cut = having(SUBMIT, { type: 'ACKNOWLEDGE', quantity: '0.002' }, fill(1, '0.002'))
    expect(cut.status).toBe('FILLED')
    const late = having(SUBMIT, fill(1, '0.002'), { type: 'ACKNOWLEDGE', quantity: '0.002' })
    expect(late.status).toBe('FILLED')
    for (const quantity of ['0.004', '0.001'])
      expect(() => having(SUBMIT, fill(1, '0.002'), { type: 'ACKNOWLEDGE', quantity })).toThrow(InvariantViolation)
  })

  it('keeps the first reason of its end', () => {
    const order = stepOrder(ORDERS.CANCELED, { type: 'CANCEL', reason: 'expired' })
    expect(order.reason).toBe('asked')
  })

  it.each([
    ['another order', { clientOrderId: 'a1.x1' }],
    ['another symbol', { symbol: 'ETHUSDT' }],
    ['the other side', { side: 'BUY' as const }],
  ])('refuses a fill of %s', (_, change) => {
    const event: OrderEvent = { type: 'FILL', fill: { ...fill(1, '0.001').fill, ...change } }
    expect(() => having(SUBMIT, event)).toThrow(InvariantViolation)
  })

  it('says what was impossible: the order, its status, the event and what came before', () => {
    expect(() => having(SUBMIT, fill(1, '0.002'), fill(2, '0.002'))).toThrow(
      'order a1.e: FILL 2 is impossible in PARTIAL (0.004 filled of 0.003); steps before: FILL 1',
    )
  })

  it('never changes an order in place', () => {
    const before = structuredClone(ORDERS.PARTIAL)
    stepOrder(ORDERS.PARTIAL, fill(7, '0.001'))
    expect(ORDERS.PARTIAL).toEqual(before)
    expect(new Exact(ORDERS.PARTIAL.filledQuantity).toFixed()).toBe('0.001')
  })
})
