import { describe, expect, it } from 'vitest'
import type { Action, ActionType } from '../../../src/core/arbitration/arbitration.js'
import { type CycleView, planCycle } from '../../../src/core/decision/controller.js'
import { flatPosition, type Position, type PositionEvent, transition } from '../../../src/core/position/position.js'
import { approve } from '../../../src/core/risk/approval.js'
import { positionRisk } from '../../../src/core/risk/calculator.js'
import { closedBreaker } from '../../../src/core/risk/loss-breaker.js'
import { instrument } from '../../support/instruments.js'
import { riskConfig } from '../../support/risk-config.js'

function action(type: ActionType, symbol = 'BTCUSDT'): Action {
  const direction = type === 'ENTRY' ? -1 : null
  return { type, symbol, strategyId: 'blue', direction, notionalUsd: 1000, price: 50_000, reason: type }
}

function position(...events: readonly PositionEvent[]): Position {
  return events.reduce(transition, flatPosition('BTCUSDT'))
}

const ENTRY: PositionEvent = { type: 'ENTRY', direction: -1 }
const FILL: PositionEvent = { type: 'ENTRY_FILL', quantity: '0.1', price: '50000', last: true }
const POSITIONS = {
  FLAT: null,
  ENTERING: position(ENTRY),
  OPEN: position(ENTRY, FILL),
  REDUCING: position(ENTRY, FILL, { type: 'REDUCE' }),
  CLOSING: position(ENTRY, FILL, { type: 'EXIT' }),
} as const

function view(changes: Partial<CycleView> = {}): CycleView {
  const account = { equityUsd: '10000', marginAvailableUsd: '10000', timestampMs: 1 }
  const held = changes.position
  const risk =
    held?.entryPrice == null
      ? []
      : [
          positionRisk({
            ...(held as Position & { direction: 1; entryPrice: string }),
            markPrice: '50000',
            liquidationPrice: null,
          }),
        ]
  const common = { config: riskConfig(), account, positions: risk, breaker: closedBreaker('10000') }
  return {
    nowMs: 7,
    mandatesReceived: 1,
    position: null,
    isUnpermitted: false,
    gate: { reject: null, detail: '' },
    walletUsd: '10000',
    approve: (asked) =>
      approve(asked, { ...common, instrument: asked.symbol === 'XRPUSDT' ? undefined : instrument({}, asked.symbol) }),
    ...changes,
  }
}

describe('the controller', () => {
  it.each`
    state         | ENTRY                   | EXIT                | REDUCE                 | HOLD          | NO_ACTION
    ${'FLAT'}     | ${'propose → ENTERING'} | ${'refused'}        | ${'refused'}           | ${'FLAT'}     | ${'FLAT'}
    ${'ENTERING'} | ${'refused'}            | ${'exit → CLOSING'} | ${'refused'}           | ${'ENTERING'} | ${'ENTERING'}
    ${'OPEN'}     | ${'refused'}            | ${'exit → CLOSING'} | ${'reduce → REDUCING'} | ${'OPEN'}     | ${'OPEN'}
    ${'REDUCING'} | ${'refused'}            | ${'exit → CLOSING'} | ${'refused'}           | ${'REDUCING'} | ${'REDUCING'}
    ${'CLOSING'}  | ${'refused'}            | ${'refused'}        | ${'refused'}           | ${'CLOSING'}  | ${'CLOSING'}
  `('while $state: entry $ENTRY, exit $EXIT, reduce $REDUCE', ({ state, ...expected }) => {
    for (const type of ['ENTRY', 'EXIT', 'REDUCE', 'HOLD', 'NO_ACTION'] as const) {
      const { steps, results, stats } = planCycle(
        [action(type)],
        view({ position: POSITIONS[state as keyof typeof POSITIONS] }),
      )
      const [result] = results
      expect(results).toHaveLength(1)
      expect(result).toMatchObject({
        symbol: 'BTCUSDT',
        action: type,
        stateBefore: state,
        timestampMs: 7,
        walletUsd: '10000',
      })
      if (expected[type] === 'refused') {
        expect(result, type).toMatchObject({ success: false, stateAfter: state, error: expect.any(String) })
        expect([steps, stats.actionsRejected]).toEqual([[], 1])
      } else {
        const [step, stateAfter = state] = expected[type].includes('→') ? expected[type].split(' → ') : []
        expect(result, type).toMatchObject({ success: true, stateAfter, error: null })
        expect(steps.map(({ kind }) => kind)).toEqual(step === undefined ? [] : [step])
      }
    }
  })

  it('takes back a proposal that was never permitted, instead of leaving what is not open', () => {
    const { steps, results } = planCycle([action('EXIT')], view({ position: POSITIONS.ENTERING, isUnpermitted: true }))
    expect(steps).toMatchObject([{ kind: 'withdraw' }])
    expect(results).toMatchObject([{ success: true, stateBefore: 'ENTERING', stateAfter: 'FLAT' }])
  })

  it('enters one symbol at a time, the first of the cycle', () => {
    const { steps, results, stats } = planCycle(
      [action('ENTRY', 'ETHUSDT'), action('ENTRY')],
      view({ mandatesReceived: 5 }),
    )
    expect(steps).toMatchObject([{ kind: 'propose', action: { symbol: 'ETHUSDT' } }])
    expect(results).toMatchObject([{ success: true }, { success: false, reject: 'REJECT_POSITION_EXISTS' }])
    expect(stats).toEqual({ mandatesReceived: 5, actionsExecuted: 1, actionsRejected: 1, symbolsProcessed: 2 })
  })

  it('opens nothing through a closed gate, and leaves all the same', () => {
    const gate = { reject: 'REJECT_MODE_KILL', detail: 'killed' } as const
    expect(planCycle([action('ENTRY')], view({ gate })).results).toMatchObject([
      { success: false, reject: 'REJECT_MODE_KILL', error: 'killed' },
    ])
    expect(planCycle([action('EXIT')], view({ gate, position: POSITIONS.OPEN })).steps).toMatchObject([
      { kind: 'exit' },
    ])
    expect(planCycle([action('REDUCE')], view({ gate, position: POSITIONS.OPEN })).steps).toMatchObject([
      { kind: 'reduce' },
    ])
  })

  it('passes on why risk refused', () => {
    expect(planCycle([action('ENTRY', 'XRPUSDT')], view()).results).toMatchObject([
      { success: false, reject: 'REJECT_INSTRUMENT', error: 'instrument: XRPUSDT is not traded here' },
    ])
  })
})
