/**
 * A symbol's windows of whole seconds, and how large its trades have been in them: the mean quote value of a trade, window by
 * window. A trade is judged by the windows that were closed before its own second. Source: spec, "M3 temporal windows".
 */
export class TradeWindows {
  /** Seconds up to this one are closed. */
  private closedSecond = Number.NEGATIVE_INFINITY
  private openSecond = Number.NEGATIVE_INFINITY
  private openUsd = 0
  private openTrades = 0
  private readonly seconds = new Float64Array(BASELINE)
  private readonly means = new Float64Array(BASELINE)
  private count = 0
  private oldest = 0
  private mean = Number.NaN
  private sigma = Number.NaN

  /** How many standard deviations above the baseline a trade is that is to be promoted; NaN for any other. */
  trade(tsMs: number, quoteUsd: number): number {
    const second = Math.floor(tsMs / WINDOW_MS)
    if (second <= this.closedSecond) {
      this.measure(second)
      const sigmas = this.sigmasOf(quoteUsd)
      this.measure(Number.POSITIVE_INFINITY)
      return sigmas
    }
    this.closeThrough(second - 1)
    const sigmas = this.sigmasOf(quoteUsd)
    this.openSecond = second
    this.openUsd += quoteUsd
    this.openTrades++
    return sigmas
  }

  /** Closes the windows that have ended by this time. */
  closeUntil(tMs: number): void {
    this.closeThrough(Math.floor(tMs / WINDOW_MS) - 1)
  }

  private closeThrough(second: number): void {
    if (second <= this.closedSecond) return
    this.closedSecond = second
    if (this.openTrades === 0 || this.openSecond > second) return
    const place = (this.oldest + this.count) % BASELINE
    this.seconds[place] = this.openSecond
    this.means[place] = this.openUsd / this.openTrades
    if (this.count < BASELINE) this.count++
    else this.oldest = (this.oldest + 1) % BASELINE
    this.openUsd = 0
    this.openTrades = 0
    this.measure(Number.POSITIVE_INFINITY)
  }

  /** Mean and population deviation of the windows before a second, in the order of time; NaN until they are warm. */
  private measure(beforeSecond: number): void {
    let used = 0
    let sum = 0
    for (let i = 0; i < this.count; i++) {
      const place = (this.oldest + i) % BASELINE
      if (this.seconds[place]! >= beforeSecond) break
      sum += this.means[place]!
      used++
    }
    this.mean = used < WARM ? Number.NaN : sum / used
    let squares = 0
    for (let i = 0; i < used; i++) squares += (this.means[(this.oldest + i) % BASELINE]! - this.mean) ** 2
    this.sigma = Math.sqrt(squares / used)
  }

  private sigmasOf(quoteUsd: number): number {
    const isPromoted = this.sigma > 0 && quoteUsd > this.mean + SIGMAS * this.sigma
    return isPromoted ? (quoteUsd - this.mean) / this.sigma : Number.NaN
  }
}

const WINDOW_MS = 1_000
/** So many closed windows are the baseline, and so many make it warm. */
const BASELINE = 60
const WARM = 10
/** So many standard deviations above the mean of the baseline, a trade is promoted. */
const SIGMAS = 2
