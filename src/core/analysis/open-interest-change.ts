/** How much the open interest has changed within five minutes. */
export class OpenInterestChange {
  /** Readings that were still needed when they made room for later ones. */
  dropped = 0
  private readonly tsMs = new Float64Array(READINGS_MAX)
  private readonly readings = new Float64Array(READINGS_MAX)
  private count = 0

  /** Base units. One that is older than the last is not used; of one time the last stands. */
  add(tsMs: number, openInterest: number): void {
    const last = this.count - 1
    if (last >= 0 && tsMs < this.tsMs[last]!) return
    if (last >= 0 && tsMs === this.tsMs[last]!) {
      this.readings[last] = openInterest
      return
    }
    if (this.count === READINGS_MAX) this.makeRoom(tsMs)
    this.tsMs[this.count] = tsMs
    this.readings[this.count] = openInterest
    this.count++
  }

  /** The last reading, base units, of any age. */
  get latest(): number | undefined {
    return this.count === 0 ? undefined : this.readings[this.count - 1]
  }

  /** From five minutes before a time, UTC ms, to that time, a fraction; undefined where either is not known. */
  fracAt(nowMs: number): number | undefined {
    const after = this.knownAt(nowMs)
    const before = this.knownAt(nowMs - APART_MS)
    if (after === undefined || before === undefined || before === 0) return undefined
    return (after - before) / before
  }

  private knownAt(ms: number): number | undefined {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.tsMs[middle]! <= ms) low = middle + 1
      else high = middle
    }
    if (low === 0 || ms - this.tsMs[low - 1]! > STALE_MS) return undefined
    return this.readings[low - 1]
  }

  private makeRoom(tsMs: number): void {
    let gone = 0
    while (gone < this.count && this.tsMs[gone]! < tsMs - APART_MS - STALE_MS) gone++
    if (gone === 0) {
      this.dropped++
      gone = 1
    }
    this.tsMs.copyWithin(0, gone)
    this.readings.copyWithin(0, gone)
    this.count -= gone
  }
}

/** How far apart the two readings are, at least. Source: spec, "Analysis: regime". */
const APART_MS = 300_000

/** A reading that is older than this at the time that it stands for tells nothing of it. */
const STALE_MS = 300_000

const READINGS_MAX = 256
