import type { Timer } from '../../ports/clock.js'

/** Moments at which something expires: a heap by time with one timer, since a value is replaced far more often than it expires. */
export class Expiries {
  private readonly heap: Expiry[] = []
  private armed: { readonly forMs: number; readonly callOff: () => void } | undefined
  private isGoing = false

  constructor(private readonly timer: Timer) {}

  /** Calls back `ttlMs` from now, or a little later. */
  after(ttlMs: number, expire: () => void): Expiry {
    return this.at(this.timer.epochMs() + Math.ceil(ttlMs), expire)
  }

  /** Calls back at `dueMs`, UTC ms, or a little later. */
  at(dueMs: number, expire: () => void): Expiry {
    const expiry: Expiry = { dueMs, expire, place: this.heap.length }
    this.heap.push(expiry)
    this.rise(expiry)
    if (expiry.place === 0) this.arm()
    return expiry
  }

  callOff(expiry: Expiry): void {
    const { heap } = this
    const last = heap.pop()!
    if (last === expiry) return
    this.put(last, expiry.place)
    this.rise(last)
    this.sink(last)
  }

  go(): void {
    this.isGoing = true
    this.arm()
  }

  /** Nothing expires until it goes again. */
  rest(): void {
    this.isGoing = false
    this.armed?.callOff()
    this.armed = undefined
  }

  /** A timer that is armed for an earlier moment stays: it arms the next when it has come. */
  private arm(): void {
    const first = this.heap[0]
    if (first === undefined || !this.isGoing) return
    if (this.armed !== undefined && this.armed.forMs <= first.dueMs) return
    this.armed?.callOff()
    const forMs = first.dueMs
    this.armed = { forMs, callOff: this.timer.at(forMs, () => this.expire()) }
  }

  private expire(): void {
    this.armed = undefined
    const nowMs = this.timer.epochMs()
    for (let first = this.heap[0]; first !== undefined && first.dueMs <= nowMs; first = this.heap[0]) {
      this.callOff(first)
      first.expire()
    }
    this.arm()
  }

  private rise(expiry: Expiry): void {
    while (expiry.place > 0) {
      const parent = this.heap[(expiry.place - 1) >> 1]!
      if (parent.dueMs <= expiry.dueMs) return
      this.swap(parent, expiry)
    }
  }

  private sink(expiry: Expiry): void {
    for (;;) {
      const left = this.heap[2 * expiry.place + 1]
      const right = this.heap[2 * expiry.place + 2]
      const sooner = right !== undefined && right.dueMs < left!.dueMs ? right : left
      if (sooner === undefined || sooner.dueMs >= expiry.dueMs) return
      this.swap(expiry, sooner)
    }
  }

  private swap(one: Expiry, other: Expiry): void {
    const { place } = one
    this.put(one, other.place)
    this.put(other, place)
  }

  private put(expiry: Expiry, place: number): void {
    this.heap[place] = expiry
    expiry.place = place
  }
}

export interface Expiry {
  /** UTC ms. */
  readonly dueMs: number
  readonly expire: () => void
  /** In the heap. */
  place: number
}
