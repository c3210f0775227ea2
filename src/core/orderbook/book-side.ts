/**
 * One side of a book: prices in ticks with their quantities in lots, integers in float64, sorted, the best price last. Most
 * changes are near the best price, and so few levels move. Position 0 … `count − 1`.
 */
export class BookSide {
  count = 0
  /** Asks are kept by the negative of their price: on both sides the best key is the greatest. */
  readonly sign: 1 | -1
  private keys = new Float64Array(ROOM_AT_FIRST)
  private quantities = new Float64Array(ROOM_AT_FIRST)

  constructor(side: 'bids' | 'asks') {
    this.sign = side === 'bids' ? 1 : -1
  }

  /** Price of the level at this distance from the best one (0: the best), in ticks. */
  ticksAt(depth: number): number {
    return this.sign * this.keys[this.count - 1 - depth]!
  }

  /** Quantity of the level at this distance from the best one (0: the best), in lots. */
  lotsAt(depth: number): number {
    return this.quantities[this.count - 1 - depth]!
  }

  /** Quantity 0 takes the level away. False when there was none to take away. */
  set(ticks: number, lots: number): boolean {
    const key = this.sign * ticks
    const at = this.firstAtLeast(key)
    const isThere = at < this.count && this.keys[at] === key
    if (lots === 0) {
      if (isThere) this.takeAway(at)
      return isThere
    }
    if (!isThere) this.makeRoom(at, key)
    this.quantities[at] = lots
    return true
  }

  clear(): void {
    this.count = 0
  }

  /** The best `levels` levels as [ticks, lots], the best first. */
  best(levels: number): [ticks: number, lots: number][] {
    return Array.from({ length: Math.min(levels, this.count) }, (_, depth) => [this.ticksAt(depth), this.lotsAt(depth)])
  }

  /** Σ ticks × lots over the levels that are at least as good as this price, in ticks. */
  valueWithin(ticks: number): number {
    const { keys, quantities, count } = this
    // Four sums, because one would wait for each addition: 0.7 instead of 2.1 µs for 2,000 levels.
    let [one, two, three, four] = [0, 0, 0, 0]
    let at = this.firstAtLeast(this.sign * ticks)
    for (const last = count - 3; at < last; at += 4) {
      one += keys[at]! * quantities[at]!
      two += keys[at + 1]! * quantities[at + 1]!
      three += keys[at + 2]! * quantities[at + 2]!
      four += keys[at + 3]! * quantities[at + 3]!
    }
    for (; at < count; at++) one += keys[at]! * quantities[at]!
    return this.sign * (one + two + (three + four))
  }

  /** The first position whose key is not less; `count` when all are. */
  private firstAtLeast(key: number): number {
    const keys = this.keys
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (keys[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }

  private takeAway(at: number): void {
    const { keys, quantities } = this
    const count = --this.count
    if (count - at > SHORT_MOVE) {
      keys.copyWithin(at, at + 1, count + 1)
      quantities.copyWithin(at, at + 1, count + 1)
      return
    }
    for (let i = at; i < count; i++) {
      keys[i] = keys[i + 1]!
      quantities[i] = quantities[i + 1]!
    }
  }

  private makeRoom(at: number, key: number): void {
    if (this.count === this.keys.length) this.grow()
    const { keys, quantities } = this
    const count = this.count++
    if (count - at > SHORT_MOVE) {
      keys.copyWithin(at + 1, at, count)
      quantities.copyWithin(at + 1, at, count)
    } else {
      for (let i = count; i > at; i--) {
        keys[i] = keys[i - 1]!
        quantities[i] = quantities[i - 1]!
      }
    }
    keys[at] = key
  }

  private grow(): void {
    const keys = new Float64Array(this.keys.length * 2)
    const quantities = new Float64Array(this.keys.length * 2)
    keys.set(this.keys)
    quantities.set(this.quantities)
    this.keys = keys
    this.quantities = quantities
  }
}

/** Levels a side has room for at first; it grows by doubling, so a book that has settled allocates nothing. */
const ROOM_AT_FIRST = 32

/** Moves of fewer levels are copied in a loop: the call of `copyWithin` alone costs as much as about forty of them. */
const SHORT_MOVE = 48
