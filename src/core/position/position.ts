import { unreachable } from '../../base/assert.js'
import { type DecimalText, type Exact, exact } from '../../base/exact.js'
import { InvariantViolation } from '../../base/invariant-violation.js'
import { present } from '../../base/present.js'
import type { Direction } from '../../ports/vocabulary/market.js'

/** Source: module contracts, layer 4. */
export type PositionState = 'FLAT' | 'ENTERING' | 'OPEN' | 'REDUCING' | 'CLOSING'

/** Plain JSON: positions are persisted. */
export interface Position {
  readonly symbol: string
  readonly state: PositionState
  readonly direction: Direction | null
  /** Base units open now, unsigned: what was filled, never what was ordered. */
  readonly quantity: DecimalText
  /** USD: the average of the entry's fills, rounded at 40 digits; null before the first. */
  readonly entryPrice: DecimalText | null
  /** Base units: the sum of the entry's fills. */
  readonly entryQuantity: DecimalText
  /** USD: the exact sum of price × quantity of the entry's fills. */
  readonly entryCostUsd: DecimalText
  /** No more of the entry will fill. */
  readonly entryOver: boolean
  /** The last steps since it was flat, oldest first. */
  readonly history: readonly string[]
}

interface Execution {
  /** Base units, above zero. */
  readonly quantity: DecimalText
  /** USD. */
  readonly price: DecimalText
}

export type PositionEvent =
  | { readonly type: 'ENTRY'; readonly direction: Direction }
  /** `last`: no more of the entry will fill. */
  | ({ readonly type: 'ENTRY_FILL'; readonly last: boolean } & Execution)
  /** The rest of the entry is over; `filledQuantity` is what filled of it in all. */
  | { readonly type: 'ENTRY_CANCELED' | 'ENTRY_REJECTED'; readonly filledQuantity: DecimalText }
  | { readonly type: 'REDUCE' }
  /** `last`: no more of this reduction will fill. */
  | ({ readonly type: 'REDUCE_FILL'; readonly last: boolean } & Execution)
  | { readonly type: 'REDUCE_CANCELED' | 'REDUCE_REJECTED' }
  /** A strategy's EXIT, or EARLY_EXIT_NOW. */
  | { readonly type: 'EXIT' }
  | ({ readonly type: 'EXIT_FILL' } & Execution)
  /** Take-profit, stop or fail-safe of the execution side; liquidation by the venue. */
  | ({ readonly type: 'PROTECTIVE_FILL' | 'LIQUIDATION_FILL' } & Execution)
  | { readonly type: 'CLOSE_REJECTED' }
  /** The reconciliation's SYNC_LOCAL: the venue is flat, and every fill is known. */
  | { readonly type: 'SYNC_FLAT' }

/** An event together with what it does to the quantity. */
export type PositionSignal =
  | 'ENTRY'
  | 'ENTRY_FILL_PARTIAL'
  | 'ENTRY_FILL_COMPLETE'
  | 'ENTRY_ENDED_EMPTY'
  | 'ENTRY_ENDED_FILLED'
  | 'REDUCE'
  | 'REDUCE_FILL_PARTIAL'
  | 'REDUCE_FILL_COMPLETE'
  | 'REDUCE_FILL_FLAT'
  | 'REDUCE_ENDED'
  | 'EXIT'
  | 'EXIT_FILL_PARTIAL'
  | 'EXIT_FILL_FLAT'
  | 'PROTECTIVE_FILL_PARTIAL'
  | 'PROTECTIVE_FILL_FLAT'
  | 'CLOSE_REJECTED'
  | 'SYNC_FLAT'

/** Source: module contracts, layer 4, and the additions of the specification. What is missing is impossible. */
const NEXT: Record<PositionState, Partial<Record<PositionSignal, PositionState>>> = {
  FLAT: { ENTRY: 'ENTERING' },
  ENTERING: {
    ENTRY_FILL_PARTIAL: 'ENTERING',
    ENTRY_FILL_COMPLETE: 'OPEN',
    ENTRY_ENDED_EMPTY: 'FLAT',
    ENTRY_ENDED_FILLED: 'OPEN',
    EXIT: 'CLOSING',
    PROTECTIVE_FILL_PARTIAL: 'CLOSING',
  },
  OPEN: {
    REDUCE: 'REDUCING',
    EXIT: 'CLOSING',
    PROTECTIVE_FILL_PARTIAL: 'CLOSING',
    PROTECTIVE_FILL_FLAT: 'FLAT',
    SYNC_FLAT: 'FLAT',
  },
  REDUCING: {
    REDUCE_FILL_PARTIAL: 'REDUCING',
    REDUCE_FILL_COMPLETE: 'OPEN',
    REDUCE_FILL_FLAT: 'FLAT',
    REDUCE_ENDED: 'OPEN',
    EXIT: 'CLOSING',
    PROTECTIVE_FILL_PARTIAL: 'CLOSING',
    PROTECTIVE_FILL_FLAT: 'FLAT',
    SYNC_FLAT: 'FLAT',
  },
  // Orders of before may still fill or end while the position closes.
  CLOSING: {
    ENTRY_FILL_PARTIAL: 'CLOSING',
    ENTRY_FILL_COMPLETE: 'CLOSING',
    ENTRY_ENDED_EMPTY: 'FLAT',
    ENTRY_ENDED_FILLED: 'CLOSING',
    REDUCE_FILL_PARTIAL: 'CLOSING',
    REDUCE_FILL_COMPLETE: 'CLOSING',
    REDUCE_FILL_FLAT: 'FLAT',
    REDUCE_ENDED: 'CLOSING',
    EXIT_FILL_PARTIAL: 'CLOSING',
    EXIT_FILL_FLAT: 'FLAT',
    PROTECTIVE_FILL_PARTIAL: 'CLOSING',
    PROTECTIVE_FILL_FLAT: 'FLAT',
    CLOSE_REJECTED: 'CLOSING',
    SYNC_FLAT: 'FLAT',
  },
}

/** Enough to see how an incident came about; a position of a hundred partial fills stays small. */
const HISTORY_STEPS = 16

export function flatPosition(symbol: string): Position {
  return {
    symbol,
    state: 'FLAT',
    direction: null,
    quantity: '0',
    entryPrice: null,
    entryQuantity: '0',
    entryCostUsd: '0',
    entryOver: true,
    history: [],
  }
}

/**
 * The position after the event. It is flat again in the step in which the last of it is gone and the entry is over.
 *
 * @throws InvariantViolation for anything that the table does not have, a fill larger than the position, and a
 *   position that would break I-PSM-1 or I-PSM-2.
 */
export function transition(position: Position, event: PositionEvent): Position {
  const after = applyQuantities(position, event)
  const signal = classify(position, after, event)
  const state = NEXT[position.state][signal]
  if (state === undefined) throw impossible(position, signal)
  const next =
    state === 'FLAT' ? flatPosition(position.symbol) : { ...after, state, history: extend(position, event.type) }
  checkPosition(next)
  return next
}

/**
 * I-PSM-1: FLAT has no quantity and no direction. I-PSM-2: OPEN has both. Also on positions that come from a snapshot.
 *
 * @throws InvariantViolation
 */
export function checkPosition(position: Position): void {
  const { state, quantity, direction } = position
  const isEmpty = exact(quantity).isZero()
  if (state === 'FLAT' && !(isEmpty && direction === null))
    throw impossible(position, 'I-PSM-1', `FLAT with quantity ${quantity}, direction ${direction}`)
  if ((state === 'OPEN' || state === 'REDUCING') && (isEmpty || direction === null))
    throw impossible(position, 'I-PSM-2', `${state} with quantity ${quantity}, direction ${direction}`)
}

/** Base units, signed: positive is LONG. */
export function signedQuantity(position: Position): DecimalText {
  return position.direction === -1 ? exact(position.quantity).negated().toFixed() : position.quantity
}

function applyQuantities(position: Position, event: PositionEvent): Position {
  switch (event.type) {
    case 'ENTRY':
      return { ...position, direction: event.direction, entryOver: false }
    case 'ENTRY_FILL':
      return withEntryFill(position, event)
    case 'ENTRY_CANCELED':
    case 'ENTRY_REJECTED':
      if (!exact(event.filledQuantity).equals(position.entryQuantity))
        throw impossible(position, event.type, `${event.filledQuantity} filled, fills say ${position.entryQuantity}`)
      return { ...position, entryOver: true }
    case 'REDUCE_FILL':
    case 'EXIT_FILL':
    case 'PROTECTIVE_FILL':
    case 'LIQUIDATION_FILL':
      return withoutQuantity(position, event.type, event.quantity)
    case 'REDUCE':
    case 'REDUCE_CANCELED':
    case 'REDUCE_REJECTED':
    case 'EXIT':
    case 'CLOSE_REJECTED':
    case 'SYNC_FLAT':
      return position
    default:
      return unreachable(event)
  }
}

function withEntryFill(position: Position, event: Execution & { readonly last: boolean }): Position {
  const filled = positive(position, 'ENTRY_FILL', event.quantity)
  const entryQuantity = filled.plus(position.entryQuantity)
  const entryCost = filled.times(event.price).plus(position.entryCostUsd)
  return {
    ...position,
    quantity: filled.plus(position.quantity).toFixed(),
    entryPrice: entryCost.div(entryQuantity).toFixed(),
    entryQuantity: entryQuantity.toFixed(),
    entryCostUsd: entryCost.toFixed(),
    entryOver: event.last,
  }
}

function withoutQuantity(position: Position, event: PositionEvent['type'], quantity: DecimalText): Position {
  const left = exact(position.quantity).minus(positive(position, event, quantity))
  if (left.isNegative()) throw impossible(position, event, `${quantity} of ${position.quantity}`)
  return { ...position, quantity: left.toFixed() }
}

function positive(position: Position, event: string, quantity: DecimalText): Exact {
  const value = exact(quantity)
  if (!value.greaterThan(0)) throw impossible(position, event, `a fill of ${quantity}`)
  return value
}

function classify(before: Position, after: Position, event: PositionEvent): PositionSignal {
  const isGone = after.entryOver && exact(after.quantity).isZero()
  switch (event.type) {
    case 'ENTRY_FILL':
      if (before.entryOver) throw impossible(before, event.type, 'the entry is over already')
      return event.last ? 'ENTRY_FILL_COMPLETE' : 'ENTRY_FILL_PARTIAL'
    case 'ENTRY_CANCELED':
    case 'ENTRY_REJECTED':
      if (before.entryOver) throw impossible(before, event.type, 'the entry is over already')
      return isGone ? 'ENTRY_ENDED_EMPTY' : 'ENTRY_ENDED_FILLED'
    case 'REDUCE_FILL':
      if (isGone) return 'REDUCE_FILL_FLAT'
      return event.last ? 'REDUCE_FILL_COMPLETE' : 'REDUCE_FILL_PARTIAL'
    case 'REDUCE_CANCELED':
    case 'REDUCE_REJECTED':
      return 'REDUCE_ENDED'
    case 'EXIT_FILL':
      return isGone ? 'EXIT_FILL_FLAT' : 'EXIT_FILL_PARTIAL'
    case 'PROTECTIVE_FILL':
    case 'LIQUIDATION_FILL':
      return isGone ? 'PROTECTIVE_FILL_FLAT' : 'PROTECTIVE_FILL_PARTIAL'
    default:
      return event.type
  }
}

function extend(position: Position, event: string): readonly string[] {
  return [...position.history, `${position.state} ${event}`].slice(-HISTORY_STEPS)
}

function impossible(position: Position, event: string, detail?: string): InvariantViolation {
  return new InvariantViolation({
    subject: `position ${position.symbol}`,
    state: position.state,
    event,
    history: position.history,
    ...present({ detail }),
  })
}
