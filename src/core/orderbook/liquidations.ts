/**
 * What was liquidated of one asset in the last hour, USD. An amount counts at its own time, never before the last one nor before
 * the end of the last closed bar; it needs no book, and does not hold the time of the book up.
 */
export class Liquidations {
  private readonly times: number[] = []
  private readonly amounts: number[] = []
  private lastMs: number

  /** @param startMs when the first bar starts. */
  constructor(startMs: number) {
    this.lastMs = startMs
  }

  add({ atMs, usd }: { readonly atMs: number; readonly usd: number }): void {
    this.lastMs = Math.max(this.lastMs, atMs)
    this.times.push(this.lastMs)
    this.amounts.push(usd)
  }

  /** The bar that ends at `endMs` is closed: whether the minute before exceeds five times the hour's mean, and 100,000 USD. */
  close(endMs: number): boolean {
    this.lastMs = Math.max(this.lastMs, endMs)
    this.forget(endMs - HOUR_MS)
    let [minute, hour] = [0, 0]
    for (let i = 0; i < this.times.length && this.times[i]! < endMs; i++) {
      hour += this.amounts[i]!
      if (this.times[i]! >= endMs - MINUTE_MS) minute += this.amounts[i]!
    }
    return minute > CASCADE_MINUTES * (hour / 60) && minute > CASCADE_USD
  }

  private forget(beforeMs: number): void {
    const kept = this.times.findIndex((timeMs) => timeMs >= beforeMs)
    if (kept === 0) return
    this.times.splice(0, kept === -1 ? this.times.length : kept)
    this.amounts.splice(0, this.amounts.length - this.times.length)
  }
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** How much beyond its usual minute, and at least, an asset must be liquidated to be in cascade. */
const CASCADE_MINUTES = 5
const CASCADE_USD = 100_000
