import { InputMistake, type Mistake, problemText } from '../../base/mistakes.js'
import type { WatchedDecision } from '../../runtime/session/session-parts.js'
import type { SessionRecovery } from '../../runtime/session/session-recovery.js'

/** What becomes of a session whose account must not trade like this: it ends, unless something is held there. */
export class AccountRefusal {
  private decision: WatchedDecision | undefined

  constructor(
    private readonly parts: {
      readonly recovery: Pick<SessionRecovery, 'isExecuting'>
      /** Aborted with what is to be changed. */
      readonly failed: AbortController
      warn(text: string): void
    },
  ) {}

  watch(decision: WatchedDecision): void {
    this.decision = decision
  }

  /** Answers whether the session ends of it. */
  take(error: Mistake): boolean {
    const { recovery, failed, warn } = this.parts
    const isHolding = recovery.isExecuting || (this.decision?.state().position ?? null) !== null
    if (isHolding) warn(heldText(error))
    else failed.abort(error)
    return !isHolding
  }
}

/** Exits are taken all the same: what is held is not left alone. */
export function heldText({ problems }: Mistake): string {
  return `${problems.map(problemText).join('; ')}; nothing opens before that is changed and the session was started again, what is open is watched`
}

/** Of an executor's process, which has said what it is. */
export const EXECUTOR_REFUSED = new InputMistake('the executor cannot trade: what it says above is to be changed')
