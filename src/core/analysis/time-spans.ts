/** Stretches of time, UTC ms, both ends included; those that touch are one. */
export class TimeSpans {
  private readonly starts: number[] = []
  private readonly ends: number[] = []

  /** Starts come in the order of time. */
  add(fromMs: number, untilMs: number): void {
    const last = this.ends.length - 1
    if (last >= 0 && fromMs <= this.ends[last]!) {
      this.ends[last] = Math.max(this.ends[last]!, untilMs)
      return
    }
    this.starts.push(fromMs)
    this.ends.push(untilMs)
  }

  hold(ms: number): boolean {
    let [low, high] = [-1, this.starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.starts[middle]! <= ms) low = middle
      else high = middle
    }
    return low >= 0 && ms <= this.ends[low]!
  }
}
