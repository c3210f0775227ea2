import { epochDay } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import { alterAfter, type Future, streamOf, truncateAfter } from './other-future.js'

/**
 * A day behind a veil that is lifted row by row: the rows that a run may see are the day's own, those after them are another
 * future. All of that future is made at once and uncovered in place, so that a cut costs the rows since the last one.
 */
export class VeiledDay {
  private readonly veiled: DayColumns | undefined
  private next = 0

  /** `seed` makes the other future; unsigned 32-bit. */
  constructor(
    private readonly day: DayColumns,
    future: Future,
    seed: number,
  ) {
    this.veiled = future === 'absent' ? undefined : alterAfter(day, -1, future, streamOf({ seed }, epochDay(day.date)))
  }

  /** The day's own rows through `row`, which never goes back, and the other future after it. Arrays are those of the call before. */
  through(row: number): DayColumns {
    const { day, veiled, next } = this
    if (veiled === undefined) return truncateAfter(day, row)
    const from = next
    const to = row + 1
    this.next = Math.max(next, to)
    if (to <= from) return veiled
    uncover(veiled.velDiv, day.velDiv, from, to)
    for (const [name, values] of Object.entries(veiled.eigen)) {
      uncover(values, day.eigen[name as keyof typeof day.eigen]!, from, to)
    }
    for (const [i, values] of veiled.prices.entries()) uncover(values, day.prices[i]!, from, to)
    return veiled
  }
}

function uncover(veiled: Float64Array, own: Float64Array, from: number, to: number): void {
  for (let row = from; row < to; row++) veiled[row] = own[row]!
}
