import { assert } from '../../base/assert.js'
import type { GridStreamRead } from '../../ports/grid.js'
import type { StreamEntry } from './grid-record.js'

/** A stream as all clients share it: entry n lies at n modulo the capacity, over the one that it replaces. */
export class StoredStream {
  private readonly values: string[] = []
  private oldest = 0
  private newest = -1
  private readonly waiting = new Set<() => void>()

  constructor(
    private readonly capacity: number,
    private readonly changed: () => void,
  ) {
    assert(Number.isSafeInteger(capacity) && capacity > 0, 'a stream keeps one entry at least')
  }

  get bounds(): { readonly oldest: number; readonly newest: number } {
    return { oldest: this.oldest, newest: this.newest }
  }

  append(value: string): number {
    this.put(value)
    this.changed()
    for (const tell of [...this.waiting]) tell()
    return this.newest
  }

  read(from: number, max: number): GridStreamRead {
    if (from < this.oldest || from > this.newest + 1) return { kind: 'lost', ...this.bounds }
    const entries: StreamEntry[] = []
    const to = Math.min(this.newest, from + max - 1)
    for (let sequence = from; sequence <= to; sequence++) {
      entries.push({ sequence, value: this.values[sequence % this.capacity]! })
    }
    return { kind: 'entries', entries }
  }

  /** Calls back when something is appended. Answers how to stop waiting. */
  wait(tell: () => void): () => void {
    this.waiting.add(tell)
    return () => this.waiting.delete(tell)
  }

  /** The newest, so many at most. */
  *contents(max: number): Generator<StreamEntry> {
    for (let sequence = Math.max(this.oldest, this.newest - max + 1); sequence <= this.newest; sequence++) {
      yield { sequence, value: this.values[sequence % this.capacity]! }
    }
  }

  /** The next entry of a stream that was kept. */
  restore({ sequence, value }: StreamEntry): void {
    if (this.newest < this.oldest) {
      this.oldest = sequence
      this.newest = sequence - 1
    }
    assert(sequence === this.newest + 1, 'entries of a stream are restored in their order')
    this.put(value)
  }

  private put(value: string): void {
    this.newest++
    this.values[this.newest % this.capacity] = value
    if (this.newest - this.oldest === this.capacity) this.oldest++
  }
}
