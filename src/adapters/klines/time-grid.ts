import { DAY_MS } from './times.js'

/** The largest step that divides a day and on whose multiples all times seen lie, in whole microseconds. */
export class TimeGrid {
  private us = DAY_MS * 1_000
  /** The row that made the step as small as it is; the first one where none did. */
  private row: string | undefined

  /** Whether any time was seen. */
  get used(): boolean {
    return this.row !== undefined
  }

  get ms(): number {
    return this.us / 1_000
  }

  get place(): string {
    return this.row ?? ''
  }

  add(timeMs: number, place: () => string): void {
    // Fractions of a microsecond are the rounding of nanoseconds since 1970.
    this.narrow(Math.round(timeMs * 1_000), place)
  }

  /** Takes over what another grid has seen. */
  join(other: TimeGrid): void {
    if (other.used) this.narrow(other.us, () => other.place)
  }

  private narrow(us: number, place: () => string): void {
    if (us % this.us === 0 && this.row !== undefined) return
    this.row = place()
    let [larger, smaller] = [this.us, us]
    while (smaller > 0) [larger, smaller] = [smaller, larger % smaller]
    this.us = larger
  }
}
