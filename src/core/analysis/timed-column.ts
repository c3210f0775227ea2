/** Values with their times, UTC ms, kept in two columns: an object to each of a day's millions would take five times the memory. */
export class TimedColumn {
  private times = new Float64Array(FIRST_ROWS)
  private values = new Float64Array(FIRST_ROWS)
  private isInTime = true
  private count = 0

  get length(): number {
    return this.count
  }

  add(tsMs: number, value: number): void {
    if (this.count === this.times.length) this.widen()
    if (this.count > 0 && tsMs < this.times[this.count - 1]!) this.isInTime = false
    this.times[this.count] = tsMs
    this.values[this.count] = value
    this.count++
  }

  /** Times and values in the order of time; of equal times in the order in which they came. Not to be changed. */
  inTime(): { readonly times: Float64Array; readonly values: Float64Array } {
    if (!this.isInTime) this.sort()
    return { times: this.times.subarray(0, this.count), values: this.values.subarray(0, this.count) }
  }

  /** Those from `fromMs` to `untilMs`, both included, in time. */
  between(fromMs: number, untilMs: number): TimedValue[] {
    const { times, values } = this.inTime()
    const found: TimedValue[] = []
    for (let i = firstAtOrAfter(times, fromMs); i < times.length && times[i]! <= untilMs; i++)
      found.push({ tsMs: times[i]!, value: values[i]! })
    return found
  }

  private sort(): void {
    const { times, values, count } = this
    const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b)
    this.times = Float64Array.from(order, (i) => times[i]!)
    this.values = Float64Array.from(order, (i) => values[i]!)
    this.isInTime = true
  }

  private widen(): void {
    const [times, values] = [this.times, this.values]
    const rows = Math.max(FIRST_ROWS, times.length * 2)
    this.times = new Float64Array(rows)
    this.times.set(times)
    this.values = new Float64Array(rows)
    this.values.set(values)
  }
}

export interface TimedValue {
  readonly tsMs: number
  readonly value: number
}

const FIRST_ROWS = 64

/** Of times in order; their number where all are before. */
export function firstAtOrAfter(times: ArrayLike<number>, ms: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]! < ms) low = middle + 1
    else high = middle
  }
  return low
}
