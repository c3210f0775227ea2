/**
 * Questions about what is remembered, for tests and tools; strategies read the snapshot alone. Answers come by the nodes' numbers,
 * never by strength, and every time is the asker's. Source: spec, "M5 access".
 */
export interface ObservationQueries {
  /** What and where a node is; of an archived one only its state is left. Undefined for one that is not known (any more). */
  identity(nodeId: string): NodeIdentity | undefined
  /** How often and how densely a node was touched; undefined for one that is archived or not known. */
  localContext(nodeId: string): NodeContext | undefined
  /** When a node was touched, up to and with `endMs`, the earliest first; of more than `max` the last. */
  temporalSequence(nodeId: string, span: SequenceSpan): readonly number[]
  /** Nodes of a symbol whose centre lies from `minPrice` to `maxPrice`, both included. */
  spatialGroup(symbol: string, range: PriceRange): readonly NodeIdentity[]
  /** How many nodes are in each state, of a symbol or of all. */
  stateDistribution(symbol?: string): StateDistribution
  /** Nodes of a symbol whose centre is at most `radius` from a price. */
  proximity(symbol: string, around: PriceSurroundings): readonly NodeDistance[]
  /** Nodes of a symbol that are not archived, with their strength at a time. */
  nodes(symbol: string, atMs: number): readonly NodeFacts[]
}

export interface PriceRange {
  /** Quote currency per base unit. */
  readonly minPrice: number
  /** Quote currency per base unit. */
  readonly maxPrice: number
}

export interface PriceSurroundings {
  /** Quote currency per base unit. */
  readonly price: number
  /** Quote currency per base unit. */
  readonly radius: number
}

export type NodeState = 'ACTIVE' | 'DORMANT' | 'ARCHIVED'

export interface NodeIdentity {
  readonly id: string
  readonly symbol: string
  readonly state: NodeState
  /** Quote currency per base unit. */
  readonly priceCenter?: number
  /** Full width. */
  readonly priceBand?: number
  readonly firstSeenMs?: number
  readonly lastInteractionMs?: number
}

export interface NodeContext {
  readonly id: string
  readonly interactionCount: number
  /** From the first interaction to the last. */
  readonly spanMs: number
  /** Absent where the span is nothing. */
  readonly interactionsPerHour?: number
  readonly totalVolumeUsd: number
  readonly buyVolumeUsd: number
  readonly sellVolumeUsd: number
  readonly liquidationCount: number
  /** How many were of long positions. */
  readonly longLiquidations: number
  /** How many were of short positions. */
  readonly shortLiquidations: number
  /** Base units, as of `restingUpdatedMs`; absent until a best price was within the band. */
  readonly restingBidSize?: number
  /** Base units. */
  readonly restingAskSize?: number
  readonly restingUpdatedMs?: number
}

export interface SequenceSpan {
  readonly endMs: number
  /** Without it, as far back as times are kept. */
  readonly lookbackSec?: number
  /** At most so many. */
  readonly max?: number
}

export type StateDistribution = Readonly<Record<NodeState, number>>

export interface NodeDistance extends NodeIdentity {
  /** Of its centre, quote currency. */
  readonly distance: number
}

export interface NodeFacts {
  readonly id: string
  readonly state: 'ACTIVE' | 'DORMANT'
  /** Quote currency per base unit. */
  readonly priceCenter: number
  /** 0 … 1. */
  readonly strength: number
  readonly interactionCount: number
  /** When it was ACTIVE, the open interval last. */
  readonly presenceMs: readonly (readonly [fromMs: number, toMs: number])[]
}
