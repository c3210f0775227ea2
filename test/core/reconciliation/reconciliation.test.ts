import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  judgeNotFound,
  type LocalOrder,
  type LocalView,
  type ReconciliationFlags,
  reconcile,
  reconcileAccount,
  type TruthView,
} from '../../../src/core/reconciliation/reconciliation.js'
import { venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import type { Fill, OrderReport } from '../../../src/ports/vocabulary/orders.js'

const FLAGS: ReconciliationFlags = { mayClose: false, disagreedBefore: false }
const LOCAL: LocalView = {
  symbol: 'BTCUSDT',
  quantity: '1',
  entryPrice: '100',
  tickSize: '0.1',
  orders: [],
  isSeen: (tradeId) => tradeId <= 5,
  isOurs: (clientOrderId) => clientOrderId.startsWith('i1.'),
  isInFlight: false,
  hasForeign: false,
}
const TRUTH: TruthView = { quantity: '1', entryPrice: '100', openOrders: [], fills: [], isComplete: true }

interface Row {
  readonly local?: Partial<LocalView>
  readonly truth?: Partial<TruthView>
  readonly flags?: Partial<ReconciliationFlags>
  /** Named decisions, in order. */
  readonly decisions: readonly string[]
  readonly action?: 'SYNC_LOCAL' | 'EMERGENCY_CLOSE'
  readonly discrepancy?: string
}

const rows: Readonly<Record<string, Row>> = {
  'everything agrees': { decisions: ['CLEAR_LATCH'] },
  'everything agrees, with something in flight': { local: { isInFlight: true }, decisions: [] },
  'everything agrees, as far as an old truth tells': { truth: { isComplete: false }, decisions: [] },
  'size, at first, with something in flight': {
    local: { isInFlight: true },
    truth: { quantity: '0.6' },
    decisions: ['AWAIT_NEXT_TRUTH'],
    discrepancy: '-0.4',
  },
  'size, at first, with nothing in flight': {
    truth: { quantity: '0.6' },
    decisions: ['LATCH_MISMATCH'],
    discrepancy: '-0.4',
  },
  'size, again, with something in flight': {
    local: { isInFlight: true },
    truth: { quantity: '0.6' },
    flags: { disagreedBefore: true },
    decisions: ['LATCH_MISMATCH'],
    discrepancy: '-0.4',
  },
  'size, where closing is allowed': {
    truth: { quantity: '1.5' },
    flags: { mayClose: true },
    decisions: ['EMERGENCY_CLOSE'],
    action: 'EMERGENCY_CLOSE',
    discrepancy: '0.5',
  },
  'size, in a truth that misses fills': {
    truth: { quantity: '0.6', isComplete: false },
    flags: { disagreedBefore: true },
    decisions: ['AWAIT_NEXT_TRUTH'],
    discrepancy: '-0.4',
  },
  side: {
    truth: { quantity: '-1', entryPrice: '100' },
    flags: { mayClose: true },
    decisions: ['EMERGENCY_CLOSE'],
    action: 'EMERGENCY_CLOSE',
    discrepancy: '-2',
  },
  'flat at the venue': {
    truth: { quantity: '0', entryPrice: null },
    flags: { mayClose: true },
    decisions: ['SYNC_LOCAL'],
    action: 'SYNC_LOCAL',
    discrepancy: '-1',
  },
  'flat here, open at the venue': {
    local: { quantity: '0', entryPrice: null },
    flags: { mayClose: true },
    decisions: ['EMERGENCY_CLOSE'],
    action: 'EMERGENCY_CLOSE',
    discrepancy: '1',
  },
  'a foreign position that is known': {
    local: { hasForeign: true },
    flags: { mayClose: true },
    decisions: ['EMERGENCY_CLOSE'],
    action: 'EMERGENCY_CLOSE',
  },
  'a foreign fill that the truth brings': {
    truth: { quantity: '3', fills: [fill(6, 'web', 'BUY', '2')] },
    decisions: ['APPLY_FOREIGN_FILL', 'LATCH_MISMATCH'],
  },
  'a fill that was missed': {
    truth: { quantity: '0.4', fills: [fill(6, 'i1.x1', 'SELL', '0.6')] },
    decisions: ['APPLY_MISSED_FILL', 'CLEAR_LATCH'],
  },
  'a fill that is late, and seen by now': {
    truth: { fills: [fill(5, 'i1.e', 'BUY', '1')] },
    decisions: ['IGNORE_DUPLICATE', 'CLEAR_LATCH'],
  },
  'a fill twice in one truth': {
    truth: { quantity: '0.4', fills: [fill(6, 'i1.x1', 'SELL', '0.6'), fill(6, 'i1.x1', 'SELL', '0.6')] },
    decisions: ['APPLY_MISSED_FILL', 'IGNORE_DUPLICATE', 'CLEAR_LATCH'],
  },
  'a liquidation': {
    truth: { quantity: '0', fills: [{ ...fill(6, 'autoclose', 'SELL', '1'), liquidation: true }] },
    decisions: ['APPLY_MISSED_FILL', 'CLEAR_LATCH'],
  },
  'an order that is not ours': {
    truth: { openOrders: [report('web_1')] },
    decisions: ['CANCEL_UNKNOWN_ORDER', 'CLEAR_LATCH'],
  },
  'an order that the venue does not know': {
    local: { orders: [order({})], isInFlight: true },
    decisions: ['QUERY_ORDER'],
  },
  'an order whose fill the truth brings': {
    local: { orders: [order({ clientOrderId: 'i1.x1' })] },
    truth: { quantity: '0', fills: [fill(6, 'i1.x1', 'SELL', '1')] },
    decisions: ['APPLY_MISSED_FILL', 'CLEAR_LATCH'],
  },
  'an order that rests where it should': {
    local: { orders: [order({ clientOrderId: 'i1.t1', isProtective: true, isResting: true })] },
    truth: { openOrders: [report('i1.t1')] },
    decisions: ['CLEAR_LATCH'],
  },
  'a protective order that is gone': {
    local: { orders: [order({ clientOrderId: 'i1.s1', isProtective: true, isResting: true })] },
    decisions: ['QUERY_ORDER', 'REPLACE_PROTECTION', 'CLEAR_LATCH'],
  },
  'a protective order that is gone with the position': {
    local: { quantity: '0', orders: [order({ clientOrderId: 'i1.s1', isProtective: true, isResting: true })] },
    truth: { quantity: '0', entryPrice: null },
    decisions: ['QUERY_ORDER', 'CLEAR_LATCH'],
  },
  'an entry price within rounding': { truth: { entryPrice: '100.2' }, decisions: ['CLEAR_LATCH'] },
  'an entry price off by more': { truth: { entryPrice: '100.21' }, decisions: ['ALERT_ENTRY_PRICE', 'CLEAR_LATCH'] },
}

describe('each drift ends in its named decision', () => {
  test.each(Object.entries(rows))('%s', (_, row) => {
    const result = reconcile({ ...LOCAL, ...row.local }, { ...TRUTH, ...row.truth }, { ...FLAGS, ...row.flags })
    expect(result.decisions.map(({ decision }) => decision)).toEqual(row.decisions)
    expect(result.action).toBe(row.action ?? 'NONE')
    if (row.discrepancy !== undefined) expect(result.discrepancy).toBe(row.discrepancy)
  })
})

const milli = (max: number) => fc.integer({ min: -max, max }).map((value) => (value / 1000).toString())

test('nothing closes without the flag, and nothing is synced to anything but flat', () => {
  fc.assert(
    fc.property(
      milli(3000),
      milli(3000),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      (quantity, actual, a, b, c, d) => {
        const local = { ...LOCAL, quantity, isInFlight: a, hasForeign: b }
        const truth = { ...TRUTH, quantity: actual, isComplete: c }
        const { action, decisions } = reconcile(local, truth, { mayClose: false, disagreedBefore: d })
        expect(action).not.toBe('EMERGENCY_CLOSE')
        if (action === 'SYNC_LOCAL') expect(actual).toBe('0')
        if (Number(quantity) !== Number(actual))
          expect(decisions.map(({ decision }) => decision)).not.toContain('CLEAR_LATCH')
      },
    ),
  )
})

test.each([
  ['while it could be accepted', 4999, 'QUERY_ORDER'],
  ['in its last ms', 5000, 'QUERY_ORDER'],
  ['after it', 5001, 'DECLARE_NOT_ACCEPTED'],
])('an order not found %s', (_, askedAtVenueMs, decision) => {
  const found = judgeNotFound({ clientOrderId: 'i1.e', validUntilMs: 5000 }, askedAtVenueMs)
  expect(found).toEqual({ decision, clientOrderId: 'i1.e' })
})

describe('account', () => {
  const actual = { walletBalanceUsd: '10000', equityUsd: '10100' }
  test.each([
    ['agrees to the cent', actual, []],
    ['is off by just the tolerance', { walletBalanceUsd: '9990', equityUsd: '10110.1' }, []],
    ['is off in its balance', { ...actual, walletBalanceUsd: '9989.99' }, ['walletBalanceUsd']],
    ['is off in its equity', { ...actual, equityUsd: '10110.11' }, ['equityUsd']],
    ['is off in both', { walletBalanceUsd: '0', equityUsd: '0' }, ['walletBalanceUsd', 'equityUsd']],
  ])('that %s', (_, expected, fields) => {
    const decisions = reconcileAccount(expected, actual, '0.001')
    expect(decisions).toMatchObject(fields.map((field) => ({ decision: 'LOCKOUT', field })))
    expect(decisions).toHaveLength(fields.length)
  })

  test('of nothing agrees with nothing', () => {
    const nothing = { walletBalanceUsd: '0', equityUsd: '0' }
    expect(reconcileAccount(nothing, nothing, '0.001')).toEqual([])
  })
})

function order(over: Partial<LocalOrder>): LocalOrder {
  return { clientOrderId: 'i1.e', isResting: false, isProtective: false, ...over }
}

function fill(tradeId: number, clientOrderId: string, side: 'BUY' | 'SELL', quantity: string): Fill {
  const common = { symbol: 'BTCUSDT', price: '100', feeUsd: '0', maker: false, timestampNs: '0' }
  return { tradeId: venueTradeId(tradeId), clientOrderId, side, quantity, ...common }
}

function report(clientOrderId: string): OrderReport {
  return {
    clientOrderId,
    venueOrderId: 'v',
    symbol: 'BTCUSDT',
    side: 'SELL',
    type: 'LIMIT',
    status: 'ACKNOWLEDGED',
    reduceOnly: true,
    quantity: '1',
    filledQuantity: '0',
    averagePrice: null,
    updatedAtMs: 0,
  }
}
