import type { LatencyRange } from '../../ports/vocabulary/paper.js'

/** State of the generator: four unsigned 32-bit words. */
export type RandomState = readonly [number, number, number, number]

/** The generator sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, a word per step. */
export class Random {
  private a: number
  private b: number
  private c: number
  private counter: number

  constructor([a, b, c, counter]: RandomState) {
    this.a = a
    this.b = b
    this.c = c
    this.counter = counter
  }

  /** Twelve steps mix a seed into every word, as the author asks for. */
  static seeded(seed: number): Random {
    const random = new Random([0, seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, 1])
    for (let i = 0; i < 12; i++) random.word()
    return random
  }

  get state(): RandomState {
    return [this.a, this.b, this.c, this.counter]
  }

  latencyMs({ minMs, maxMs }: LatencyRange): number {
    if (minMs === maxMs) return minMs
    const uniform = this.word() / 2 ** 32
    return Math.round(minMs + (maxMs - minMs) * uniform * uniform * uniform)
  }

  private word(): number {
    const word = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) >>> 0
    this.a = (this.b ^ (this.b >>> 9)) >>> 0
    this.b = (this.c + (this.c << 3)) >>> 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + word) >>> 0
    return word >>> 0
  }
}
