import { assert } from '../../base/assert.js'
import type { GridStreamRead } from '../../ports/grid.js'
import type { StreamEntry } from './grid-record.js'

/**
 * A stream as all clients share it: entry n lies at n modulo the capacity, over the one that it replaces. Where entries are long the
 * oldest go before that, so that their texts together are within a limit; the newest entry is always there.
 */
export class StoredStream {
  private readonly values: string[] = []
  private oldest = 0
  private newest = -1
  /** Of all entries that are kept. */
  private characters = 0
  private readonly waiting = new Set<() => void>()

  constructor(
    private readonly kept: KeptOfStream,
    private readonly changed: () => void,
  ) {
    assert(Number.isSafeInteger(kept.entriesMax) && kept.entriesMax > 0, 'a stream keeps one entry at least')
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
      entries.push({ sequence, value: this.values[sequence % this.kept.entriesMax]! })
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
      yield { sequence, value: this.values[sequence % this.kept.entriesMax]! }
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
    const { entriesMax, charactersMax } = this.kept
    this.newest++
    if (this.newest - this.oldest === entriesMax) this.dropOldest()
    this.values[this.newest % entriesMax] = value
    this.characters += value.length
    while (this.characters > charactersMax && this.oldest < this.newest) this.dropOldest()
  }

  private dropOldest(): void {
    const at = this.oldest % this.kept.entriesMax
    this.characters -= this.values[at]!.length
    this.values[at] = ''
    this.oldest++
  }
}

export interface KeptOfStream {
  readonly entriesMax: number
  readonly charactersMax: number
}
