/** For how much of the time a book was known, from its first frame to its last. Times that go back count for nothing. */
export class KnownTime {
  spanMs = 0
  private knownMs = 0
  private lastMs: number | undefined
  private isKnown = false

  /** From this time on the book is known, or is not. */
  at(ms: number, isKnown: boolean): void {
    const passedMs = Math.max(0, ms - (this.lastMs ?? ms))
    this.spanMs += passedMs
    if (this.isKnown) this.knownMs += passedMs
    this.lastMs = Math.max(this.lastMs ?? ms, ms)
    this.isKnown = isKnown
  }

  /** 0 … 1; null while no time has passed. */
  share(): number | null {
    return this.spanMs === 0 ? null : this.knownMs / this.spanMs
  }
}
