import { describe, expect, test } from 'vitest'
import { InvariantViolation } from '../../../src/base/invariant-violation.js'
import { type CheckedView, ExecutionInvariants } from '../../../src/core/execution/invariants.js'
import type { ExecutionRecord, RecordBody } from '../../../src/core/execution/records.js'
import { type ExecutionState, initialState } from '../../../src/core/execution/state.js'
import type { SideEffect } from '../../../src/ports/sides.js'
import { venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import { HEALTHY } from '../../support/system-state.js'
import { Bench, INSTRUMENT } from './bench-of-one.js'

type Effect = SideEffect<ExecutionRecord>

const order = (clientOrderId: string, reduceOnly: boolean) =>
  ({ clientOrderId, symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '1', reduceOnly }) as const

const fill = {
  tradeId: venueTradeId(1),
  clientOrderId: 'web',
  symbol: 'BTCUSDT',
  side: 'BUY',
  price: '100',
  quantity: '1',
  feeUsd: '0',
  maker: false,
  timestampNs: '0',
} as const

function append(n: number, body: RecordBody): Effect {
  return { kind: 'append', record: { n, atMs: 0, inputs: '00000000', ...body } }
}

function submit(clientOrderId: string, reduceOnly = false): Effect {
  const request = {
    kind: 'submit',
    requestId: clientOrderId,
    order: order(clientOrderId, reduceOnly),
    validUntilMs: 1,
  } as const
  return { kind: 'request', request }
}

const placed = append(1, {
  type: 'order',
  order: order('i1.e', false),
  kind: 'e',
  purpose: 'ENTRY',
  requestedPrice: '100',
  validUntilMs: 1,
})

function view(state: Partial<ExecutionState> = {}, other: Partial<CheckedView> = {}): CheckedView {
  return { state: { ...initialState(), ...state }, isDurable: (n) => n <= 1, modeInputs: () => HEALTHY, ...other }
}

describe('each broken invariant is a violation', () => {
  const naked = { ...Bench.ready().side.state, entry: nakedEntry() }
  const rows: readonly [string, CheckedView, readonly Effect[]][] = [
    ['an opening order before its record is durable', view({}, { isDurable: () => false }), [placed, submit('i1.e')]],
    ['an opening order without a record', view(), [submit('i1.e')]],
    ['a second submit of an id', view(), [submit('i1.x1', true), submit('i1.x1', true)]],
    ['an opening order in KILL', view({ mode: 'KILL' }), [placed, submit('i1.e')]],
    ['an opening order in REDUCE_ONLY', view({ mode: 'REDUCE_ONLY' }), [placed, submit('i1.e')]],
    [
      'an opening order on a disk that is nearly full',
      view({}, { modeInputs: () => ({ ...HEALTHY, diskUsedPct: 95 }) }),
      [placed, submit('i1.e')],
    ],
    [
      'an opening order while blocked',
      view({}, { modeInputs: () => ({ ...HEALTHY, latches: new Set(['LINK_NOT_OK'] as const) }) }),
      [placed, submit('i1.e')],
    ],
    [
      'an opening order while something is open',
      view({ foreign: { BTCUSDT: '1' } }),
      [append(2, { type: 'fill', fill, purpose: 'FOREIGN' }), placed, submit('i1.e')],
    ],
    ['fills that do not add up to the position', view(), [append(1, { type: 'fill', fill, purpose: 'FOREIGN' })]],
    ['a position without protection', view(naked), [append(1, { type: 'fill', fill, purpose: 'ENTRY' })]],
  ]
  test.each(rows)('%s', (_, seen, effects) => {
    const invariants = new ExecutionInvariants(initialState())
    expect(() => invariants.check(seen, 'time at 1', effects)).toThrow(InvariantViolation)
  })

  test('and names the event, those before it, and the state', () => {
    const invariants = new ExecutionInvariants(initialState())
    invariants.check(view(), 'start at 0', [append(1, { type: 'session', session: 1 })])
    expect(() => invariants.check(view(), 'time at 1', [submit('i1.e')])).toThrow(
      /execution side: time at 1 is impossible in \{"n":0.*i1\.e opens before its record is durable.*start at 0, time at 1/,
    )
  })
})

test('what is in order passes', () => {
  const invariants = new ExecutionInvariants(initialState())
  invariants.check(view(), 'a', [placed, submit('i1.e')])
  invariants.check(view({ foreign: { BTCUSDT: '1' } }), 'b', [append(2, { type: 'fill', fill, purpose: 'FOREIGN' })])
  invariants.check(view(), 'c', [append(3, { type: 'syncedFlat', symbol: 'BTCUSDT', decisions: [] })])
})

function nakedEntry(): NonNullable<ExecutionState['entry']> {
  const bench = Bench.ready()
  bench.enter('i1')
  bench.advance(100)
  expect(bench.side.state.entry?.instrument).toEqual(INSTRUMENT.identity)
  return { ...bench.side.state.entry!, takeProfitPrice: null }
}
