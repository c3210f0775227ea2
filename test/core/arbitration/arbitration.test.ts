import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ActionType, arbitrate, mandateFault } from '../../../src/core/arbitration/arbitration.js'
import { flatPosition, type Position, type PositionState } from '../../../src/core/position/position.js'
import type { Mandate, MandateType } from '../../../src/ports/strategy.js'

const TYPES: readonly MandateType[] = ['EXIT', 'BLOCK', 'REDUCE', 'ENTRY', 'HOLD']
const STATES: readonly PositionState[] = ['FLAT', 'ENTERING', 'OPEN', 'REDUCING', 'CLOSING']

function mandate(type: MandateType, changes: Partial<Mandate> = {}): Mandate {
  const sized = { direction: -1, notionalUsd: 1000, price: 100 } as const
  return {
    strategyId: 'blue',
    symbol: 'BTCUSDT',
    type,
    authority: 0.5,
    timestampMs: 1,
    reason: type,
    ...sized,
    ...changes,
  }
}

function position(state: PositionState, symbol = 'BTCUSDT'): Position {
  return { ...flatPosition(symbol), state }
}

const anyMandate = fc
  .record({
    type: fc.constantFrom(...TYPES),
    strategyId: fc.constantFrom('blue', 'green', 'risk'),
    symbol: fc.constantFrom('BTCUSDT', 'ETHUSDT', 'SOLUSDT'),
    authority: fc.constantFrom(0, 0.5, 1),
    timestampMs: fc.constantFrom(1, 2),
    direction: fc.constantFrom(-1 as const, 1 as const),
    notionalUsd: fc.constantFrom(10, 20),
  })
  .map(({ type, ...changes }) => mandate(type, changes))
const anyPositions = fc.uniqueArray(
  fc.record({ state: fc.constantFrom(...STATES), symbol: fc.constantFrom('BTCUSDT', 'ETHUSDT', 'XRPUSDT') }),
  { selector: ({ symbol }) => symbol },
)

describe('arbitration', () => {
  it('gives exactly one action to every symbol with a mandate or a position', () => {
    fc.assert(
      fc.property(fc.array(anyMandate), anyPositions, (mandates, held) => {
        const positions = held.map(({ state, symbol }) => position(state, symbol))
        const symbols = arbitrate(mandates, positions).map(({ symbol }) => symbol)
        expect([...symbols].sort()).toEqual([...new Set([...mandates, ...held].map(({ symbol }) => symbol))].sort())
      }),
    )
  })

  it('does not depend on the order of mandates or positions', () => {
    const shuffled = fc
      .array(anyMandate)
      .chain((mandates) =>
        fc.tuple(fc.constant(mandates), fc.shuffledSubarray(mandates, { minLength: mandates.length })),
      )
    fc.assert(
      fc.property(shuffled, anyPositions, ([mandates, others], held) => {
        const positions = held.map(({ state, symbol }) => position(state, symbol))
        expect(arbitrate(others, [...positions].reverse())).toEqual(arbitrate(mandates, positions))
      }),
    )
  })

  it('takes each action from one mandate whole', () => {
    fc.assert(
      fc.property(fc.array(anyMandate, { minLength: 1 }), (mandates) => {
        for (const action of arbitrate(mandates, [])) {
          if (action.type !== 'ENTRY') continue
          const { symbol, strategyId, direction, notionalUsd } = action
          expect(mandates).toContainEqual(
            expect.objectContaining({ type: 'ENTRY', symbol, strategyId, direction, notionalUsd }),
          )
        }
      }),
    )
  })

  it.each`
    winner      | loser       | action
    ${'EXIT'}   | ${'BLOCK'}  | ${'EXIT'}
    ${'EXIT'}   | ${'REDUCE'} | ${'EXIT'}
    ${'EXIT'}   | ${'ENTRY'}  | ${'EXIT'}
    ${'EXIT'}   | ${'HOLD'}   | ${'EXIT'}
    ${'BLOCK'}  | ${'REDUCE'} | ${'NO_ACTION'}
    ${'BLOCK'}  | ${'ENTRY'}  | ${'NO_ACTION'}
    ${'BLOCK'}  | ${'HOLD'}   | ${'NO_ACTION'}
    ${'REDUCE'} | ${'ENTRY'}  | ${'REDUCE'}
    ${'REDUCE'} | ${'HOLD'}   | ${'REDUCE'}
  `('$winner beats $loser whatever their authority: $action', ({ winner, loser, action }) => {
    const mandates = [
      mandate(loser, { authority: 1, timestampMs: 0 }),
      mandate(winner, { authority: 0, timestampMs: 9 }),
    ]
    expect(arbitrate(mandates, [position('OPEN')]).map(({ type }) => type)).toEqual([action])
  })

  it.each`
    why                  | winner                                                 | loser
    ${'authority'}       | ${{ authority: 0.9, timestampMs: 9, strategyId: 'z' }} | ${{ authority: 0.8, timestampMs: 1, strategyId: 'a' }}
    ${'the earlier'}     | ${{ timestampMs: 1, strategyId: 'z' }}                 | ${{ timestampMs: 2, strategyId: 'a' }}
    ${'the strategy id'} | ${{ strategyId: 'a' }}                                 | ${{ strategyId: 'b' }}
  `('$why decides between mandates of one type', ({ winner, loser }) => {
    const mandates = [mandate('ENTRY', { ...loser, notionalUsd: 1 }), mandate('ENTRY', { ...winner, notionalUsd: 2 })]
    expect(arbitrate(mandates, [])[0]).toMatchObject({ strategyId: winner.strategyId ?? 'blue', notionalUsd: 2 })
  })

  it.each`
    state         | EXIT           | BLOCK          | REDUCE         | ENTRY          | HOLD
    ${'FLAT'}     | ${'NO_ACTION'} | ${'NO_ACTION'} | ${'NO_ACTION'} | ${'ENTRY'}     | ${'HOLD'}
    ${'ENTERING'} | ${'EXIT'}      | ${'NO_ACTION'} | ${'NO_ACTION'} | ${'NO_ACTION'} | ${'HOLD'}
    ${'OPEN'}     | ${'EXIT'}      | ${'NO_ACTION'} | ${'REDUCE'}    | ${'NO_ACTION'} | ${'HOLD'}
    ${'REDUCING'} | ${'EXIT'}      | ${'NO_ACTION'} | ${'NO_ACTION'} | ${'NO_ACTION'} | ${'HOLD'}
    ${'CLOSING'}  | ${'NO_ACTION'} | ${'NO_ACTION'} | ${'NO_ACTION'} | ${'NO_ACTION'} | ${'HOLD'}
  `('while $state: $EXIT, $BLOCK, $REDUCE, $ENTRY, $HOLD', ({ state, ...expected }) => {
    for (const type of TYPES) {
      const actions = arbitrate([mandate(type)], [position(state)])
      expect(
        actions.map((action): ActionType => action.type),
        type,
      ).toEqual([expected[type]])
    }
  })

  it('carries the direction of the entry, SHORT as well as LONG', () => {
    for (const direction of [-1, 1] as const)
      expect(arbitrate([mandate('ENTRY', { direction })], [])[0]).toMatchObject({ type: 'ENTRY', direction })
  })

  it('lets a blocked entry name what blocked it', () => {
    const [action] = arbitrate([mandate('ENTRY'), mandate('BLOCK', { strategyId: 'risk', reason: 'breaker' })], [])
    expect(action).toMatchObject({ type: 'NO_ACTION', strategyId: 'risk', reason: 'blocked: breaker' })
  })

  it('puts exits before entries, and better entries before others', () => {
    const mandates = [
      mandate('ENTRY', { symbol: 'ETHUSDT', authority: 0.1 }),
      mandate('ENTRY', { symbol: 'SOLUSDT', authority: 0.9 }),
      mandate('EXIT'),
    ]
    const actions = arbitrate(mandates, [position('OPEN'), position('OPEN', 'XRPUSDT')])
    expect(actions.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'SOLUSDT', 'ETHUSDT', 'XRPUSDT'])
  })
})

describe('a mandate at fault', () => {
  it.each([
    ['type', mandate('SELL' as MandateType)],
    ['symbol', mandate('HOLD', { symbol: '' })],
    ['authority', mandate('HOLD', { authority: 1.1 })],
    ['authority', mandate('HOLD', { authority: Number.NaN })],
    ['timestampMs', mandate('HOLD', { timestampMs: Number.NaN })],
    ['direction', mandate('ENTRY', { direction: 0 as -1 })],
    ['notionalUsd', mandate('ENTRY', { notionalUsd: 0 })],
    ['notionalUsd', mandate('REDUCE', { notionalUsd: Number.POSITIVE_INFINITY })],
    ['price', mandate('ENTRY', { price: Number.NaN })],
    ['price', mandate('EXIT', { price: -1 })],
  ])('is named by its field %s', (field, faulty) => {
    expect(mandateFault(faulty)).toMatch(new RegExp(`^${field}: .* expected, .* found$`))
  })

  it('is none of those that strategies issue', () => {
    for (const type of TYPES) expect(mandateFault(mandate(type))).toBeUndefined()
    const { price, notionalUsd, direction, ...bare } = mandate('EXIT')
    expect(mandateFault(bare)).toBeUndefined()
  })
})
