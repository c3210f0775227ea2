import { FEATURE_WINDOWS } from './feature-windows.js'

/** How often resting orders were reached in the last bars that could tell. */
export class FillWindow {
  /** Of each bar −1 when it cannot tell, else how many of the two sides were reached. */
  private readonly reached: Int8Array
  private next = 0
  private count = 0
  private sum = 0

  constructor(bars: number) {
    this.reached = new Int8Array(bars).fill(-1)
  }

  push(fills: Fills | undefined): void {
    const { reached, next } = this
    const oldest = reached[next]!
    if (oldest >= 0) {
      this.count--
      this.sum -= oldest
    }
    const latest = fills === undefined ? -1 : Number(fills.buy) + Number(fills.sell)
    if (latest >= 0) {
      this.count++
      this.sum += latest
    }
    reached[next] = latest
    this.next = (next + 1) % reached.length
  }

  /** Laplace's rule of succession over both sides, so that it is never quite 0 nor 1. */
  probability(): number | undefined {
    return this.count < FEATURE_WINDOWS.fillBarsMin ? undefined : (this.sum + 1) / (2 * this.count + 2)
  }
}

/** Whether orders that rested at the best prices of a bar's start were reached in it. */
export interface Fills {
  readonly buy: boolean
  readonly sell: boolean
}
