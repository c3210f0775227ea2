import type { Journal, JournalListener } from '../../src/ports/journal.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'

/** A journal of JSON lines for processes that die: each line is on the disk so long after it was appended. */
export class RecordDisk<Record> implements Journal {
  readonly capacity = Number.POSITIVE_INFINITY
  private durable: Record[] = []
  private waiting: Record[] = []
  private recovered = 0
  private listener: JournalListener | undefined
  private life = 0

  constructor(
    private readonly time: VirtualTime,
    private readonly delayMs: () => number,
  ) {}

  get depth(): number {
    return this.waiting.length
  }

  /** What is on it. */
  get records(): readonly Record[] {
    return this.durable
  }

  /** What is on it, and what is on its way. */
  get appended(): readonly Record[] {
    return [...this.durable, ...this.waiting]
  }

  /** A process opens it. */
  open(): readonly Record[] {
    this.crash()
    this.recovered = this.durable.length
    return this.durable
  }

  /** The process dies: what was on its way is lost. */
  crash(): void {
    this.life++
    this.waiting = []
    this.listener = undefined
  }

  wipe(): void {
    this.durable = []
  }

  append(line: string): void {
    this.waiting.push(JSON.parse(line) as Record)
    const { life } = this
    this.time.after(this.delayMs(), () => {
      if (this.life !== life) return
      this.durable.push(this.waiting.shift()!)
      this.listener?.durable(this.durable.length - this.recovered)
    })
  }

  listen(listener: JournalListener): void {
    this.listener = listener
  }

  async close(): Promise<void> {}
}
