import type { TradeColumns } from './symbol-view.js'

/**
 * The last trades, or liquidations, of a symbol, by time. What comes late is put where it belongs; what is full loses its oldest.
 * The columns are half as long again as what they hold, so that they are moved together once in many additions.
 */
export class TradeBuffer implements TradeColumns {
  from = 0
  to = 0
  readonly tsMs: Float64Array
  readonly price: Float64Array
  readonly baseQty: Float64Array
  readonly isBuy: Uint8Array

  constructor(private readonly limit: number) {
    const capacity = limit + (limit >> 1)
    this.tsMs = new Float64Array(capacity)
    this.price = new Float64Array(capacity)
    this.baseQty = new Float64Array(capacity)
    this.isBuy = new Uint8Array(capacity)
  }

  get count(): number {
    return this.to - this.from
  }

  /** Of trades of one time the later added is the later. Answers how many left for it: itself, when all others are later. */
  add(tsMs: number, price: number, baseQty: number, isBuy: number): 0 | 1 {
    const full = this.count === this.limit
    if (full && tsMs < this.tsMs[this.from]!) return 1
    if (full) this.from++
    if (this.to === this.tsMs.length) this.moveToStart()
    let at = this.to++
    for (; at > this.from && this.tsMs[at - 1]! > tsMs; at--) this.copy(at - 1, at)
    this.tsMs[at] = tsMs
    this.price[at] = price
    this.baseQty[at] = baseQty
    this.isBuy[at] = isBuy
    return full ? 1 : 0
  }

  /** What is of this time or older leaves; answers how many did. */
  expire(untilMs: number): number {
    const before = this.from
    while (this.from < this.to && this.tsMs[this.from]! <= untilMs) this.from++
    return this.from - before
  }

  private copy(from: number, to: number): void {
    this.tsMs[to] = this.tsMs[from]!
    this.price[to] = this.price[from]!
    this.baseQty[to] = this.baseQty[from]!
    this.isBuy[to] = this.isBuy[from]!
  }

  private moveToStart(): void {
    const { from, to } = this
    this.tsMs.copyWithin(0, from, to)
    this.price.copyWithin(0, from, to)
    this.baseQty.copyWithin(0, from, to)
    this.isBuy.copyWithin(0, from, to)
    this.from = 0
    this.to = to - from
  }
}
