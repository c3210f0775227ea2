/**
 * MT19937 with 53-bit doubles: the stream of numpy's `RandomState(seed).random_sample()`.
 * Source: Matsumoto & Nishimura 1998 (`init_genrand`, `genrand_res53`); the engine's RNG (engine semantics, section 2).
 */
export class MersenneTwister {
  private readonly words = new Uint32Array(624)
  private position = 624
  private drawn = 0

  /** `seed` is an unsigned 32-bit integer. */
  constructor(seed: number) {
    const words = this.words
    words[0] = seed >>> 0
    for (let i = 1; i < 624; i++) {
      const previous = words[i - 1]! ^ (words[i - 1]! >>> 30)
      words[i] = Math.imul(1812433253, previous) + i
    }
  }

  /** A uniform double in [0, 1) made of 53 random bits. */
  double(): number {
    const high = this.uint32() >>> 5
    const low = this.uint32() >>> 6
    this.drawn++
    return (high * 67108864 + low) / 9007199254740992
  }

  /** Number of doubles drawn since seeding. */
  get draws(): number {
    return this.drawn
  }

  /** A uniform unsigned 32-bit integer. */
  uint32(): number {
    if (this.position === 624) this.regenerate()
    let y = this.words[this.position++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    y ^= y >>> 18
    return y >>> 0
  }

  snapshot(): MersenneTwisterState {
    return { words: Array.from(this.words), position: this.position, draws: this.drawn }
  }

  static restore(state: MersenneTwisterState): MersenneTwister {
    const twister = new MersenneTwister(0)
    twister.words.set(state.words)
    twister.position = state.position
    twister.drawn = state.draws
    return twister
  }

  private regenerate(): void {
    const words = this.words
    for (let i = 0; i < 624; i++) {
      const y = (words[i]! & 0x80000000) | (words[(i + 1) % 624]! & 0x7fffffff)
      words[i] = words[(i + 397) % 624]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
    }
    this.position = 0
  }
}

export interface MersenneTwisterState {
  readonly words: readonly number[]
  /** Of the next word, 0 to 624. */
  readonly position: number
  /** Numbers drawn so far. */
  readonly draws: number
}
