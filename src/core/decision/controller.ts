import { assert } from '../../base/assert.js'
import type { DecimalText } from '../../base/exact.js'
import { InvariantViolation } from '../../base/invariant-violation.js'
import type { EntryRejectReason } from '../../ports/vocabulary/messages.js'
import type { Action, ActionType } from '../arbitration/arbitration.js'
import type { OpenPermission } from '../mode/entry-gate.js'
import {
  flatPosition,
  type Position,
  type PositionEvent,
  type PositionState,
  transition,
} from '../position/position.js'
import { type ApprovedOrder, isApproved, type ValidationResult } from '../risk/approval.js'

/** What became of one action. Source: module contracts, layer 5. */
export interface ExecutionResult {
  readonly symbol: string
  readonly action: ActionType
  readonly success: boolean
  readonly stateBefore: PositionState
  readonly stateAfter: PositionState
  readonly timestampMs: number
  /** Null on success. */
  readonly error: string | null
  readonly reject: EntryRejectReason | null
  /** USD, for the audit: the wallet that the decision was made on. */
  readonly walletUsd: DecimalText
}

export interface CycleStats {
  /** Mandates of the bar. */
  readonly mandatesReceived: number
  /** Actions that ask for something and went through. */
  readonly actionsExecuted: number
  /** Actions that ask for something and were refused. */
  readonly actionsRejected: number
  /** Symbols that had a mandate. */
  readonly symbolsProcessed: number
}

/** What is to be done about an action that passed. */
export type CycleStep =
  | { readonly kind: 'propose'; readonly action: Action; readonly order: ApprovedOrder }
  | { readonly kind: 'reduce'; readonly action: Action; readonly order: ApprovedOrder }
  | { readonly kind: 'exit'; readonly action: Action }
  /** The entry that the exit is about was never permitted: taken back, and nothing is open. */
  | { readonly kind: 'withdraw'; readonly action: Action }

export interface CyclePlan {
  readonly steps: readonly CycleStep[]
  readonly results: readonly ExecutionResult[]
  readonly stats: CycleStats
}

export interface CycleView {
  readonly nowMs: number
  readonly mandatesReceived: number
  /** The position that is held, whatever its symbol; null when flat. */
  readonly position: Position | null
  /** The position is a proposal that was never permitted. */
  readonly isUnpermitted: boolean
  readonly gate: Pick<OpenPermission, 'reject' | 'detail'>
  readonly walletUsd: DecimalText
  approve(action: Action): ApprovedOrder | ValidationResult
}

/**
 * Validates each action against the position's state, the gate and risk, in the order of arbitration, and says what is to
 * be done: at most one entry, since there is one position across all strategies. Pure; every action has a result.
 * Source: module contracts, layer 5 (`executor/controller.py`).
 */
export function planCycle(actions: readonly Action[], view: CycleView): CyclePlan {
  const steps: CycleStep[] = []
  const results: ExecutionResult[] = []
  let { position } = view
  for (const action of actions) {
    const held = position?.symbol === action.symbol ? position : flatPosition(action.symbol)
    const outcome = judge(action, held, position, view)
    if (outcome.step !== undefined) steps.push(outcome.step)
    if (outcome.after !== undefined) position = outcome.after.state === 'FLAT' ? null : outcome.after
    results.push({
      symbol: action.symbol,
      action: action.type,
      success: outcome.error === undefined,
      stateBefore: held.state,
      stateAfter: outcome.after?.state ?? held.state,
      timestampMs: view.nowMs,
      error: outcome.error ?? null,
      reject: outcome.reject ?? null,
      walletUsd: view.walletUsd,
    })
  }
  const isTrade = ({ action }: ExecutionResult) => action !== 'HOLD' && action !== 'NO_ACTION'
  return {
    steps,
    results,
    stats: {
      mandatesReceived: view.mandatesReceived,
      actionsExecuted: results.filter((result) => isTrade(result) && result.success).length,
      actionsRejected: results.filter((result) => isTrade(result) && !result.success).length,
      symbolsProcessed: results.length,
    },
  }
}

interface Outcome {
  readonly step?: CycleStep
  readonly after?: Position
  readonly error?: string
  readonly reject?: EntryRejectReason
}

function judge(action: Action, held: Position, current: Position | null, view: CycleView): Outcome {
  switch (action.type) {
    case 'HOLD':
    case 'NO_ACTION':
      return {}
    case 'EXIT':
      return judgeExit(action, held, view)
    case 'REDUCE':
      return withApproval(action, held, { type: 'REDUCE' }, view)
    case 'ENTRY': {
      const { reject, detail } = view.gate
      if (reject !== null) return { error: detail, reject }
      if (current !== null) return { error: `${current.symbol} is ${current.state}`, reject: 'REJECT_POSITION_EXISTS' }
      assert(action.direction !== null, 'an entry has a direction')
      return withApproval(action, held, { type: 'ENTRY', direction: action.direction }, view)
    }
  }
}

function judgeExit(action: Action, held: Position, view: CycleView): Outcome {
  if (held.state === 'ENTERING' && view.isUnpermitted) {
    const after = transition(held, { type: 'ENTRY_REJECTED', filledQuantity: '0' })
    return { step: { kind: 'withdraw', action }, after }
  }
  const after = attempt(held, { type: 'EXIT' })
  return typeof after === 'string' ? { error: after } : { step: { kind: 'exit', action }, after }
}

function withApproval(action: Action, held: Position, event: PositionEvent, view: CycleView): Outcome {
  const after = attempt(held, event)
  if (typeof after === 'string') return { error: after, reject: 'REJECT_POSITION_EXISTS' }
  const order = view.approve(action)
  if (isApproved(order)) return { step: { kind: event.type === 'ENTRY' ? 'propose' : 'reduce', action, order }, after }
  return { error: order.reason ?? 'refused', reject: order.reject ?? 'REJECT_RISK_LIMIT' }
}

/** The position after the event, or why the table does not have it. */
function attempt(position: Position, event: PositionEvent): Position | string {
  try {
    return transition(position, event)
  } catch (error) {
    if (error instanceof InvariantViolation) return error.message
    throw error
  }
}
