/**
 * The volume-weighted average price since 00:00 UTC, of the trades that were heard. A trade of the day before that comes after the
 * first of today counts no more.
 */
export class DailyVwap {
  private day = Number.NEGATIVE_INFINITY
  private quote = 0
  private base = 0

  trade(tsMs: number, price: number, baseQty: number): void {
    const day = Math.floor(tsMs / DAY_MS)
    if (day < this.day) return
    if (day > this.day) {
      this.day = day
      this.quote = 0
      this.base = 0
    }
    this.quote += price * baseQty
    this.base += baseQty
  }

  /** As of a time, UTC ms; undefined while nobody has traded on its day. */
  at(nowMs: number): number | undefined {
    if (Math.floor(nowMs / DAY_MS) !== this.day || this.base === 0) return undefined
    return this.quote / this.base
  }
}

const DAY_MS = 86_400_000
