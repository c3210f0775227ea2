import { assert } from '../../base/assert.js'

/**
 * One side of a book: prices in ticks with their quantities in lots, integers in float64, sorted, the best price last. Places
 * are 0 … {@link top}. A level that is taken away keeps its place with quantity 0, because prices come and go: of the recorded
 * changes nine in ten so find their place and move nothing. The best place always holds a level.
 */
export class BookSide {
  /** Levels with a quantity. */
  count = 0
  /** Asks are kept by the negative of their price: on both sides the best key is the greatest. */
  private readonly sign: 1 | -1
  private keys = new Float64Array(ROOM_AT_FIRST)
  private quantities = new Float64Array(ROOM_AT_FIRST)
  /** Places in use. */
  private filled = 0
  /** Where the last search ended: the rows of a frame are sorted, so the next one ends near it. */
  private finger = 0
  /** Σ key × quantity from `edgeAt` on, the first place whose key is at least `edge`. */
  private value = 0
  private edge = Number.POSITIVE_INFINITY
  private edgeAt = 0
  /** The value was beyond what float64 holds exactly, so what is left of it may not be exact. */
  private isRounded = false

  constructor(side: 'bids' | 'asks') {
    this.sign = side === 'bids' ? 1 : -1
  }

  /** The place of the best level; −1 when there is none. */
  get top(): number {
    return this.filled - 1
  }

  /** The place of the next worse level; −1 when there is none. */
  below(place: number): number {
    let at = place - 1
    while (at >= 0 && this.quantities[at] === 0) at--
    return at
  }

  ticksAt(place: number): number {
    return this.sign * this.keys[place]!
  }

  lotsAt(place: number): number {
    return this.quantities[place]!
  }

  /** Price of the best level, in ticks; there must be one. */
  get bestTicks(): number {
    return this.sign * this.keys[this.filled - 1]!
  }

  /** Price of the worst level, in ticks; there must be one. */
  get worstTicks(): number {
    const at = this.quantities.findIndex((lots) => lots !== 0)
    assert(at !== -1 && at < this.filled, 'a side whose worst price is asked for has a level')
    return this.ticksAt(at)
  }

  /** The best `levels` levels as [ticks, lots], the best first. */
  best(levels: number): [ticks: number, lots: number][] {
    const found: [number, number][] = []
    for (let at = this.top; at >= 0 && found.length < levels; at = this.below(at))
      found.push([this.ticksAt(at), this.lotsAt(at)])
    return found
  }

  /** Quantity 0 takes the level away. False when there was none to take away. */
  set(ticks: number, lots: number): boolean {
    const key = this.sign * ticks
    let at = this.firstAtLeast(key)
    if (at === this.filled || this.keys[at] !== key) {
      if (lots === 0) {
        this.finger = at
        return false
      }
      at = this.makePlace(at, key)
    }
    this.finger = at
    const before = this.quantities[at]!
    if (before === 0) {
      if (lots === 0) return false
      this.count++
    }
    this.quantities[at] = lots
    if (key >= this.edge) this.weigh(key * lots - key * before)
    if (lots === 0) this.taken(at)
    return true
  }

  /**
   * Only these levels from now on: ticks and lots by turns in the first `length` numbers, in any order; of one price the last
   * wins, and a quantity of 0 is none. Levels that come as they are sent, the best first, are written without a search.
   */
  replace(numbers: Float64Array, length: number): void {
    this.clear()
    const places = length / 2
    while (this.keys.length < places) this.grow()
    const { keys, quantities, sign } = this
    let worse = Number.POSITIVE_INFINITY
    for (let at = places - 1, i = 0; at >= 0; at--, i += 2) {
      const key = sign * numbers[i]!
      const lots = numbers[i + 1]!
      if (key >= worse || lots === 0) {
        for (let j = 0; j < length; j += 2) this.set(numbers[j]!, numbers[j + 1]!)
        return
      }
      keys[at] = key
      quantities[at] = lots
      worse = key
    }
    this.filled = places
    this.count = places
    this.edge = Number.POSITIVE_INFINITY
    this.edgeAt = places
  }

  clear(): void {
    this.count = 0
    this.filled = 0
    this.finger = 0
    this.value = 0
    this.edgeAt = 0
    this.isRounded = false
  }

  /**
   * Σ ticks × lots over the levels that are at least as good as this price, in ticks: exact up to 2^53. It is kept while levels
   * change, and only what lies between the price before and this one is gone through.
   */
  valueWithin(ticks: number): number {
    const edge = this.sign * ticks
    const { keys, quantities } = this
    this.edge = edge
    if (this.isRounded) this.weighAnew()
    let at = this.edgeAt
    let value = this.value
    while (at > 0 && keys[at - 1]! >= edge) {
      at--
      value += keys[at]! * quantities[at]!
    }
    while (at < this.filled && keys[at]! < edge) {
      value -= keys[at]! * quantities[at]!
      at++
    }
    this.edgeAt = at
    this.value = 0
    this.weigh(value)
    return this.sign * value
  }

  private weigh(change: number): void {
    this.value += change
    if (this.value > Number.MAX_SAFE_INTEGER || this.value < -Number.MAX_SAFE_INTEGER) this.isRounded = true
  }

  /** From nothing: what was rounded does not add up over the life of a book. */
  private weighAnew(): void {
    this.isRounded = false
    this.value = 0
    this.edgeAt = this.filled
  }

  /** A level is gone. Places without one go when they are many, and those above the best level at once. */
  private taken(at: number): void {
    this.count--
    if (at === this.filled - 1) {
      this.filled = this.below(at) + 1
      if (this.edgeAt > this.filled) this.edgeAt = this.filled
    }
    const vacant = this.filled - this.count
    if (vacant > VACANT_ANYWAY && vacant > this.count) this.closeUp()
  }

  private closeUp(): void {
    const { keys, quantities, edge } = this
    let to = 0
    let edgeAt = 0
    for (let from = 0; from < this.filled; from++) {
      if (quantities[from] === 0) continue
      keys[to] = keys[from]!
      quantities[to] = quantities[from]!
      if (keys[to]! < edge) edgeAt = to + 1
      to++
    }
    this.filled = to
    this.edgeAt = edgeAt
  }

  /** Before the place `at`, or by moving what lies between it and the nearest vacant one. Answers where the new place is. */
  private makePlace(at: number, key: number): number {
    if (key < this.edge) this.edgeAt++
    const { keys, quantities, filled } = this
    const reach = filled === this.count ? 0 : VACANT_WITHIN
    for (let away = 0; away < reach; away++) {
      const above = at + away
      if (above < filled && quantities[above] === 0) return this.useVacant(above, at, key)
      const below = at - 1 - away
      if (below >= 0 && quantities[below] === 0) return this.useVacant(below, at - 1, key)
    }
    if (filled === keys.length) this.grow()
    this.filled++
    move(this.keys, at, filled)
    move(this.quantities, at, filled)
    this.keys[at] = key
    this.quantities[at] = 0
    return at
  }

  private useVacant(vacant: number, at: number, key: number): number {
    const { keys, quantities } = this
    if (keys[vacant]! < this.edge) this.edgeAt--
    for (let i = vacant; i > at; i--) {
      keys[i] = keys[i - 1]!
      quantities[i] = quantities[i - 1]!
    }
    for (let i = vacant; i < at; i++) {
      keys[i] = keys[i + 1]!
      quantities[i] = quantities[i + 1]!
    }
    keys[at] = key
    quantities[at] = 0
    return at
  }

  private grow(): void {
    const keys = new Float64Array(this.keys.length * 2)
    const quantities = new Float64Array(this.keys.length * 2)
    keys.set(this.keys)
    quantities.set(this.quantities)
    this.keys = keys
    this.quantities = quantities
  }

  /** The first place whose key is not less; one beyond the top when all are. It doubles its steps away from the finger. */
  private firstAtLeast(key: number): number {
    const { keys, filled } = this
    let low = 0
    let high = filled
    let step = 1
    if (this.finger < filled && keys[this.finger]! < key) {
      low = this.finger + 1
      while (low + step <= filled && keys[low + step - 1]! < key) {
        low += step
        step *= 2
      }
      if (low + step <= filled) high = low + step - 1
    } else {
      high = Math.min(this.finger, filled)
      while (high - step >= 0 && keys[high - step]! >= key) {
        high -= step
        step *= 2
      }
      if (high - step >= 0) low = high - step + 1
    }
    while (low < high) {
      const middle = (low + high) >>> 1
      if (keys[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Places a side has room for at first; it doubles, so that a book which has settled allocates nothing. */
const ROOM_AT_FIRST = 32

/** Moves of fewer places are copied in a loop: the call of `copyWithin` alone costs as much as about fifty of them. */
const SHORT_MOVE = 48

/** A vacant place so near is used before all better levels are moved: 3 of 5 µs a recorded frame. */
const VACANT_WITHIN = 32

/** So many places may be vacant, whatever the number of levels. */
const VACANT_ANYWAY = 64

/** What is in `from` … `end − 1` one place up. */
function move(numbers: Float64Array, from: number, end: number): void {
  if (end - from > SHORT_MOVE) numbers.copyWithin(from + 1, from, end)
  else for (let i = end; i > from; i--) numbers[i] = numbers[i - 1]!
}
