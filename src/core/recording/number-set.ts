/** Numbers from `first` to `last`, both among them. */
export interface NumberRun {
  readonly first: number
  readonly last: number
}

/**
 * Whole numbers that mostly follow one another, hundreds of millions of them: a chunk that is full takes no memory, one that is
 * not takes eight kilobytes.
 */
export class NumberSet {
  private readonly chunks = new Map<number, Chunk | typeof FULL>()

  /** False when it was there already. */
  add(n: number): boolean {
    const key = Math.floor(n / CHUNK)
    let chunk = this.chunks.get(key)
    if (chunk === FULL) return false
    if (chunk === undefined) {
      chunk = { bits: new Uint8Array(CHUNK / 8), count: 0 }
      this.chunks.set(key, chunk)
    }
    const at = n - key * CHUNK
    const bit = 1 << (at & 7)
    if ((chunk.bits[at >> 3]! & bit) !== 0) return false
    chunk.bits[at >> 3]! |= bit
    if (++chunk.count === CHUNK) this.chunks.set(key, FULL)
    return true
  }

  /** The runs of numbers from `from` on that are not in it and lie before one that is. */
  missing(from: number): NumberRun[] {
    const runs: NumberRun[] = []
    let expected = from
    for (const key of [...this.chunks.keys()].sort((a, b) => a - b)) {
      const chunk = this.chunks.get(key)!
      const start = key * CHUNK
      for (let at = 0; at < CHUNK; at++) {
        if (chunk !== FULL && (chunk.bits[at >> 3]! & (1 << (at & 7))) === 0) continue
        if (start + at > expected) runs.push({ first: expected, last: start + at - 1 })
        expected = Math.max(expected, start + at + 1)
        if (chunk !== FULL) continue
        expected = Math.max(expected, start + CHUNK)
        break
      }
    }
    return runs
  }
}

/** Numbers of a chunk, a bit each. */
const CHUNK = 65_536
const FULL = true

interface Chunk {
  readonly bits: Uint8Array
  count: number
}
