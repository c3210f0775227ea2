import { assertNode } from './failures.js'
import { ACTIVE_MAX, DORMANT_MAX, NodeColumns } from './node-columns.js'
import { decayedStrength, revivedStrength, timeBelowStrengthMs } from './node-strength.js'
import { SlotList } from './slot-list.js'

/**
 * A symbol's nodes: places where liquidations happened, how much happened there since, and how long ago. Liquidations make and
 * revive them, trades and depth only update them; time makes them DORMANT, then ARCHIVED.
 */
export class NodeBook {
  readonly columns = new NodeColumns()
  readonly active = new SlotList(ACTIVE_MAX + 1, this.columns.n)
  readonly dormant = new SlotList(DORMANT_MAX + 1, this.columns.n)
  /** Ids of the last that were archived, the oldest first. */
  readonly archived: string[] = []
  archivedCount = 0
  /** Nodes that had to make room for others. */
  displaced = 0
  /** No lifecycle boundary before this time changes anything. */
  dueMs = Number.POSITIVE_INFINITY
  private lastNumber = 0

  constructor(private readonly symbol: string) {}

  liquidation(touch: Touch): void {
    const { columns } = this
    const slot = this.touched(touch)
    columns.liquidationCount[slot]!++
    // A forced order that buys closes a short position.
    if (touch.isBuy) columns.shortLiquidations[slot]!++
    else columns.longLiquidations[slot]!++
    columns.totalVolumeUsd[slot]! += touch.quoteUsd
    this.interact(slot, touch.tsMs)
    this.makeRoom(touch.tsMs, slot)
  }

  /** Every ACTIVE node whose band holds the price. */
  trade(touch: Touch): void {
    const { columns, active } = this
    const { priceCenter, priceBand } = columns
    for (let i = 0; i < active.count; i++) {
      const slot = active.at(i)
      if (Math.abs(touch.price - priceCenter[slot]!) > priceBand[slot]! / 2) continue
      this.strengthen(slot, touch.tsMs, Math.min(TRADE_STRENGTH_MAX, touch.quoteUsd / TRADE_USD))
      columns.totalVolumeUsd[slot]! += touch.quoteUsd
      if (touch.isBuy) columns.buyVolumeUsd[slot]! += touch.quoteUsd
      else columns.sellVolumeUsd[slot]! += touch.quoteUsd
      this.interact(slot, touch.tsMs)
    }
  }

  /** Resting sizes of ACTIVE nodes whose band holds the best price of the side; it is no interaction. */
  depth(tsMs: number, side: 'bid' | 'ask', bestPrice: number, size: number): void {
    const { columns, active } = this
    const sizes = side === 'bid' ? columns.restingBidSize : columns.restingAskSize
    for (let i = 0; i < active.count; i++) {
      const slot = active.at(i)
      if (!(Math.abs(bestPrice - columns.priceCenter[slot]!) <= columns.priceBand[slot]! / 2)) continue
      sizes[slot] = size
      columns.restingUpdatedMs[slot] = tsMs
    }
  }

  /** What time does, at a lifecycle boundary: one step a node. */
  lifecycle(atMs: number): void {
    const { columns, active, dormant } = this
    for (let i = dormant.count - 1; i >= 0; i--) {
      const slot = dormant.at(i)
      const isOld = atMs - columns.lastInteractionMs[slot]! > DORMANT.idleMsMax
      if (isOld || this.strengthAt(slot, atMs) < DORMANT.strengthMin) this.archive(slot)
    }
    for (let i = active.count - 1; i >= 0; i--) {
      const slot = active.at(i)
      const isOld = atMs - columns.lastInteractionMs[slot]! > ACTIVE.idleMsMax
      if (isOld || this.strengthAt(slot, atMs) < ACTIVE.strengthMin) this.sendToSleep(slot, atMs)
    }
    this.makeRoom(atMs, undefined)
    this.dueMs = Number.POSITIVE_INFINITY
    for (let i = 0; i < active.count; i++) this.expect(active.at(i), ACTIVE)
    for (let i = 0; i < dormant.count; i++) this.expect(dormant.at(i), DORMANT)
  }

  isActive(slot: number): boolean {
    return !Number.isNaN(this.columns.activatedMs[slot]!)
  }

  strengthAt(slot: number, atMs: number): number {
    const { strength, strengthMs } = this.columns
    const decayPerSec = this.isActive(slot) ? ACTIVE.decayPerSec : DORMANT.decayPerSec
    return decayedStrength(strength[slot]!, { decayPerSec, elapsedMs: atMs - strengthMs[slot]! })
  }

  /** The ACTIVE node that a liquidation goes to: one that was, one that it revives, or a new one. */
  private touched({ tsMs, price, quoteUsd }: Touch): number {
    const known = this.nearest(this.active, price)
    if (known !== undefined) {
      this.strengthen(known, tsMs, LIQUIDATION_STRENGTH)
      return known
    }
    const asleep = this.nearest(this.dormant, price)
    if (asleep !== undefined) this.revive(asleep, tsMs, quoteUsd)
    const slot = asleep ?? this.create(price, tsMs)
    this.active.add(slot)
    this.expect(slot, ACTIVE)
    return slot
  }

  private nearest(list: SlotList, price: number): number | undefined {
    const { priceCenter, priceBand } = this.columns
    let nearest: number | undefined
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < list.count; i++) {
      const slot = list.at(i)
      const distance = Math.abs(price - priceCenter[slot]!)
      if (distance > priceBand[slot]! / 2 || distance >= least) continue
      nearest = slot
      least = distance
    }
    return nearest
  }

  private create(price: number, tsMs: number): number {
    const n = ++this.lastNumber
    const priceBand = BAND_FRAC * price
    assertNode(priceBand > 0, 'the band of a node has a width')
    return this.columns.create({
      ...{ n, id: `${this.symbol}#${n}`, priceCenter: price, priceBand },
      ...{ strength: FIRST_STRENGTH, tsMs },
    })
  }

  private revive(slot: number, tsMs: number, quoteUsd: number): void {
    const { columns } = this
    this.dormant.remove(slot)
    columns.activatedMs[slot] = tsMs
    const interactionCount = columns.interactionCount[slot]!
    const totalVolumeUsd = columns.totalVolumeUsd[slot]!
    this.setStrength(slot, tsMs, revivedStrength({ interactionCount, totalVolumeUsd, quoteUsd }))
  }

  private strengthen(slot: number, tsMs: number, by: number): void {
    this.setStrength(slot, tsMs, Math.min(1, this.strengthAt(slot, tsMs) + by))
  }

  /** An event that is late does not take strength back to its own time. */
  private setStrength(slot: number, tsMs: number, strength: number): void {
    const { columns } = this
    assertNode(strength >= 0 && strength <= 1, 'the strength of a node is from 0 to 1')
    columns.strength[slot] = strength
    columns.strengthMs[slot] = Math.max(tsMs, columns.strengthMs[slot]!)
  }

  private interact(slot: number, tsMs: number): void {
    const { columns } = this
    columns.interactionCount[slot]!++
    columns.lastInteractionMs[slot] = Math.max(tsMs, columns.lastInteractionMs[slot]!)
    columns.addTime(slot, tsMs)
  }

  private sendToSleep(slot: number, atMs: number): void {
    const { columns } = this
    this.setStrength(slot, atMs, this.strengthAt(slot, atMs))
    columns.closePresence(slot)
    columns.clearTimes(slot)
    this.active.remove(slot)
    this.dormant.add(slot)
    this.expect(slot, DORMANT)
    if (this.dormant.count <= DORMANT_MAX) return
    this.archive(this.idleLongest(this.dormant, undefined))
    this.displaced++
  }

  private archive(slot: number): void {
    this.dormant.remove(slot)
    this.archived.push(this.columns.id[slot]!)
    if (this.archived.length > ARCHIVED_KEPT) this.archived.shift()
    this.archivedCount++
    this.columns.remove(slot)
  }

  private makeRoom(atMs: number, touched: number | undefined): void {
    if (this.active.count > ACTIVE_MAX) {
      this.sendToSleep(this.idleLongest(this.active, touched), atMs)
      this.displaced++
    }
    assertNode(this.active.count <= ACTIVE_MAX, 'no more nodes are ACTIVE than may be')
    assertNode(this.dormant.count <= DORMANT_MAX, 'no more nodes are DORMANT than may be')
  }

  private idleLongest(list: SlotList, except: number | undefined): number {
    const { lastInteractionMs } = this.columns
    let longest: number | undefined
    for (let i = 0; i < list.count; i++) {
      const slot = list.at(i)
      if (slot === except) continue
      if (longest === undefined || lastInteractionMs[slot]! < lastInteractionMs[longest]!) longest = slot
    }
    assertNode(longest !== undefined, 'where there is no room there is a node to make it')
    return longest
  }

  /** Boundaries are passed over until one can matter. What touches a node only makes it later. */
  private expect(slot: number, { decayPerSec, strengthMin, idleMsMax }: typeof ACTIVE): void {
    const { lastInteractionMs, strength, strengthMs } = this.columns
    const weakMs = timeBelowStrengthMs(strength[slot]!, { decayPerSec, strengthMin })
    this.dueMs = Math.min(this.dueMs, lastInteractionMs[slot]! + idleMsMax, strengthMs[slot]! + weakMs)
  }
}

/** What touches nodes: a trade or a liquidation. */
export interface Touch {
  readonly tsMs: number
  readonly price: number
  readonly quoteUsd: number
  readonly isBuy: boolean
}

/** Bounds, decay and steps of nodes. Source: spec, "M2 memory". */
const BAND_FRAC = 0.001
const FIRST_STRENGTH = 0.5
const LIQUIDATION_STRENGTH = 0.15
const TRADE_STRENGTH_MAX = 0.1
const TRADE_USD = 10_000
const ACTIVE = { decayPerSec: 1e-4, strengthMin: 0.15, idleMsMax: 3_600_000 }
const DORMANT = { decayPerSec: 1e-5, strengthMin: 0.01, idleMsMax: 86_400_000 }
const ARCHIVED_KEPT = 32
