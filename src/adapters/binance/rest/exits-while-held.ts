/**
 * When exits may leave although the exchange has refused more requests. They are let out at once, for it may refuse others
 * only; but whoever goes on after a refusal is banned for minutes, in which nothing protects a position at all. So after one of
 * them was refused too they are tried one by one, and less and less often.
 */
export class ExitsWhileHeld {
  /** Local time. */
  nextMs = Number.NEGATIVE_INFINITY
  private refusals = 0

  /** One has left. While others were refused its answer is waited for. */
  left(nowMs: number): void {
    if (this.refusals > 0) this.nextMs = nowMs + ANSWER_MS
  }

  refused(nowMs: number): void {
    const waitMs = WAITS_MS[Math.min(this.refusals, WAITS_MS.length - 1)]!
    // Several that left together were refused once.
    if (nowMs < this.nextMs - ANSWER_MS) return
    this.refusals += 1
    this.nextMs = nowMs + waitMs
  }

  taken(): void {
    this.refusals = 0
    this.nextMs = Number.NEGATIVE_INFINITY
  }
}

/** Three tries in the minute for which the exchange refuses. */
const WAITS_MS = [2_500, 8_000, 30_000]
const ANSWER_MS = 1_000
