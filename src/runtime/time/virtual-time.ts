import { assert } from '../../base/assert.js'
import type { Timer } from '../../ports/clock.js'

interface Due {
  readonly atMs: number
  /** Of those that are due at one moment the first that was asked for comes first. */
  readonly order: number
  callback: (() => void) | undefined
}

/** Time that passes only by what happens in it: a heap of what is due, one thing after another, always in the same order. */
export class VirtualTime implements Timer {
  private readonly heap: Due[] = []
  private nowMs: number
  private asked = 0
  private happened = 0

  constructor(epochMs: number) {
    this.nowMs = epochMs
  }

  /** Callbacks so far. */
  get events(): number {
    return this.happened
  }

  epochMs(): number {
    return this.nowMs
  }

  at(epochMs: number, callback: () => void): () => void {
    const due: Due = { atMs: Math.max(epochMs, this.nowMs), order: this.asked++, callback }
    this.push(due)
    return () => {
      due.callback = undefined
    }
  }

  /** Lets everything happen that is due at `epochMs` or before, what comes of it included; then it is `epochMs`. */
  runTo(epochMs: number): void {
    assert(epochMs >= this.nowMs, 'virtual time does not go back')
    for (let due = this.heap[0]; due !== undefined && due.atMs <= epochMs; due = this.heap[0]) {
      this.pop()
      if (due.callback === undefined) continue
      this.nowMs = due.atMs
      this.happened++
      due.callback()
    }
    this.nowMs = epochMs
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

function sooner(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
