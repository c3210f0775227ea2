/** Something on its way: when it arrives, and its place among everything sent in any lane. */
export interface Travelling<T> {
  readonly dueMs: number
  /** Of those that arrive at one moment the lowest comes first. */
  readonly order: number
  readonly item: T
}

/** One direction of a connection: things arrive in the order in which they were sent, never earlier than due. */
export class Lane<T> {
  private travelling: Travelling<T>[]
  private head = 0

  constructor(travelling: readonly Travelling<T>[] = []) {
    this.travelling = [...travelling]
  }

  /** Those that have not arrived yet. */
  get waiting(): readonly Travelling<T>[] {
    return this.travelling.slice(this.head)
  }

  get next(): Travelling<T> | undefined {
    return this.travelling[this.head]
  }

  /** `order` rises over all lanes, so that ties between them have one answer. */
  send(item: T, dueMs: number, order: number): void {
    const last = this.travelling.at(-1)
    this.travelling.push({ dueMs: last === undefined ? dueMs : Math.max(dueMs, last.dueMs), order, item })
  }

  take(): T {
    const { item } = this.travelling[this.head++]!
    if (this.head === this.travelling.length) {
      this.travelling = []
      this.head = 0
    } else if (this.head > 1_024 && this.head * 2 > this.travelling.length) {
      this.travelling = this.travelling.slice(this.head)
      this.head = 0
    }
    return item
  }

  /** What is on its way never arrives. */
  cut(): void {
    this.travelling = []
    this.head = 0
  }
}
