/**
 * A side's own clock: virtual time plus an offset. It never goes back: it jumps ahead, but an offset that shrinks is
 * slewed, with time passing at a tenth of its pace meanwhile, as clock daemons do.
 */
export class SideClock {
  private offsetMs = 0
  private targetMs = 0
  private readMs: number

  constructor(startMs: number) {
    this.readMs = startMs
  }

  nowMs(virtualMs: number): number {
    const passedMs = virtualMs - this.readMs
    this.readMs = virtualMs
    if (this.offsetMs !== this.targetMs) this.offsetMs = Math.max(this.targetMs, this.offsetMs - SLEW * passedMs)
    return virtualMs + Math.floor(this.offsetMs)
  }

  setOffset(virtualMs: number, offsetMs: number): void {
    this.nowMs(virtualMs)
    this.targetMs = offsetMs
  }

  /** When to look again whether the clock has come to `dueMs`: exact while it is not being slewed, else early. */
  lookAtMs(virtualMs: number, dueMs: number): number {
    return virtualMs + Math.max(1, Math.ceil(dueMs - this.nowMs(virtualMs)))
  }
}

const SLEW = 0.9
