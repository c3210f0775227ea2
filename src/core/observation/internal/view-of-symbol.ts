import type { NodeBook } from './node-book.js'
import type { ObservedSymbol } from './observed-symbol.js'
import type { NodeView, SymbolView } from './symbol-view.js'

const OBSERVED_WITHIN_MS = 60_000

/** What is known of a symbol now, read where it is kept; `expected` kinds by their numbers. */
export function viewOfSymbol(of: ObservedSymbol, nowMs: number, expected: readonly number[]): SymbolView {
  return {
    symbol: of.symbol,
    nowMs,
    trades: of.trades,
    liquidations: of.liquidations,
    depth: of.depth.latestTop(),
    depthBefore: of.depth.topBefore(),
    markPrice: Number.isNaN(of.markPrice) ? undefined : of.markPrice,
    nodes: of.nodes === undefined ? [] : activeNodes(of.nodes, nowMs),
    positions: of.positions.views(),
    expectedKinds: expected.length,
    observedKinds: expected.filter((kind) => of.lastMs[kind]! > nowMs - OBSERVED_WITHIN_MS).length,
  }
}

function activeNodes(book: NodeBook, nowMs: number): readonly NodeView[] {
  return Array.from({ length: book.active.count }, (_, i) => new NodeInPlace(book, book.active.at(i), nowMs))
}

/** Lists are made when they are asked for: most primitives look at few nodes' times. */
class NodeInPlace implements NodeView {
  readonly strength: number

  constructor(
    private readonly book: NodeBook,
    private readonly slot: number,
    nowMs: number,
  ) {
    this.strength = book.strengthAt(slot, nowMs)
  }

  get n(): number {
    return this.book.columns.n[this.slot]!
  }

  get id(): string {
    return this.book.columns.id[this.slot]!
  }

  get priceCenter(): number {
    return this.book.columns.priceCenter[this.slot]!
  }

  get priceBand(): number {
    return this.book.columns.priceBand[this.slot]!
  }

  get interactionCount(): number {
    return this.book.columns.interactionCount[this.slot]!
  }

  get interactionTimesMs(): readonly number[] {
    return this.book.columns.times(this.slot)
  }

  get firstSeenMs(): number {
    return this.book.columns.firstSeenMs[this.slot]!
  }

  get lastInteractionMs(): number {
    return this.book.columns.lastInteractionMs[this.slot]!
  }

  get totalVolumeUsd(): number {
    return this.book.columns.totalVolumeUsd[this.slot]!
  }

  get liquidationCount(): number {
    return this.book.columns.liquidationCount[this.slot]!
  }

  get presenceMs(): readonly (readonly [fromMs: number, toMs: number])[] {
    return this.book.columns.presence(this.slot)
  }
}
