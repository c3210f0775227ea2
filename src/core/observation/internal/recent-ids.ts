/**
 * The numbers of a symbol's last accepted trades. A venue numbers upwards: what is above all before is not looked for, and only a
 * number that comes out of turn costs a search.
 */
export class RecentIds {
  private readonly ids = new Float64Array(REMEMBERED)
  private count = 0
  private next = 0
  private highest = Number.NEGATIVE_INFINITY

  has(id: number): boolean {
    if (id > this.highest) return false
    for (let i = 0; i < this.count; i++) if (this.ids[i] === id) return true
    return false
  }

  add(id: number): void {
    this.ids[this.next] = id
    this.next = (this.next + 1) % REMEMBERED
    if (this.count < REMEMBERED) this.count++
    if (id > this.highest) this.highest = id
  }
}

/** So many of a symbol's trades are remembered by their numbers. */
const REMEMBERED = 512
