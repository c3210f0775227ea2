import type { NodeColumns } from './node-columns.js'
import type { SlotList } from './slot-list.js'
import type { NodeView } from './symbol-view.js'

/**
 * The ACTIVE nodes of a symbol as they are seen at a time. One view a place, shown again in the next snapshot: whoever reads them
 * keeps none. Tens of thousands of nodes are looked at in each.
 */
export class NodeViews {
  private readonly bySlot: NodeInPlace[] = []

  constructor(
    private readonly columns: NodeColumns,
    private readonly list: SlotList,
    private readonly strengthAt: (slot: number, atMs: number) => number,
  ) {}

  active(nowMs: number): readonly NodeView[] {
    const views: NodeView[] = []
    for (let i = 0; i < this.list.count; i++) {
      const slot = this.list.at(i)
      this.bySlot[slot] ??= new NodeInPlace(this.columns, slot)
      const view = this.bySlot[slot]
      view.strength = this.strengthAt(slot, nowMs)
      view.n = this.columns.n[slot]!
      view.priceCenter = this.columns.priceCenter[slot]!
      view.lastInteractionMs = this.columns.lastInteractionMs[slot]!
      view.interactionCount = this.columns.interactionCount[slot]!
      views.push(view)
    }
    return views
  }
}

/** What all nodes are asked for is there; lists are made when they are. */
class NodeInPlace implements NodeView {
  n = 0
  strength = Number.NaN
  priceCenter = Number.NaN
  lastInteractionMs = Number.NaN
  interactionCount = 0
  private readonly intervals: [fromMs: number, toMs: number][] = []

  constructor(
    private readonly columns: NodeColumns,
    private readonly slot: number,
  ) {}

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
