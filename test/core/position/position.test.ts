import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { InvariantViolation } from '../../../src/base/invariant-violation.js'
import {
  checkPosition,
  flatPosition,
  type Position,
  type PositionEvent,
  type PositionState,
  signedQuantity,
  transition,
} from '../../../src/core/position/position.js'

const ENTRY: PositionEvent = { type: 'ENTRY', direction: -1 }
const REDUCE: PositionEvent = { type: 'REDUCE' }
const EXIT: PositionEvent = { type: 'EXIT' }
const price = '100'

function entryFill(quantity: string, last: boolean): PositionEvent {
  return { type: 'ENTRY_FILL', quantity, price, last }
}

function having(...events: readonly PositionEvent[]): Position {
  return events.reduce(transition, flatPosition('BTCUSDT'))
}

/** Each holds 2, except FLAT; the entry of ENTERING and of CLOSING is not over. */
const POSITIONS: Record<PositionState, Position> = {
  FLAT: having(),
  ENTERING: having(ENTRY, entryFill('2', false)),
  OPEN: having(ENTRY, entryFill('2', true)),
  REDUCING: having(ENTRY, entryFill('2', true), REDUCE),
  CLOSING: having(ENTRY, entryFill('2', false), EXIT),
}
const CLOSING_WHOLE = having(ENTRY, entryFill('2', true), EXIT)
const NOTHING_FILLED = { ENTERING: having(ENTRY), CLOSING: having(ENTRY, EXIT) }

const EVENTS: Record<string, PositionEvent> = {
  ENTRY,
  entryPart: entryFill('1', false),
  entryLast: entryFill('1', true),
  entryCanceled: { type: 'ENTRY_CANCELED', filledQuantity: '2' },
  entryRejected: { type: 'ENTRY_REJECTED', filledQuantity: '2' },
  REDUCE,
  reducePart: { type: 'REDUCE_FILL', quantity: '1', price, last: false },
  reduceLast: { type: 'REDUCE_FILL', quantity: '1', price, last: true },
  reduceAll: { type: 'REDUCE_FILL', quantity: '2', price, last: true },
  reduceCanceled: { type: 'REDUCE_CANCELED' },
  reduceRejected: { type: 'REDUCE_REJECTED' },
  EXIT,
  exitPart: { type: 'EXIT_FILL', quantity: '1', price },
  exitAll: { type: 'EXIT_FILL', quantity: '2', price },
  stopPart: { type: 'PROTECTIVE_FILL', quantity: '1', price },
  stopAll: { type: 'PROTECTIVE_FILL', quantity: '2', price },
  liquidation: { type: 'LIQUIDATION_FILL', quantity: '2', price },
  closeRejected: { type: 'CLOSE_REJECTED' },
  syncFlat: { type: 'SYNC_FLAT' },
}

describe('every state and event', () => {
  it.each`
    event               | FLAT          | ENTERING      | OPEN          | REDUCING      | CLOSING
    ${'ENTRY'}          | ${'ENTERING'} | ${'-'}        | ${'-'}        | ${'-'}        | ${'-'}
    ${'entryPart'}      | ${'-'}        | ${'ENTERING'} | ${'-'}        | ${'-'}        | ${'CLOSING'}
    ${'entryLast'}      | ${'-'}        | ${'OPEN'}     | ${'-'}        | ${'-'}        | ${'CLOSING'}
    ${'entryCanceled'}  | ${'-'}        | ${'OPEN'}     | ${'-'}        | ${'-'}        | ${'CLOSING'}
    ${'entryRejected'}  | ${'-'}        | ${'OPEN'}     | ${'-'}        | ${'-'}        | ${'CLOSING'}
    ${'REDUCE'}         | ${'-'}        | ${'-'}        | ${'REDUCING'} | ${'-'}        | ${'-'}
    ${'reducePart'}     | ${'-'}        | ${'-'}        | ${'-'}        | ${'REDUCING'} | ${'CLOSING'}
    ${'reduceLast'}     | ${'-'}        | ${'-'}        | ${'-'}        | ${'OPEN'}     | ${'CLOSING'}
    ${'reduceAll'}      | ${'-'}        | ${'-'}        | ${'-'}        | ${'FLAT'}     | ${'CLOSING'}
    ${'reduceCanceled'} | ${'-'}        | ${'-'}        | ${'-'}        | ${'OPEN'}     | ${'CLOSING'}
    ${'reduceRejected'} | ${'-'}        | ${'-'}        | ${'-'}        | ${'OPEN'}     | ${'CLOSING'}
    ${'EXIT'}           | ${'-'}        | ${'CLOSING'}  | ${'CLOSING'}  | ${'CLOSING'}  | ${'-'}
    ${'exitPart'}       | ${'-'}        | ${'-'}        | ${'-'}        | ${'-'}        | ${'CLOSING'}
    ${'exitAll'}        | ${'-'}        | ${'-'}        | ${'-'}        | ${'-'}        | ${'CLOSING'}
    ${'stopPart'}       | ${'-'}        | ${'CLOSING'}  | ${'CLOSING'}  | ${'CLOSING'}  | ${'CLOSING'}
    ${'stopAll'}        | ${'-'}        | ${'CLOSING'}  | ${'FLAT'}     | ${'FLAT'}     | ${'CLOSING'}
    ${'liquidation'}    | ${'-'}        | ${'CLOSING'}  | ${'FLAT'}     | ${'FLAT'}     | ${'CLOSING'}
    ${'closeRejected'}  | ${'-'}        | ${'-'}        | ${'-'}        | ${'-'}        | ${'CLOSING'}
    ${'syncFlat'}       | ${'-'}        | ${'-'}        | ${'FLAT'}     | ${'FLAT'}     | ${'FLAT'}
  `(
    '$event: FLAT $FLAT, ENTERING $ENTERING, OPEN $OPEN, REDUCING $REDUCING, CLOSING $CLOSING',
    ({ event, ...states }) => {
      for (const state of Object.keys(POSITIONS) as PositionState[]) {
        const expected = states[state]
        const step = () => transition(POSITIONS[state], EVENTS[event]!)
        if (expected === '-') expect(step, state).toThrow(InvariantViolation)
        else expect(step().state, state).toBe(expected)
      }
    },
  )

  it.each`
    event              | state
    ${'exitAll'}       | ${'FLAT'}
    ${'exitPart'}      | ${'CLOSING'}
    ${'stopAll'}       | ${'FLAT'}
    ${'liquidation'}   | ${'FLAT'}
    ${'entryPart'}     | ${'-'}
    ${'entryCanceled'} | ${'-'}
  `('closing a whole entry, $event gives $state', ({ event, state }) => {
    const step = () => transition(CLOSING_WHOLE, EVENTS[event]!)
    if (state === '-') expect(step).toThrow('the entry is over already')
    else expect(step().state).toBe(state)
  })

  it.each(['ENTERING', 'CLOSING'] as const)('an entry that ends with nothing filled is FLAT from %s', (state) => {
    for (const type of ['ENTRY_CANCELED', 'ENTRY_REJECTED'] as const)
      expect(transition(NOTHING_FILLED[state], { type, filledQuantity: '0' })).toEqual(flatPosition('BTCUSDT'))
  })

  it('is FLAT only when the rest of the entry is over too', () => {
    const sold = transition(POSITIONS.CLOSING, EVENTS.exitAll!)
    expect([sold.state, sold.quantity]).toEqual(['CLOSING', '0'])
    expect(transition(sold, { type: 'ENTRY_CANCELED', filledQuantity: '2' })).toEqual(flatPosition('BTCUSDT'))
  })
})

describe('a position', () => {
  it('refuses an end of entry that tells of other fills than came', () => {
    expect(() => transition(POSITIONS.ENTERING, { type: 'ENTRY_CANCELED', filledQuantity: '3' })).toThrow(
      'position BTCUSDT: ENTRY_CANCELED is impossible in ENTERING (3 filled, fills say 2); steps before: FLAT ENTRY, ENTERING ENTRY_FILL',
    )
  })

  it('refuses fills of nothing and fills beyond the position', () => {
    expect(() => transition(POSITIONS.ENTERING, entryFill('0', false))).toThrow(InvariantViolation)
    expect(() => transition(POSITIONS.CLOSING, { type: 'EXIT_FILL', quantity: '2.1', price })).toThrow('2.1 of 2')
    expect(() => transition(POSITIONS.CLOSING, { type: 'EXIT_FILL', quantity: '-1', price })).toThrow(
      InvariantViolation,
    )
  })

  it('holds I-PSM-1 and I-PSM-2 also when it comes from elsewhere', () => {
    for (const position of Object.values(POSITIONS)) checkPosition(position)
    expect(() => checkPosition({ ...POSITIONS.FLAT, quantity: '1' })).toThrow('I-PSM-1')
    expect(() => checkPosition({ ...POSITIONS.FLAT, direction: 1 })).toThrow('I-PSM-1')
    expect(() => checkPosition({ ...POSITIONS.OPEN, quantity: '0' })).toThrow('I-PSM-2')
    expect(() => checkPosition({ ...POSITIONS.OPEN, direction: null })).toThrow('I-PSM-2')
  })

  it('averages its entry exactly and keeps the average through reductions', () => {
    const third: PositionEvent = { type: 'ENTRY_FILL', quantity: '0.1', price: '100.3', last: true }
    const open = having(ENTRY, { type: 'ENTRY_FILL', quantity: '0.2', price: '100', last: false }, third)
    expect([open.quantity, open.entryPrice, open.entryCostUsd]).toEqual(['0.3', '100.1', '30.03'])
    const reduced = [REDUCE, { type: 'REDUCE_FILL', quantity: '0.1', price: '90', last: true } as const].reduce(
      transition,
      open,
    )
    expect([reduced.quantity, reduced.entryPrice, signedQuantity(reduced)]).toEqual(['0.2', '100.1', '-0.2'])
  })

  it('has the sum of its fills as quantity after any sequence of events, or has refused', () => {
    const names = Object.keys(EVENTS)
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names), { maxLength: 30 }), (sequence) => {
        let position = flatPosition('BTCUSDT')
        let sum = new Exact(0)
        for (const name of sequence) {
          const event = EVENTS[name]!
          try {
            position = transition(position, event)
          } catch (error) {
            expect(error).toBeInstanceOf(InvariantViolation)
            continue
          }
          if ('quantity' in event)
            sum = event.type === 'ENTRY_FILL' ? sum.plus(event.quantity) : sum.minus(event.quantity)
          if (event.type === 'SYNC_FLAT') sum = new Exact(0)
          expect(position.quantity).toBe(sum.toFixed())
          checkPosition(position)
        }
      }),
    )
  })

  it('remembers its last steps, and forgets them when it is flat', () => {
    const many = Array.from({ length: 40 }, () => entryFill('1', false))
    expect(having(ENTRY, ...many).history).toHaveLength(16)
    expect(having(ENTRY, entryFill('1', true), EXIT).history).toEqual([
      'FLAT ENTRY',
      'ENTERING ENTRY_FILL',
      'OPEN EXIT',
    ])
    expect(transition(CLOSING_WHOLE, EVENTS.exitAll!).history).toEqual([])
  })
})
