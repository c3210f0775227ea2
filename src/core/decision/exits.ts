import type { DecimalText } from '../../base/exact.js'
import type { PositionId } from '../../ports/vocabulary/ids.js'
import type { ExitTrigger } from '../../ports/vocabulary/messages.js'
import { missedEntry } from './book.js'
import { exitIdOf } from './cycle.js'
import type { DecisionDesk } from './decision-desk.js'

/** Commands to leave: sent at once, and again until the execution side says that it is done. */
export class Exits {
  private repeatMs = Number.POSITIVE_INFINITY

  constructor(private readonly desk: DecisionDesk) {}

  get dueMs(): number {
    return this.repeatMs
  }

  /**
   * Leaves from outside the strategies. A proposal that was never permitted is taken back first; an exit that is under way
   * and means the same, or everything, stays the one.
   */
  order(
    trigger: ExitTrigger,
    reason: string,
    of: { readonly positionId: PositionId | null; readonly price: DecimalText | null },
  ): void {
    const { desk } = this
    const { holding } = desk.state
    if (holding?.permissionId === null)
      desk.record({ type: 'withdrawn', missed: [missedEntry(holding, 'REJECT_LATCHED', reason)] })
    const { state, settings } = desk
    const covers = state.exit !== null && (state.exit.positionId === null || state.exit.positionId === of.positionId)
    if (covers) return
    const exitId = exitIdOf({ state, idPrefix: settings.idPrefix, nowMs: desk.nowMs })
    const { positionId, price: requestedPrice } = of
    desk.record({ type: 'exit', exit: { exitId, positionId, trigger, reason, requestedPrice, bar: state.bar } })
    this.send()
  }

  /** The exit in force leaves, if there is one, and is due again. */
  send(): void {
    const { exit } = this.desk.state
    if (exit === null) {
      this.repeatMs = Number.POSITIVE_INFINITY
      return
    }
    const { exitId, positionId, trigger, reason, requestedPrice } = exit
    this.desk.send({ type: 'EARLY_EXIT_NOW', body: { exitId, positionId, trigger, reason, requestedPrice } })
    this.repeatMs = this.desk.nowMs + this.desk.settings.timings.exitRepeatMs
  }

  time(): void {
    if (this.desk.nowMs >= this.repeatMs) this.send()
  }
}
