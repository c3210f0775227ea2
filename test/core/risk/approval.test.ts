import { describe, expect, it } from 'vitest'
import type { Action } from '../../../src/core/arbitration/arbitration.js'
import { type ApprovedOrder, approve, isApproved, type RiskContext } from '../../../src/core/risk/approval.js'
import { positionRisk } from '../../../src/core/risk/calculator.js'
import { closedBreaker } from '../../../src/core/risk/loss-breaker.js'
import type { RiskConfig } from '../../../src/core/risk/risk-config.js'
import type { Instrument } from '../../../src/ports/vocabulary/instrument.js'
import { instrument } from '../../support/instruments.js'
import { riskConfig } from '../../support/risk-config.js'

const ENTRY: Action = {
  type: 'ENTRY',
  symbol: 'BTCUSDT',
  strategyId: 'blue',
  direction: -1,
  notionalUsd: 1199.9,
  price: 50000,
  reason: 'SIGNAL',
}
const REDUCE: Action = { ...ENTRY, type: 'REDUCE', direction: null, notionalUsd: 500 }

const HELD = positionRisk({
  symbol: 'BTCUSDT',
  direction: -1,
  quantity: '0.02',
  entryPrice: '50000',
  markPrice: '50000',
  liquidationPrice: '90000',
})

interface Changes {
  readonly config?: Partial<RiskConfig>
  readonly instrument?: Partial<Instrument>
  readonly context?: Partial<RiskContext>
}

function context(changes: Changes = {}): RiskContext {
  return {
    config: riskConfig(changes.config),
    account: { equityUsd: '1000', marginAvailableUsd: '1000', timestampMs: 1 },
    positions: [],
    breaker: closedBreaker('1000'),
    instrument: instrument(changes.instrument),
    ...changes.context,
  }
}

function approved(action: Action, changes?: Changes): ApprovedOrder {
  const order = approve(action, context(changes))
  if (!isApproved(order)) throw new Error(`refused: ${order.reason}`)
  return order
}

function refused(action: Action, changes?: Changes) {
  const result = approve(action, context(changes))
  if (isApproved(result)) throw new Error('approved')
  return result
}

describe('approval', () => {
  it('lets the largest entry of the champion pass: 6 × leverage of a fifth of the capital', () => {
    expect(approved({ ...ENTRY, notionalUsd: 1200 }).terms).toEqual({
      action: 'ENTRY',
      strategyId: 'blue',
      instrument: instrument().identity,
      direction: -1,
      side: 'SELL',
      quantity: '0.024',
      requestedPrice: '50000',
      targetNotionalUsd: '1200',
    })
  })

  it('rounds down to lots', () => {
    expect(approved(ENTRY).terms.quantity).toBe('0.023')
  })

  it.each`
    type        | direction | held  | side
    ${'ENTRY'}  | ${1}      | ${0}  | ${'BUY'}
    ${'ENTRY'}  | ${-1}     | ${0}  | ${'SELL'}
    ${'REDUCE'} | ${null}   | ${1}  | ${'SELL'}
    ${'REDUCE'} | ${null}   | ${-1} | ${'BUY'}
  `('an $type of $direction with $held held is a $side', ({ type, direction, held, side }) => {
    const positions = held === 0 ? [] : [{ ...HELD, direction: held }]
    expect(approved({ ...REDUCE, type, direction }, { context: { positions } }).terms.side).toBe(side)
  })

  it.each`
    notional | held        | quantity
    ${500}   | ${'0.02'}   | ${'0.01'}
    ${5000}  | ${'0.02'}   | ${'0.02'}
    ${5000}  | ${'0.0205'} | ${'0.02'}
  `('reduces by $quantity for $notional USD of $held', ({ notional, held, quantity }) => {
    const positions = [{ ...HELD, quantity: held }]
    expect(approved({ ...REDUCE, notionalUsd: notional }, { context: { positions } }).terms.quantity).toBe(quantity)
  })

  it.each<[string, string, Action, Changes]>([
    ['instrument', 'REJECT_INSTRUMENT', ENTRY, { context: { instrument: undefined } }],
    ['status', 'REJECT_INSTRUMENT', ENTRY, { instrument: { status: 'HALTED' } }],
    ['lossBreaker', 'REJECT_RISK_LIMIT', ENTRY, { context: { breaker: { ...closedBreaker('1'), state: 'OPEN' } } }],
    ['minQuantity', 'REJECT_LOT_OR_NOTIONAL', { ...ENTRY, notionalUsd: 49.9 }, {}],
    ['minQuantity', 'REJECT_LOT_OR_NOTIONAL', ENTRY, { instrument: { minQuantity: '0.03' } }],
    ['maxQuantity', 'REJECT_LOT_OR_NOTIONAL', ENTRY, { instrument: { maxQuantity: '0.02' } }],
    [
      'minNotionalUsd',
      'REJECT_LOT_OR_NOTIONAL',
      { ...ENTRY, notionalUsd: 50 },
      { instrument: { minNotionalUsd: '51' } },
    ],
    ['leverageTarget', 'REJECT_RISK_LIMIT', { ...ENTRY, notionalUsd: 6050 }, {}],
    ['leverageTarget', 'REJECT_RISK_LIMIT', { ...ENTRY, notionalUsd: 5050 }, { context: { positions: [HELD] } }],
    ['leverageMax', 'REJECT_RISK_LIMIT', ENTRY, { context: { positions: [{ ...HELD, quantity: '0.21' }] } }],
    ['symbolLeverageMax', 'REJECT_RISK_LIMIT', ENTRY, { config: { symbolLeverageMax: 1 } }],
    [
      'symbolLeverageMax',
      'REJECT_RISK_LIMIT',
      ENTRY,
      { config: { symbolLeverageMax: 2 }, context: { positions: [HELD] } },
    ],
    [
      'liquidationDistanceCritical',
      'REJECT_RISK_LIMIT',
      ENTRY,
      { context: { positions: [{ ...HELD, liquidationDistance: 0.02 }] } },
    ],
    [
      'liquidationDistanceMin',
      'REJECT_RISK_LIMIT',
      { ...ENTRY, notionalUsd: 5000 },
      { config: { liquidationDistanceMin: 0.2 } },
    ],
    [
      'marginAvailable',
      'REJECT_RISK_LIMIT',
      ENTRY,
      { context: { account: { equityUsd: '1000', marginAvailableUsd: '100', timestampMs: 1 } } },
    ],
    [
      'leverageTarget',
      'REJECT_RISK_LIMIT',
      ENTRY,
      { context: { account: { equityUsd: '-1', marginAvailableUsd: '100', timestampMs: 1 } } },
    ],
    ['position', 'REJECT_RISK_LIMIT', REDUCE, {}],
    ['minQuantity', 'REJECT_LOT_OR_NOTIONAL', { ...REDUCE, notionalUsd: 10 }, { context: { positions: [HELD] } }],
    [
      'minQuantity',
      'REJECT_LOT_OR_NOTIONAL',
      { ...REDUCE, notionalUsd: 750 },
      { instrument: { minQuantity: '0.01' }, context: { positions: [HELD] } },
    ],
  ])('refuses by %s: %s', (violatedInvariant, reject, action, changes) => {
    expect(refused(action, changes)).toMatchObject({ valid: false, blocking: true, violatedInvariant, reject })
    expect(refused(action, changes).reason).toMatch(new RegExp(`^${violatedInvariant}: `))
  })

  it('reduces however bad the account stands', () => {
    const account = { equityUsd: '-1', marginAvailableUsd: '0', timestampMs: 1 }
    const breaker = { ...closedBreaker('1'), state: 'OPEN' } as const
    expect(approved(REDUCE, { context: { account, breaker, positions: [HELD] } }).terms.action).toBe('REDUCE')
  })

  it('is not for exits, which need none', () => {
    expect(() => approve({ ...ENTRY, type: 'EXIT' }, context())).toThrow('only entries and reductions are approved')
  })
})

describe('an approved order', () => {
  it('cannot be made by hand: no literal, copy or cast passes for one', () => {
    const order = approved(ENTRY)
    // @ts-expect-error a literal lacks the mark
    const literal: ApprovedOrder = { terms: order.terms }
    // @ts-expect-error a copy loses it
    const copy: ApprovedOrder = { ...order }
    const cast = Object.create(Object.getPrototypeOf(order))
    const constructed = () => new (order.constructor as new (terms: unknown) => unknown)({ ...order.terms })
    expect([literal, copy, cast, structuredClone(order)].map(isApproved)).toEqual([false, false, false, false])
    expect(constructed).toThrow('only risk makes an approved order')
    expect(isApproved(order)).toBe(true)
  })

  it('cannot be changed', () => {
    const { terms } = approved(ENTRY)
    expect(() => Object.assign(terms, { quantity: '9' })).toThrow(TypeError)
  })
})
