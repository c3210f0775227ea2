import type { NodeBook } from './node-book.js'
import type { NodeColumns } from './node-columns.js'
import type { NodeView } from './symbol-view.js'

/**
 * The ACTIVE nodes of one symbol after another, as they are seen at a time. The same few views show those of every symbol, so
 * whoever reads them keeps none: tens of thousands of nodes are looked at in a snapshot, and what was written for one symbol is
 * then still in the processor's cache for the next.
 */
export class NodeViews {
  private readonly places: NodeInPlace[] = []

  active(book: NodeBook, nowMs: number): readonly NodeView[] {
    const { active, columns } = book
    const views: NodeView[] = []
    for (let i = 0; i < active.count; i++) {
      const slot = active.at(i)
      const view = this.places[i] ?? new NodeInPlace(columns)
      this.places[i] = view
      view.columns = columns
      view.slot = slot
      view.strength = book.strengthAt(slot, nowMs)
      view.n = columns.n[slot]!
      view.priceCenter = columns.priceCenter[slot]!
      view.lastInteractionMs = columns.lastInteractionMs[slot]!
      view.interactionCount = columns.interactionCount[slot]!
      views.push(view)
    }
    return views
  }
}

/** What all nodes are asked for is there; lists are made when they are. */
class NodeInPlace implements NodeView {
  slot = 0
  n = 0
  strength = Number.NaN
  priceCenter = Number.NaN
  lastInteractionMs = Number.NaN
  interactionCount = 0
  private readonly intervals: [fromMs: number, toMs: number][] = []

  constructor(public columns: NodeColumns) {}

  get id(): string {
    return this.columns.id[this.slot]!
  }

  get priceBand(): number {
    return this.columns.priceBand[this.slot]!
  }

  get interactionTimesMs(): ArrayLike<number> {
    return this.columns.times(this.slot)
  }

  get firstSeenMs(): number {
    return this.columns.firstSeenMs[this.slot]!
  }

  get totalVolumeUsd(): number {
    return this.columns.totalVolumeUsd[this.slot]!
  }

  get liquidationCount(): number {
    return this.columns.liquidationCount[this.slot]!
  }

  get presenceMs(): readonly (readonly [fromMs: number, toMs: number])[] {
    return this.columns.presence(this.slot, this.intervals)
  }
}
