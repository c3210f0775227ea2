/** What happens at a moment of virtual time. */
export type Action = () => void

/**
 * Actions in the order of their time, and within one millisecond in the order in which they were added: the only thing
 * that decides what happens next, so a run is the same every time. A binary heap over parallel arrays.
 */
export class EventQueue {
  private readonly times: number[] = []
  private readonly orders: number[] = []
  private readonly actions: Action[] = []
  private added = 0
  private now: number
  private taken = 0

  constructor(startMs: number) {
    this.now = startMs
  }

  /** Virtual UTC ms. */
  get nowMs(): number {
    return this.now
  }

  /** Actions taken so far. */
  get count(): number {
    return this.taken
  }

  /** A time that has passed means now. */
  at(atMs: number, action: Action): void {
    const time = Math.max(atMs, this.now)
    const order = this.added++
    let hole = this.times.length
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (this.times[parent]! <= time) break
      this.move(parent, hole)
      hole = parent
    }
    this.put(hole, time, order, action)
  }

  after(delayMs: number, action: Action): void {
    this.at(this.now + delayMs, action)
  }

  /** Takes the next action; false when there is none before `untilMs`, which is then the time. */
  step(untilMs: number): boolean {
    if (this.times.length === 0 || this.times[0]! >= untilMs) {
      this.now = untilMs
      return false
    }
    const action = this.actions[0]!
    this.now = this.times[0]!
    this.taken++
    this.removeFirst()
    action()
    return true
  }

  private removeFirst(): void {
    const time = this.times.pop()!
    const order = this.orders.pop()!
    const action = this.actions.pop()!
    const length = this.times.length
    if (length === 0) return
    let hole = 0
    for (let child = 1; child < length; child = 2 * hole + 1) {
      if (child + 1 < length && this.before(child + 1, this.times[child]!, this.orders[child]!)) child++
      if (!this.before(child, time, order)) break
      this.move(child, hole)
      hole = child
    }
    this.put(hole, time, order, action)
  }

  private before(index: number, time: number, order: number): boolean {
    return this.times[index]! < time || (this.times[index]! === time && this.orders[index]! < order)
  }

  private move(from: number, to: number): void {
    this.times[to] = this.times[from]!
    this.orders[to] = this.orders[from]!
    this.actions[to] = this.actions[from]!
  }

  private put(index: number, time: number, order: number, action: Action): void {
    this.times[index] = time
    this.orders[index] = order
    this.actions[index] = action
  }
}
