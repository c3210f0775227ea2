import type { SupplyDemandZone, ZonePenetration } from '../../../../ports/vocabulary/primitives.js'
import type { NodeView, SymbolView, TradeColumns } from '../symbol-view.js'
import { priceRange } from './price-path.js'

/** How deep the price was in the band of the node nearest to it, of those whose bands it was in. */
export function zonePenetration(nodes: readonly NodeView[], trades: TradeColumns): ZonePenetration | undefined {
  const lastPrice = trades.price[trades.to - 1]!
  // Mostly the price was in the nearest of all: the others are looked at only where it was not.
  const nearest = nearestTo(lastPrice, nodes)
  const first = nearest && penetrationOf(nearest, trades)
  if (first !== undefined) return first
  const [lowest, highest] = priceRange(trades)
  let found: ZonePenetration | undefined
  let foundDistance = Number.POSITIVE_INFINITY
  for (const node of nodes) {
    const distance = Math.abs(lastPrice - node.priceCenter)
    const halfBand = node.priceBand / 2
    if (distance >= foundDistance || node === nearest) continue
    if (node.priceCenter - halfBand > highest || node.priceCenter + halfBand < lowest) continue
    const penetration = penetrationOf(node, trades)
    if (penetration === undefined) continue
    foundDistance = distance
    found = penetration
  }
  return found
}

function penetrationOf({ id, priceCenter, priceBand }: NodeView, trades: TradeColumns): ZonePenetration | undefined {
  const [zoneLow, zoneHigh] = [priceCenter - priceBand / 2, priceCenter + priceBand / 2]
  const depth = penetrationDepth({ low: zoneLow, high: zoneHigh }, trades)
  return depth === undefined ? undefined : { zoneId: id, zoneLow, zoneHigh, penetrationDepth: depth }
}

function nearestTo(price: number, nodes: readonly NodeView[]): NodeView | undefined {
  let nearest: NodeView | undefined
  let least = Number.POSITIVE_INFINITY
  for (const node of nodes) {
    const distance = Math.abs(price - node.priceCenter)
    if (distance >= least) continue
    nearest = node
    least = distance
  }
  return nearest
}

/** The farthest that a price lies from the nearer bound of a zone that it is in; undefined when none is. */
export function penetrationDepth(
  { low, high }: { readonly low: number; readonly high: number },
  { from, to, price }: TradeColumns,
): number | undefined {
  let deepest = -1
  for (let i = from; i < to; i++) {
    const depth = Math.min(price[i]! - low, high - price[i]!)
    if (depth > deepest) deepest = depth
  }
  return deepest < 0 ? undefined : deepest
}

/** Nodes belong together while the next is no farther than this, as a share of the lower one's price. */
const JOINED_FRAC = 0.002
const ZONE = { nodes: 3, widthFrac: 0.005, strength: 0.3 }
const DISPLACED_FRAC = 0.003
const RETEST_MS = 60_000

/** Of the nodes that lie close together, those with most volume; absent when nowhere enough of them do. */
export function supplyDemandZone(
  { symbol, nowMs, nodes }: Pick<SymbolView, 'symbol' | 'nowMs' | 'nodes'>,
  price: number,
): SupplyDemandZone | undefined {
  if (nodes.length < ZONE.nodes) return undefined
  let zone: Cluster | undefined
  for (const cluster of clusters(nodes)) {
    if (cluster.high - cluster.low > ZONE.widthFrac * cluster.center || cluster.strength < ZONE.strength) continue
    if (zone === undefined || cluster.volumeUsd > zone.volumeUsd) zone = cluster
  }
  if (zone === undefined) return undefined
  const { low, high, center } = zone
  const zoneType = center > price ? 'supply' : 'demand'
  const isDisplaced = Math.abs(price - center) / center >= DISPLACED_FRAC
  const retests = isDisplaced ? zone.nodes.filter((node) => nowMs - node.lastInteractionMs <= RETEST_MS).length : 0
  return {
    zoneId: `${symbol}:${zoneType}:${logStep(center)}`,
    zoneType,
    zoneLow: low,
    zoneHigh: high,
    zoneCenter: center,
    zoneWidth: high - low,
    nodeCount: zone.nodes.length,
    totalInteractions: zone.nodes.reduce((sum, node) => sum + node.interactionCount, 0),
    totalVolumeUsd: zone.volumeUsd,
    avgNodeStrength: zone.strength,
    displacementDetected: isDisplaced,
    ...(isDisplaced && price > high && { displacementDirection: 'up' as const }),
    ...(isDisplaced && price < low && { displacementDirection: 'down' as const }),
    ...(isDisplaced && { displacementMagnitude: Math.abs(price - center) }),
    retestDetected: retests > 0,
    ...(retests > 0 && { retestCount: retests }),
  }
}

interface Cluster {
  readonly nodes: readonly NodeView[]
  readonly low: number
  readonly high: number
  /** Half way between them. */
  readonly center: number
  readonly volumeUsd: number
  /** Mean. */
  readonly strength: number
}

/** Those of enough nodes, from the lowest up. */
function* clusters(nodes: readonly NodeView[]): Generator<Cluster> {
  const sorted = byCenter(nodes)
  for (let start = 0, end = 1; start < sorted.length; start = end++) {
    while (end < sorted.length && isJoined(sorted[end - 1]!, sorted[end]!)) end++
    if (end - start >= ZONE.nodes) yield clusterOf(sorted.slice(start, end))
  }
}

/** Of one centre, by number. They are few: putting each in its place is faster than a sort that asks a function of each two. */
function byCenter(nodes: readonly NodeView[]): readonly NodeView[] {
  const sorted: NodeView[] = []
  for (const node of nodes) {
    let at = sorted.length
    for (; at > 0 && isBefore(node, sorted[at - 1]!); at--) sorted[at] = sorted[at - 1]!
    sorted[at] = node
  }
  return sorted
}

function isBefore(node: NodeView, other: NodeView): boolean {
  const { priceCenter } = other
  return node.priceCenter < priceCenter || (node.priceCenter === priceCenter && node.n < other.n)
}

function isJoined(lower: NodeView, higher: NodeView): boolean {
  return higher.priceCenter - lower.priceCenter <= JOINED_FRAC * lower.priceCenter
}

function clusterOf(nodes: readonly NodeView[]): Cluster {
  const low = nodes[0]!.priceCenter
  const high = nodes.at(-1)!.priceCenter
  let volumeUsd = 0
  let strengthSum = 0
  for (const node of nodes) {
    volumeUsd += node.totalVolumeUsd
    strengthSum += node.strength
  }
  return { nodes, low, high, center: (low + high) / 2, volumeUsd, strength: strengthSum / nodes.length }
}

/** The number of the step of a tenth of a percent that a price is nearest to: names the same zone again, whatever its price. */
function logStep(price: number): number {
  return Math.floor(Math.log(price) / Math.log(1.001) + 0.5)
}
