import { oppositeSide } from '../../base/direction.js'
import type { PositionId } from '../../ports/vocabulary/ids.js'
import type { EntryIntent, EntryRejectReason } from '../../ports/vocabulary/messages.js'
import { missedEntry } from './book.js'
import type { Desk } from './desk.js'
import { permissionFor } from './permission.js'
import type { Reduction } from './state.js'

/** Proposals and reductions on their way to the execution side, and its question whether it may enter. */
export class Entries {
  constructor(private readonly desk: Desk) {}

  /** When a proposal has waited for too long, or one of which nothing was heard may be given up. */
  get dueMs(): number {
    const { trade } = this.desk.state
    if (trade?.permissionId !== null) return Number.POSITIVE_INFINITY
    return trade.proposedAtMs + this.desk.settings.timings.intentWaitMaxMs
  }

  /** The proposal has been recorded: it leaves when that is on disk, if it still may. */
  proposed(): void {
    const { desk } = this
    const { trade } = desk.state
    if (trade === null) return
    desk.whenDurable(() => this.submit(trade.positionId))
  }

  reduced(): void {
    const { reduction } = this.desk.state
    if (reduction !== null) this.desk.whenDurable(() => this.submitReduction(reduction))
  }

  /** The execution side is about to enter: a permission if that is what was proposed and may still be, else silence. */
  intended(intent: EntryIntent): void {
    const { desk } = this
    const permission = permissionFor(intent, desk.state.trade)
    if (permission === null || !this.mayOpen()) return
    desk.record({ type: 'permitted', permission })
    desk.whenDurable(() => {
      const { trade } = desk.state
      const isStillOurs = trade?.permissionId === permission.permissionId
      if (isStillOurs && this.mayOpen()) desk.send({ type: 'ENTRY_PERMISSION', body: permission })
    })
  }

  /** Takes back a proposal that was never permitted: nothing of it can have filled. */
  withdraw(reason: EntryRejectReason, detail: string): void {
    const { trade } = this.desk.state
    if (trade?.permissionId === null)
      this.desk.record({ type: 'withdrawn', missed: [missedEntry(trade, reason, detail)] })
  }

  time(): void {
    if (this.desk.nowMs < this.dueMs) return
    const { intentWaitMaxMs } = this.desk.settings.timings
    this.withdraw('REJECT_NO_PERMISSION', `not entered within ${intentWaitMaxMs} ms`)
  }

  private submit(positionId: PositionId): void {
    const { desk } = this
    const { trade } = desk.state
    if (trade?.positionId !== positionId || trade.permissionId !== null) return
    const waitedMs = desk.nowMs - trade.proposedAtMs
    const { reject, detail } = desk.gate(desk.state.exit === null)
    if (waitedMs > desk.settings.timings.proposalDelayMaxMs)
      this.withdraw('REJECT_PERMISSION_LATE', `on disk after ${waitedMs} ms`)
    else if (reject !== null) this.withdraw(reject, detail)
    else {
      const { strategyId, instrument, side, orderedQuantity: quantity, requestedPrice } = trade
      const body = {
        actionId: positionId,
        action: 'ENTRY',
        strategyId,
        instrument,
        side,
        quantity,
        requestedPrice,
      } as const
      if (!desk.send({ type: 'APPROVED_ACTION', body })) this.withdraw('REJECT_LATCHED', 'the link is not open')
    }
  }

  private submitReduction(reduction: Reduction): void {
    const { desk } = this
    const { trade } = desk.state
    if (trade === null || desk.state.reduction?.actionId !== reduction.actionId) return
    const { strategyId, instrument, side } = trade
    const { actionId, positionId, quantity, requestedPrice } = reduction
    const body = {
      actionId,
      action: 'REDUCE',
      strategyId,
      instrument,
      side: oppositeSide(side),
      quantity,
      requestedPrice,
      positionId,
    } as const
    if (!desk.send({ type: 'APPROVED_ACTION', body })) desk.record({ type: 'forgotten', actionId })
  }

  /** Everything that may have changed since the proposal, the proposal itself aside. */
  private mayOpen(): boolean {
    return this.desk.gate(this.desk.state.exit === null).reject === null
  }
}
