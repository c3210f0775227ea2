import type { DayColumns } from '../../ports/days.js'

/** Which bar a day's columns are at, and when that is; without columns, the time that was told last. */
export class BarTimes {
  columns: DayColumns | undefined
  /** Of the next bar; of the current one while it is run. */
  row = 0
  /** Of the last bar while no columns are attached; null where nobody said. */
  timeMs: number | null = null

  attach(columns: DayColumns, row: number): void {
    this.columns = columns
    this.row = row
  }

  detach(): void {
    this.timeMs = this.lastMs()
    this.columns = undefined
  }

  /** Of the current bar, or of the last one between days. */
  currentMs(): number | null {
    const timestamps = this.columns?.timestampNs
    if (timestamps !== undefined && this.row < timestamps.length) return Number(timestamps[this.row]! / 1_000_000n)
    return this.timeMs
  }

  /** Of the last bar that was run. */
  lastMs(): number | null {
    if (this.columns === undefined || this.row === 0) return this.timeMs
    const timestamp = this.columns.timestampNs?.[this.row - 1]
    return timestamp === undefined ? null : Number(timestamp / 1_000_000n)
  }
}
