import type { OrderBlock } from '../../../../ports/vocabulary/primitives.js'
import type { NodeView } from '../symbol-view.js'

/** Of the nodes that come and go in bursts, the one with most interactions an hour; absent when none does. */
export function orderBlock(nodes: readonly NodeView[], nowMs: number): OrderBlock | undefined {
  let block: { readonly node: NodeView; readonly perHour: number; readonly gaps: Gaps } | undefined
  for (const node of nodes) {
    if (node.interactionCount < LEAST.interactions || node.strength < LEAST.strength) continue
    if (nowMs - node.lastInteractionMs > LONGEST_IDLE_MS || nowMs <= node.firstSeenMs) continue
    const perHour = node.interactionCount / ((nowMs - node.firstSeenMs) / HOUR_MS)
    if (block !== undefined && perHour <= block.perHour) continue
    const gaps = gapsBetween(node.interactionTimesMs)
    if (gaps.burstiness >= LEAST.burstiness) block = { node, perHour, gaps }
  }
  if (block === undefined) return undefined
  const { node, perHour, gaps } = block
  return {
    nodeId: node.id,
    priceCenter: node.priceCenter,
    priceBand: node.priceBand,
    interactionCount: node.interactionCount,
    interactionsPerHour: perHour,
    burstinessCoefficient: gaps.burstiness,
    timeSinceInteractionSec: (nowMs - node.lastInteractionMs) / 1_000,
    longestIdlePeriodSec: gaps.longestMs / 1_000,
    totalVolumeUsd: node.totalVolumeUsd,
    nodeStrength: node.strength,
    liquidationsWithinBand: node.liquidationCount,
  }
}

/** What a node must have to be told as an order block. */
const LEAST = { interactions: 10, strength: 0.4, burstiness: 0.3 }
const LONGEST_IDLE_MS = 300_000
const HOUR_MS = 3_600_000

interface Gaps {
  /** −1 as regular as a clock, 0 by chance, towards 1 in bursts. */
  readonly burstiness: number
  readonly longestMs: number
}

function gapsBetween(timesMs: ArrayLike<number>): Gaps {
  const count = timesMs.length - 1
  if (count < 1) return { burstiness: 0, longestMs: 0 }
  const mean = (timesMs[count]! - timesMs[0]!) / count
  let squares = 0
  let longestMs = 0
  for (let i = 1; i <= count; i++) {
    const gapMs = timesMs[i]! - timesMs[i - 1]!
    if (gapMs > longestMs) longestMs = gapMs
    squares += (gapMs - mean) * (gapMs - mean)
  }
  const deviation = count === 1 ? 0 : Math.sqrt(squares / (count - 1))
  return { burstiness: deviation + mean === 0 ? 0 : (deviation - mean) / (deviation + mean), longestMs }
}
