/** What is to be done later, in the order of its time; of one moment what was planned first comes first. */
export class Agenda {
  private readonly items: Item[] = []

  nextDueMs(): number | undefined {
    return this.items[0]?.dueMs
  }

  /** @returns calls it off. */
  at(dueMs: number, run: () => void): () => void {
    const item = { dueMs, run }
    let place = this.items.length
    while (place > 0 && this.items[place - 1]!.dueMs > dueMs) place--
    this.items.splice(place, 0, item)
    return () => {
      const found = this.items.indexOf(item)
      if (found >= 0) this.items.splice(found, 1)
    }
  }

  /** What is due by then, one thing at a time. */
  takeDue(nowMs: number): Item | undefined {
    return this.items[0] !== undefined && this.items[0].dueMs <= nowMs ? this.items.shift() : undefined
  }
}

interface Item {
  readonly dueMs: number
  readonly run: () => void
}
