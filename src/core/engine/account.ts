import { assert } from '../../base/assert.js'
import type { ForbiddenEntry } from '../../ports/vocabulary/refusals.js'
import type { EntryRecord, ExitReason, Trade } from '../../ports/vocabulary/trades.js'
import type { TradeFeedback } from '../sizing/sizing.js'
import { NO_FEEDBACK, recordResult } from '../sizing/sizing.js'
import {
  type ConfirmedExit,
  type ConfirmedLeg,
  confirmedTrade,
  type ExitProposal,
  enlargedPosition,
  openedPosition,
  openQuantity,
  reducedPosition,
} from './fills.js'
import type { Position } from './position.js'

/** The bar in force when something was confirmed. */
export interface BarInForce {
  readonly bar: number
  readonly timeMs: number | null
}

/** The engine's money and its one position: what opens it, what changes it, and what its end leaves behind. */
export class Account {
  position: Position | undefined
  /** Proposed, and neither confirmed nor dropped. */
  pendingEntry: EntryRecord | undefined
  feedback: TradeFeedback = NO_FEEDBACK
  /** −1 before an exit. */
  lastExitBar = -1

  /** `capital`: realised, USD. */
  constructor(public capital: number) {}

  /** The first confirmation opens the position (returns true); later ones enlarge it. */
  confirmEntry(fill: ConfirmedLeg, at: BarInForce, indexOf: (asset: string) => number): boolean {
    const { pendingEntry, position } = this
    if (pendingEntry === undefined) {
      assert(position !== undefined, 'an entry is confirmed that was proposed and not dropped')
      this.position = enlargedPosition(position, fill)
      return false
    }
    this.position = openedPosition(pendingEntry, indexOf(pendingEntry.asset), fill, at)
    this.pendingEntry = undefined
    return true
  }

  /** What of it forbids an entry at a bar. */
  forbidden(bar: number): ForbiddenEntry | undefined {
    if (bar <= this.lastExitBar) return { reason: 'COOLDOWN', asset: null }
    if (!(this.capital > 0)) return { reason: 'NO_CAPITAL', asset: null }
    return this.pendingEntry === undefined ? undefined : { reason: 'ENTRY_PENDING', asset: null }
  }

  dropEntry(): void {
    assert(this.pendingEntry !== undefined, 'an entry is dropped that was proposed and not confirmed')
    this.pendingEntry = undefined
  }

  /** Undefined while an earlier proposal is pending. */
  proposeExit(reason: ExitReason, price: number): ExitProposal | undefined {
    const { position } = this
    assert(position !== undefined, 'an exit is proposed of a position')
    if (position.pendingExit !== undefined) return undefined
    position.pendingExit = { reason, price }
    const { asset, direction } = position.entry
    return { kind: 'exit', asset, direction, quantity: openQuantity(position), price, reason }
  }

  /** The trade when the position is flat. */
  confirmExit(exit: ConfirmedExit, { bar, timeMs }: BarInForce): Trade | undefined {
    const { position } = this
    assert(position !== undefined, 'an exit is confirmed while a position is open')
    if (!exit.complete) {
      this.position = reducedPosition(position, exit)
      return undefined
    }
    const trade = confirmedTrade(position, exit, { exitBar: bar, exitTimeMs: timeMs, capitalBefore: this.capital })
    this.settle(trade)
    this.lastExitBar = bar
    return trade
  }

  dropExit(): void {
    assert(this.position?.pendingExit !== undefined, 'an exit is dropped that was proposed and not confirmed')
    delete this.position.pendingExit
  }

  /** The position has become a trade. */
  settle(trade: Trade): void {
    this.capital += trade.net
    this.feedback = recordResult(this.feedback, trade.bucket, trade.net > 0)
    this.position = undefined
  }
}
