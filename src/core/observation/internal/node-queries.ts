import { present } from '../../../base/present.js'
import type {
  NodeContext,
  NodeDistance,
  NodeFacts,
  NodeIdentity,
  ObservationQueries,
  SequenceSpan,
  StateDistribution,
} from '../observation-queries.js'
import type { NodeBook } from './node-book.js'
import type { ObservedSymbol } from './observed-symbol.js'

/** Answers from the nodes of all symbols, each answer made for the asker. */
export class NodeQueries implements ObservationQueries {
  private readonly bySymbol: ReadonlyMap<string, ObservedSymbol>

  constructor(symbols: readonly ObservedSymbol[]) {
    this.bySymbol = new Map(symbols.map((of) => [of.symbol, of]))
  }

  identity(nodeId: string): NodeIdentity | undefined {
    const symbol = symbolOf(nodeId)
    const book = this.book(symbol)
    const slot = slotOf(book, nodeId)
    if (book !== undefined && slot !== undefined) return identityOf(symbol, book, slot)
    return book?.archived.includes(nodeId) ? { id: nodeId, symbol, state: 'ARCHIVED' } : undefined
  }

  localContext(nodeId: string): NodeContext | undefined {
    const book = this.book(symbolOf(nodeId))
    const slot = slotOf(book, nodeId)
    return book === undefined || slot === undefined ? undefined : contextOf(book, slot)
  }

  temporalSequence(nodeId: string, { endMs, lookbackSec, max }: SequenceSpan): readonly number[] {
    const book = this.book(symbolOf(nodeId))
    const slot = slotOf(book, nodeId)
    if (book === undefined || slot === undefined) return []
    const afterMs = lookbackSec === undefined ? Number.NEGATIVE_INFINITY : endMs - 1000 * lookbackSec
    const within = [...book.columns.times(slot)].filter((tsMs) => tsMs > afterMs && tsMs <= endMs)
    return max === undefined ? within : within.slice(Math.max(0, within.length - max))
  }

  spatialGroup(
    symbol: string,
    { minPrice, maxPrice }: { readonly minPrice: number; readonly maxPrice: number },
  ): readonly NodeIdentity[] {
    return this.identities(symbol).filter(({ priceCenter }) => priceCenter! >= minPrice && priceCenter! <= maxPrice)
  }

  stateDistribution(symbol?: string): StateDistribution {
    const symbols = symbol === undefined ? [...this.bySymbol.keys()] : [symbol]
    const books = symbols.flatMap((one) => this.book(one) ?? [])
    const sum = (count: (book: NodeBook) => number) => books.reduce((total, book) => total + count(book), 0)
    return {
      ACTIVE: sum(({ active }) => active.count),
      DORMANT: sum(({ dormant }) => dormant.count),
      ARCHIVED: sum(({ archivedCount }) => archivedCount),
    }
  }

  proximity(
    symbol: string,
    { price, radius }: { readonly price: number; readonly radius: number },
  ): readonly NodeDistance[] {
    return this.identities(symbol)
      .map((node) => ({ ...node, distance: Math.abs(node.priceCenter! - price) }))
      .filter(({ distance }) => distance <= radius)
  }

  nodes(symbol: string, atMs: number): readonly NodeFacts[] {
    const book = this.book(symbol)
    if (book === undefined) return []
    const { columns } = book
    return slotsOf(book).map((slot) => ({
      id: columns.id[slot]!,
      state: book.isActive(slot) ? 'ACTIVE' : 'DORMANT',
      priceCenter: columns.priceCenter[slot]!,
      strength: book.strengthAt(slot, atMs),
      interactionCount: columns.interactionCount[slot]!,
      presenceMs: columns.presence(slot, []),
    }))
  }

  private identities(symbol: string): readonly NodeIdentity[] {
    const book = this.book(symbol)
    return book === undefined ? [] : slotsOf(book).map((slot) => identityOf(symbol, book, slot))
  }

  private book(symbol: string): NodeBook | undefined {
    return this.bySymbol.get(symbol)?.nodes
  }
}

function symbolOf(nodeId: string): string {
  return nodeId.slice(0, Math.max(0, nodeId.lastIndexOf('#')))
}

function slotOf(book: NodeBook | undefined, nodeId: string): number | undefined {
  return book === undefined ? undefined : slotsOf(book).find((slot) => book.columns.id[slot] === nodeId)
}

/** ACTIVE and DORMANT ones, by their numbers. */
function slotsOf({ active, dormant, columns }: NodeBook): readonly number[] {
  const slots = [...active.listed(), ...dormant.listed()]
  return slots.sort((one, other) => columns.n[one]! - columns.n[other]!)
}

function identityOf(symbol: string, book: NodeBook, slot: number): NodeIdentity {
  const { columns } = book
  return {
    id: columns.id[slot]!,
    symbol,
    state: book.isActive(slot) ? 'ACTIVE' : 'DORMANT',
    priceCenter: columns.priceCenter[slot]!,
    priceBand: columns.priceBand[slot]!,
    firstSeenMs: columns.firstSeenMs[slot]!,
    lastInteractionMs: columns.lastInteractionMs[slot]!,
  }
}

function contextOf({ columns }: NodeBook, slot: number): NodeContext {
  const interactionCount = columns.interactionCount[slot]!
  const spanMs = columns.lastInteractionMs[slot]! - columns.firstSeenMs[slot]!
  return present({
    id: columns.id[slot]!,
    interactionCount,
    spanMs,
    interactionsPerHour: spanMs > 0 ? interactionCount / (spanMs / 3_600_000) : undefined,
    totalVolumeUsd: columns.totalVolumeUsd[slot]!,
    buyVolumeUsd: columns.buyVolumeUsd[slot]!,
    sellVolumeUsd: columns.sellVolumeUsd[slot]!,
    liquidationCount: columns.liquidationCount[slot]!,
    longLiquidations: columns.longLiquidations[slot]!,
    shortLiquidations: columns.shortLiquidations[slot]!,
    restingBidSize: known(columns.restingBidSize[slot]!),
    restingAskSize: known(columns.restingAskSize[slot]!),
    restingUpdatedMs: known(columns.restingUpdatedMs[slot]!),
  })
}

function known(figure: number): number | undefined {
  return Number.isNaN(figure) ? undefined : figure
}
