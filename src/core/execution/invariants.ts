import { signedBy } from '../../base/direction.js'
import { Exact } from '../../base/exact.js'
import { InvariantViolation } from '../../base/invariant-violation.js'
import type { ExecutionEvent, SideEffect } from '../../ports/sides.js'
import type { OrderRequest } from '../../ports/vocabulary/orders.js'
import { type ModeInputs, modeOf } from '../mode/mode.js'
import type { ExecutionRecord } from './records.js'
import { type ExecutionState, recordedQuantity } from './state.js'

/** What the checks look at after an event. */
export interface CheckedView {
  readonly state: ExecutionState
  isDurable(record: number): boolean
  modeInputs(): ModeInputs
}

/** Events that a violation shows. */
const HISTORY_EVENTS = 32

/**
 * The invariants of docs/execution.md that one process can see, checked after every event, in production as in the
 * simulator. Sums are kept here independently of the state, from records alone.
 */
export class ExecutionInvariants {
  private readonly orderRecords = new Map<string, number>()
  private readonly submitted = new Set<string>()
  /** Symbol → signed base units. */
  private readonly sums = new Map<string, Exact>()
  private readonly history: string[] = []

  constructor(recovered: ExecutionState) {
    for (const symbol of [recovered.entry?.instrument.symbol, ...Object.keys(recovered.foreign)]) {
      if (symbol !== undefined) this.sums.set(symbol, recordedQuantity(recovered, symbol))
    }
  }

  /** @throws InvariantViolation with the state, the event and those before it. Costs nothing when an event had no effect. */
  check(view: CheckedView, event: string, effects: readonly SideEffect<ExecutionRecord>[]): void {
    if (effects.length === 0) return
    this.history.push(event)
    if (this.history.length > HISTORY_EVENTS) this.history.shift()
    let isPositionTouched = false
    for (const effect of effects) {
      if (effect.kind === 'append') isPositionTouched = this.noteRecord(effect.record) || isPositionTouched
      else if (effect.kind === 'request' && effect.request.kind === 'submit') {
        this.checkSubmit(view, event, effect.request.order)
      }
    }
    if (!isPositionTouched) return
    for (const [symbol, sum] of this.sums) {
      const recorded = recordedQuantity(view.state, symbol)
      if (!recorded.equals(sum))
        this.fail(view, event, `fills of ${symbol} add up to ${sum}, the position is ${recorded}`)
    }
    const { entry } = view.state
    const isNaked = entry !== null && entry.position.quantity !== '0' && entry.takeProfitPrice === null
    if (isNaked) this.fail(view, event, 'a position without a take-profit and a stop')
  }

  /** Whether it changes a position. */
  private noteRecord(record: ExecutionRecord): boolean {
    switch (record.type) {
      case 'order':
        this.orderRecords.set(record.order.clientOrderId, record.n)
        return false
      case 'fill': {
        const { symbol, side, quantity } = record.fill
        const before = this.sums.get(symbol) ?? new Exact(0)
        this.sums.set(symbol, before.plus(signedBy(side, new Exact(quantity))))
        return true
      }
      case 'syncedFlat':
        this.sums.set(record.symbol, new Exact(0))
        return true
      case 'closed':
        // Ids of a closed position are never derived again.
        this.orderRecords.clear()
        this.submitted.clear()
        return false
      default:
        return false
    }
  }

  private checkSubmit(view: CheckedView, event: string, order: OrderRequest): void {
    const { clientOrderId, reduceOnly } = order
    if (this.submitted.has(clientOrderId)) this.fail(view, event, `${clientOrderId} is submitted a second time`)
    this.submitted.add(clientOrderId)
    if (reduceOnly) return
    const record = this.orderRecords.get(clientOrderId) ?? Number.POSITIVE_INFINITY
    const { mode } = view.state
    if (!view.isDurable(record)) this.fail(view, event, `${clientOrderId} opens before its record is durable`)
    if (mode !== 'ACTIVE') this.fail(view, event, `${clientOrderId} opens in ${mode}`)
    const { reasons } = modeOf(view.modeInputs())
    if (reasons.length > 0) this.fail(view, event, `${clientOrderId} opens while forbidden: ${reasons.join(', ')}`)
    for (const [symbol, sum] of this.sums) {
      if (!sum.isZero()) this.fail(view, event, `${clientOrderId} opens while ${symbol} has ${sum}`)
    }
  }

  private fail({ state }: CheckedView, event: string, detail: string): never {
    const { entry, exit, mode } = state
    throw new InvariantViolation({
      subject: 'execution side',
      state: JSON.stringify({ n: state.n, mode, latches: state.latches, entry, exit, orders: state.orders }),
      event,
      history: [...this.history],
      detail,
    })
  }
}

/** For the history of a violation. */
export function describeEvent(event: ExecutionEvent): string {
  const what = event.kind === 'venue' ? `venue ${event.event.kind}` : event.kind
  return `${what} at ${event.nowMs}`
}
