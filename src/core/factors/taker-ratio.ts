import type { TakerRow } from '../../ports/factor-source.js'

/** Constants of the ratio. Source: spec "External factors". */
export const TAKER = Object.freeze({
  /** From row to row, ms. */
  periodMs: 300_000,
  /** Over how much of the past, ms. */
  spanMs: 86_400_000,
  /** Fewer of the 288 rows say too little of the day. */
  rowsMin: 200,
})

export type TakerReading =
  | { readonly kind: 'ratio'; readonly value: number; readonly atMs: number }
  | { readonly kind: 'refused'; readonly reason: 'empty' | 'incomplete' }

/**
 * Bought by takers to sold by them over the 24 h that end with the newest row, that row included. Rows are kept from answer to
 * answer, each period's the latest that was told; a sum goes by their order in time, not by the order in which they came.
 */
export class TakerRatio {
  private rows = new Map<number, TakerRow>()

  /** @param rows of times that may be believed, volumes finite. */
  take(rows: readonly TakerRow[]): TakerReading {
    if (rows.length === 0) return { kind: 'refused', reason: 'empty' }
    for (const row of rows) this.rows.set(row[0], row)
    const kept = [...this.rows.values()].sort(([one], [other]) => one - other)
    const atMs = kept.at(-1)![0]
    const ofDay = kept.filter(([startMs]) => startMs > atMs - TAKER.spanMs)
    this.rows = new Map(ofDay.map((row) => [row[0], row]))
    if (ofDay.length < TAKER.rowsMin) return { kind: 'refused', reason: 'incomplete' }
    let bought = 0
    let sold = 0
    for (const [, buyVolume, sellVolume] of ofDay) {
      bought += buyVolume
      sold += sellVolume
    }
    return { kind: 'ratio', value: bought / sold, atMs }
  }
}
