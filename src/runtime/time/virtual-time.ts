import { assert } from '../../base/assert.js'
import type { Clock, Timer } from '../../ports/clock.js'
import { sleepOn } from './sleep-on.js'

/** Time that passes only by what happens in it: a heap of what is due, one thing after another, always in the same order. */
export class VirtualTime implements Timer, Clock {
  private readonly heap: Due[] = []
  private passedToMs: number
  private asked = 0
  private happened = 0
  private live = 0

  constructor(epochMs: number) {
    this.passedToMs = epochMs
  }

  /** Callbacks so far. */
  get events(): number {
    return this.happened
  }

  /** Callbacks that are asked for and neither happened nor called off. */
  get waiting(): number {
    return this.live
  }

  epochMs(): number {
    return this.passedToMs
  }

  nowMs(): number {
    return this.passedToMs
  }

  at(epochMs: number, callback: () => void): () => void {
    const due: Due = { atMs: Math.max(epochMs, this.passedToMs), order: this.asked++, callback }
    this.push(due)
    this.live++
    return () => {
      if (due.callback !== undefined) this.live--
      due.callback = undefined
    }
  }

  /** Calls back `ms` from now. Answers how to call that off. */
  after(ms: number, callback: () => void): () => void {
    return this.at(this.passedToMs + ms, callback)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal)
  }

  /** When the next thing is due, UTC ms; undefined when nothing is. */
  nextDueMs(): number | undefined {
    const { heap } = this
    while (heap[0] !== undefined && heap[0].callback === undefined) this.pop()
    return heap[0]?.atMs
  }

  /** Lets the next thing happen that is due at `epochMs` or before. False when there is none; then it is `epochMs`. */
  step(epochMs: number): boolean {
    assert(epochMs >= this.passedToMs, 'virtual time does not go back')
    const dueMs = this.nextDueMs()
    if (dueMs === undefined || dueMs > epochMs) {
      this.passedToMs = epochMs
      return false
    }
    const first = this.heap[0]!
    const { callback } = first
    first.callback = undefined
    this.pop()
    this.passedToMs = dueMs
    this.happened++
    this.live--
    callback!()
    return true
  }

  /** Lets everything happen that is due at `epochMs` or before, what comes of it included; then it is `epochMs`. */
  runTo(epochMs: number): void {
    while (this.step(epochMs)) {
      // Each step is a whole event.
    }
  }

  /** It is `ms` later, and so is everything that is due: in the same order, and none of it has happened. */
  passOver(ms: number): void {
    assert(ms >= 0, 'virtual time does not go back')
    for (const due of this.heap) due.atMs += ms
    this.passedToMs += ms
  }

  private push(due: Due): void {
    const { heap } = this
    let i = heap.push(due) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!sooner(due, heap[parent]!)) break
      heap[i] = heap[parent]!
      i = parent
    }
    heap[i] = due
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop()!
    if (heap.length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && sooner(heap[child + 1]!, heap[child]!)) child++
      if (!sooner(heap[child]!, last)) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = last
  }
}

interface Due {
  atMs: number
  /** Of those that are due at one moment the first that was asked for comes first. */
  readonly order: number
  callback: (() => void) | undefined
}

function sooner(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
