/** Places of nodes, by the nodes' numbers. */
export class SlotList {
  count = 0
  private readonly slots: Uint8Array

  constructor(
    capacity: number,
    private readonly numberOf: Float64Array,
  ) {
    this.slots = new Uint8Array(capacity)
  }

  at(i: number): number {
    return this.slots[i]!
  }

  listed(): readonly number[] {
    return Array.from(this.slots.subarray(0, this.count))
  }

  add(slot: number): void {
    const { slots, numberOf } = this
    let at = this.count++
    for (; at > 0 && numberOf[slots[at - 1]!]! > numberOf[slot]!; at--) slots[at] = slots[at - 1]!
    slots[at] = slot
  }

  remove(slot: number): void {
    const at = this.slots.subarray(0, this.count).indexOf(slot)
    this.slots.copyWithin(at, at + 1, this.count--)
  }
}
