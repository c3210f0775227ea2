import { oppositeSide } from '../../base/direction.js'
import { present } from '../../base/present.js'
import type { PositionId } from '../../ports/vocabulary/ids.js'
import type { EntryIntent, EntryPermission, EntryRejectReason } from '../../ports/vocabulary/messages.js'
import { missedEntry } from './book.js'
import type { DecisionDesk } from './decision-desk.js'
import { type Denial, faultOf, permissionFor } from './permission.js'
import type { Reduction } from './state.js'

/** Proposals and reductions on their way to the execution side, and its question whether it may enter. */
export class Entries {
  /** A permission whose record is not on disk yet: its intent is still to be answered. */
  private awaited: { readonly permission: EntryPermission; readonly untilMs: number } | undefined

  constructor(private readonly desk: DecisionDesk) {}

  /** When a proposal has waited for too long, or a permission for its disk. */
  get dueMs(): number {
    return Math.min(this.withdrawMs, this.awaited?.untilMs ?? Number.POSITIVE_INFINITY)
  }

  private get withdrawMs(): number {
    const { holding } = this.desk.state
    if (holding?.permissionId !== null) return Number.POSITIVE_INFINITY
    return holding.proposedAtMs + this.desk.settings.timings.intentWaitMaxMs
  }

  /** The proposal has been recorded: it leaves when that is on disk, if it still may. */
  proposed(): void {
    const { desk } = this
    const { holding } = desk.state
    if (holding === null) return
    desk.whenDurable(() => this.submit(holding.positionId))
  }

  reduced(): void {
    const { reduction } = this.desk.state
    if (reduction !== null) this.desk.whenDurable(() => this.submitReduction(reduction))
  }

  /** The execution side is about to enter: a permission if that is what was proposed and may still be, else a veto. */
  intended(intent: EntryIntent): void {
    const { desk } = this
    const denial = faultOf(intent, desk.state.holding) ?? this.denialNow()
    if (denial !== undefined) {
      this.veto(intent, denial)
      return
    }
    const permission = permissionFor(intent)
    desk.record({ type: 'permitted', permission })
    const awaited = { permission, untilMs: desk.nowMs + desk.settings.timings.permissionDelayMaxMs }
    this.awaited = awaited
    desk.whenDurable(() => {
      if (this.awaited !== awaited) return
      this.awaited = undefined
      this.answer(permission)
    })
  }

  /** Takes back a proposal that was never permitted: nothing of it can have filled. */
  withdraw(reason: EntryRejectReason, detail: string): void {
    const { holding } = this.desk.state
    if (holding?.permissionId === null)
      this.desk.record({ type: 'withdrawn', missed: [missedEntry(holding, reason, detail)] })
  }

  /** An entry that was decided on and has not been let go is not made: the next bar decides anew. Exits go on. */
  gatesMoved(detail: string): void {
    const { awaited } = this
    if (awaited === undefined) {
      this.withdraw('REJECT_LATCHED', detail)
      return
    }
    this.awaited = undefined
    this.veto(awaited.permission, { reason: 'REJECT_LATCHED', detail })
  }

  time(): void {
    const { nowMs, settings } = this.desk
    const { intentWaitMaxMs, permissionDelayMaxMs } = settings.timings
    if (nowMs >= this.withdrawMs) this.withdraw('REJECT_NO_PERMISSION', `not entered within ${intentWaitMaxMs} ms`)
    const { awaited } = this
    if (awaited === undefined || nowMs < awaited.untilMs) return
    this.awaited = undefined
    const detail = `the permission was not on disk within ${permissionDelayMaxMs} ms`
    this.veto(awaited.permission, { reason: 'REJECT_PERMISSION_LATE', detail })
  }

  /** The permission is on disk: it leaves if everything is as it was when it was given. */
  private answer(permission: EntryPermission): void {
    const { desk } = this
    const isStillOurs = desk.state.holding?.permissionId === permission.permissionId
    const denial: Denial | undefined = isStillOurs
      ? this.denialNow()
      : { reason: 'REJECT_NO_PERMISSION', detail: 'taken back' }
    if (denial === undefined) desk.send({ type: 'ENTRY_PERMISSION', body: permission })
    else this.veto(permission, denial)
  }

  /** Opens nothing, so it need not wait for its record to be durable. */
  private veto({ intentId, correlationId }: Pick<EntryIntent, 'intentId' | 'correlationId'>, denial: Denial): void {
    const veto = { intentId, correlationId, reason: denial.reason, detail: denial.detail }
    this.desk.record({ type: 'vetoed', veto })
    this.desk.send({ type: 'ENTRY_VETO', body: veto })
  }

  private submit(positionId: PositionId): void {
    const { desk } = this
    const { holding } = desk.state
    if (holding?.positionId !== positionId || holding.permissionId !== null) return
    const waitedMs = desk.nowMs - holding.proposedAtMs
    const { reject, detail } = desk.gate(desk.state.exit === null)
    if (waitedMs > desk.settings.timings.proposalDelayMaxMs)
      this.withdraw('REJECT_PERMISSION_LATE', `on disk after ${waitedMs} ms`)
    else if (reject !== null) this.withdraw(reject, detail)
    else {
      const { strategyId, instrument, side, orderedQuantity: quantity, requestedPrice, provenance } = holding
      const body = {
        actionId: positionId,
        action: 'ENTRY',
        strategyId,
        instrument,
        side,
        quantity,
        requestedPrice,
        ...present({ provenance }),
      } as const
      if (!desk.send({ type: 'APPROVED_ACTION', body })) this.withdraw('REJECT_LATCHED', 'the link is not open')
    }
  }

  private submitReduction(reduction: Reduction): void {
    const { desk } = this
    const { holding } = desk.state
    if (holding === null || desk.state.reduction?.actionId !== reduction.actionId) return
    const { strategyId, instrument, side } = holding
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

  /** Everything that may have changed since the proposal, the proposal itself aside; undefined: nothing stands in the way. */
  private denialNow(): Denial | undefined {
    const { reject, detail } = this.desk.gate(this.desk.state.exit === null)
    return reject === null ? undefined : { reason: reject, detail }
  }
}
