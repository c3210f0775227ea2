/**
 * The median of the numbers among the last values, of which some may be absent. A value costs two searches and two moves of at
 * most `window` numbers, and nothing is allocated.
 */
export class SlidingMedian {
  private readonly window: Float64Array
  private readonly sorted: Float64Array
  private next = 0
  /** Numbers among the last values. */
  count = 0

  constructor(window: number) {
    this.window = new Float64Array(window).fill(Number.NaN)
    this.sorted = new Float64Array(window)
  }

  /** The oldest value leaves. `undefined` takes its place in the window and is no number. */
  push(value: number | undefined): void {
    const oldest = this.window[this.next]!
    if (!Number.isNaN(oldest)) this.remove(oldest)
    this.window[this.next] = value ?? Number.NaN
    if (value !== undefined && !Number.isNaN(value)) this.insert(value)
    this.next = (this.next + 1) % this.window.length
  }

  /** Of an even count the mean of the two in the middle; undefined when there are fewer numbers than `atLeast`. */
  median(atLeast = 1): number | undefined {
    const { sorted, count } = this
    if (count < atLeast || count === 0) return undefined
    const middle = count >> 1
    return count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  }

  private insert(value: number): void {
    const at = this.firstAtLeast(value)
    this.sorted.copyWithin(at + 1, at, this.count++)
    this.sorted[at] = value
  }

  private remove(value: number): void {
    const at = this.firstAtLeast(value)
    this.sorted.copyWithin(at, at + 1, this.count--)
  }

  private firstAtLeast(value: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.sorted[middle]! < value) low = middle + 1
      else high = middle
    }
    return low
  }
}
