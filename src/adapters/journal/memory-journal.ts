import { listOf, number, refuse, text } from '../../base/arguments.js'
import { assert } from '../../base/assert.js'
import type { Journal, JournalListener } from '../../ports/journal.js'

/** A journal that lasts as long as the process: for sessions that nobody will continue. A line is durable a turn later. */
export class MemoryJournal implements Journal {
  /** Records. */
  readonly capacity: number
  private readonly store: string[]
  private queue: string[] = []
  private durableLines = 0
  private listener: JournalListener | undefined
  private closed = false

  /**
   * @param store what was durable before; lines are added to it.
   * @param capacity lines that may wait before the caller is to stop opening risk.
   * @throws InputMistake when they are something else.
   */
  constructor(store: string[] = [], capacity = CAPACITY_LINES) {
    refuse(listOf(text)(store, 'store'), number({ min: 1, integer: true })(capacity, 'capacity'))
    this.store = store
    this.capacity = capacity
  }

  get depth(): number {
    return this.queue.length
  }

  append(line: string): void {
    assert(!this.closed, 'nothing is appended to a closed journal')
    if (this.queue.push(line) === 1) setImmediate(() => this.flush())
  }

  listen(listener: JournalListener): void {
    this.listener = listener
    const { durableLines } = this
    if (durableLines > 0) queueMicrotask(() => listener.durable(durableLines))
  }

  async close(): Promise<void> {
    this.closed = true
    this.flush()
  }

  private flush(): void {
    if (this.queue.length === 0) return
    for (const line of this.queue) this.store.push(line)
    this.durableLines += this.queue.length
    this.queue = []
    this.listener?.durable(this.durableLines)
  }
}

const CAPACITY_LINES = 4096
