/** So many of each state a symbol. */
export const ACTIVE_MAX = 64
export const DORMANT_MAX = 64
/** One more than the bounds: a node is there before another one makes room for it. */
const SLOTS = ACTIVE_MAX + DORMANT_MAX + 1

const TIMES_MAX = 50
const CLOSED_MAX = 8

/** The nodes of a symbol, a column a figure: a trade looks at all centres, and creates nothing. */
export class NodeColumns {
  readonly n = new Float64Array(SLOTS)
  readonly priceCenter = new Float64Array(SLOTS)
  /** Full width. */
  readonly priceBand = new Float64Array(SLOTS)
  readonly firstSeenMs = new Float64Array(SLOTS)
  readonly lastInteractionMs = new Float64Array(SLOTS)
  /** When the open presence interval began; NaN while DORMANT. */
  readonly activatedMs = new Float64Array(SLOTS)
  /** As of `strengthMs`; it decays from there. */
  readonly strength = new Float64Array(SLOTS)
  readonly strengthMs = new Float64Array(SLOTS)
  readonly interactionCount = new Float64Array(SLOTS)
  readonly totalVolumeUsd = new Float64Array(SLOTS)
  readonly buyVolumeUsd = new Float64Array(SLOTS)
  readonly sellVolumeUsd = new Float64Array(SLOTS)
  readonly liquidationCount = new Float64Array(SLOTS)
  readonly longLiquidations = new Float64Array(SLOTS)
  readonly shortLiquidations = new Float64Array(SLOTS)
  /** NaN until a best price was within the band. */
  readonly restingBidSize = new Float64Array(SLOTS)
  readonly restingAskSize = new Float64Array(SLOTS)
  readonly restingUpdatedMs = new Float64Array(SLOTS)
  readonly id: string[] = Array.from({ length: SLOTS }, () => '')
  private readonly timesCount = new Uint8Array(SLOTS)
  private readonly timesMs = new Float64Array(SLOTS * TIMES_MAX)
  private readonly closedCount = new Uint8Array(SLOTS)
  /** From, to; the oldest first. */
  private readonly closedMs = new Float64Array(SLOTS * CLOSED_MAX * 2)
  private readonly free = Array.from({ length: SLOTS }, (_, i) => SLOTS - 1 - i)

  /** A place for a node of which nothing is known but where it is and since when. */
  create({ n, id, priceCenter, priceBand, strength, tsMs }: NewNode): number {
    const slot = this.free.pop()!
    this.n[slot] = n
    this.id[slot] = id
    this.priceCenter[slot] = priceCenter
    this.priceBand[slot] = priceBand
    this.strength[slot] = strength
    for (const column of [this.firstSeenMs, this.lastInteractionMs, this.activatedMs, this.strengthMs])
      column[slot] = tsMs
    for (const column of [this.interactionCount, this.totalVolumeUsd, this.buyVolumeUsd, this.sellVolumeUsd])
      column[slot] = 0
    for (const column of [this.liquidationCount, this.longLiquidations, this.shortLiquidations]) column[slot] = 0
    for (const column of [this.restingBidSize, this.restingAskSize, this.restingUpdatedMs]) column[slot] = Number.NaN
    this.timesCount[slot] = 0
    this.closedCount[slot] = 0
    return slot
  }

  remove(slot: number): void {
    this.free.push(slot)
  }

  /** Times stay sorted, the oldest leaves: one that is late is put where it belongs, or nowhere. */
  addTime(slot: number, tsMs: number): void {
    const start = slot * TIMES_MAX
    let count = this.timesCount[slot]!
    if (count === TIMES_MAX) {
      if (tsMs < this.timesMs[start]!) return
      this.timesMs.copyWithin(start, start + 1, start + TIMES_MAX)
      count--
    }
    let at = start + count
    for (; at > start && this.timesMs[at - 1]! > tsMs; at--) this.timesMs[at] = this.timesMs[at - 1]!
    this.timesMs[at] = tsMs
    this.timesCount[slot] = count + 1
  }

  clearTimes(slot: number): void {
    this.timesCount[slot] = 0
  }

  /** The earliest first, in place: they change with the next event. */
  times(slot: number): Float64Array {
    const start = slot * TIMES_MAX
    return this.timesMs.subarray(start, start + this.timesCount[slot]!)
  }

  /** The open interval ends with the last interaction. */
  closePresence(slot: number): void {
    const start = slot * CLOSED_MAX * 2
    if (this.closedCount[slot] === CLOSED_MAX) {
      this.closedMs.copyWithin(start, start + 2, start + CLOSED_MAX * 2)
      this.closedCount[slot]!--
    }
    const at = start + 2 * this.closedCount[slot]!++
    this.closedMs[at] = this.activatedMs[slot]!
    this.closedMs[at + 1] = this.lastInteractionMs[slot]!
    this.activatedMs[slot] = Number.NaN
  }

  /** Intervals in which the node was ACTIVE, the open one last, into a list that is the caller's, and into those that it has. */
  presence(slot: number, into: [fromMs: number, toMs: number][]): [fromMs: number, toMs: number][] {
    const start = slot * CLOSED_MAX * 2
    const closed = this.closedCount[slot]!
    const isOpen = !Number.isNaN(this.activatedMs[slot]!)
    const count = closed + (isOpen ? 1 : 0)
    // Setting a length costs more than all the rest, even where it stays what it is.
    if (into.length > count) into.length = count
    for (let i = 0; i < closed; i++)
      intervalAt(into, i, this.closedMs[start + 2 * i]!, this.closedMs[start + 2 * i + 1]!)
    if (isOpen) intervalAt(into, closed, this.activatedMs[slot]!, this.lastInteractionMs[slot]!)
    return into
  }
}

function intervalAt(into: [number, number][], i: number, fromMs: number, toMs: number): void {
  const interval = into[i]
  if (interval === undefined) {
    into.push([fromMs, toMs])
  } else {
    interval[0] = fromMs
    interval[1] = toMs
  }
}

interface NewNode {
  readonly n: number
  readonly id: string
  readonly priceCenter: number
  readonly priceBand: number
  readonly strength: number
  readonly tsMs: number
}
