import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'

/** A kind of market, told by what it does to the correlation windows. */
export type StreamKind = keyof typeof KINDS

/** One price row per step. */
export type Stream = readonly Float64Array[]

interface Market {
  readonly symbols: number
  readonly normal: () => number
  readonly uniform: () => number
}

/** Log returns of one step from the market's own state; mutates `returns`. */
type Step = (returns: Float64Array, step: number) => void

/** Each makes the function that draws a step's log returns. */
const KINDS = {
  /** One common factor, as in a real market. */
  market:
    ({ normal }: Market): Step =>
    (returns) => {
      const factor = normal()
      for (let i = 0; i < returns.length; i++) returns[i] = 2e-4 * (factor + (0.5 + i / 20) * normal())
    },
  /** Nothing in common: the eigenvalues lie close together. */
  independent:
    ({ normal }: Market): Step =>
    (returns) => {
      for (let i = 0; i < returns.length; i++) returns[i] = 1e-4 * normal()
    },
  /** Two blocks of equal strength: the two largest eigenvalues nearly the same. */
  blocks:
    ({ normal }: Market): Step =>
    (returns) => {
      const factors = [normal(), normal()]
      for (let i = 0; i < returns.length; i++) returns[i] = 1e-4 * (factors[i % 2]! + 0.3 * normal())
    },
  /** Almost the same series everywhere: λmax close to the number of symbols. */
  rankOne:
    ({ normal }: Market): Step =>
    (returns) => {
      const factor = normal()
      for (let i = 0; i < returns.length; i++) returns[i] = 1e-3 * (factor + 1e-7 * normal()) * (i % 3 === 0 ? -1 : 1)
    },
  /** A drift ten thousand times the noise: centring cancels. */
  drift:
    ({ normal }: Market): Step =>
    (returns, step) => {
      const factor = normal()
      const turn = Math.floor(step / 400) % 2 === 0 ? 1 : -1
      for (let i = 0; i < returns.length; i++) returns[i] = turn * 1e-3 + 1e-7 * (factor + normal())
    },
  /** Volatility over twelve orders of magnitude with jumps that leave the windows again. */
  jumps: ({ normal, uniform }: Market): Step => {
    let volatility = 1e-4
    return (returns) => {
      if (uniform() < 0.02) volatility = 10 ** (-2 - 7 * uniform())
      const factor = normal()
      for (let i = 0; i < returns.length; i++) {
        returns[i] = volatility * (factor + normal()) + (uniform() < 0.002 ? 0.5 * normal() : 0)
      }
    }
  },
  /** Mostly no move at all, then one tick. */
  ticks:
    ({ uniform }: Market): Step =>
    (returns) => {
      for (let i = 0; i < returns.length; i++) returns[i] = uniform() < 0.9 ? 0 : uniform() < 0.5 ? 1e-4 : -1e-4
    },
}

export const STREAM_KINDS = Object.keys(KINDS) as StreamKind[]

/** What happens to the prices beside the market's moves. */
export interface Disturbances {
  /** Chance per symbol and step that a gap of 1 … 30 steps begins. */
  readonly gaps?: number
  /** Chance per symbol and step that its price stands still for 40 … 140 steps. */
  readonly halts?: number
}

/** A seeded stream of prices. */
export function priceStream(
  kind: StreamKind,
  { symbols, steps, seed }: { readonly symbols: number; readonly steps: number; readonly seed: number },
  { gaps = 0, halts = 0 }: Disturbances = {},
): Stream {
  const random = new Xoshiro128(seed, symbols)
  const uniform = () => random.double()
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.double())) * Math.cos(2 * Math.PI * random.double())
  const next = KINDS[kind]({ symbols, normal, uniform })
  const returns = new Float64Array(symbols)
  const prices = Float64Array.from({ length: symbols }, (_, i) => 10 ** ((i % 7) - 3) * (1 + uniform()))
  const missing = new Int32Array(symbols)
  const halted = new Int32Array(symbols)
  return Array.from({ length: steps }, (_, step) => {
    next(returns, step)
    const row = new Float64Array(symbols)
    for (let i = 0; i < symbols; i++) {
      if (uniform() < halts) halted[i] = 40 + Math.floor(100 * uniform())
      if (uniform() < gaps) missing[i] = 1 + Math.floor(30 * uniform())
      if (halted[i]! > 0) halted[i]!--
      else prices[i]! *= Math.exp(returns[i]!)
      row[i] = missing[i]! > 0 ? NaN : prices[i]!
      if (missing[i]! > 0) missing[i]!--
    }
    return row
  })
}
