import { isPrice } from '../../base/price.js'
import type { SegmentProfiles } from '../selection/impulse-response.js'
import { PROFILE_ROWS, SEGMENT_PRICES } from '../selection/impulse-response.js'
import { segmentProfiles } from '../selection/simd-profiles.js'
import type { PriceHistory } from './price-history.js'

/**
 * Every asset's last 50 valid prices where the ranking kernel reads them: segment `i` is asset `i` of the universe.
 *
 * While a day is attached, its rows are copied in row order as bars ask for them, each once, and the windows slide over
 * them. An asset with a hole among the last 50 rows, or fewer rows than that, has its window written out anew from the
 * history; one with fewer than 50 prices ever begins with NaN, and no filter of the ranking lets its NaN noise through.
 */
export class RankingWindows {
  private kernel: SegmentProfiles | undefined
  private assets = 0
  private attachment = -1
  /** The day's row at the top of the profiles' prices, and the first one that is not copied yet. */
  private topRow = 0
  private nextRow = 0
  /** Per asset, a row copied after which every row has a price. */
  private lastHole = new Int32Array(0)
  /** Of no use but that the compiler must load what it is the sum of. */
  protected fetched = 0.5

  constructor(private readonly history: PriceHistory) {}

  setUniverse(assets: number): void {
    this.assets = assets
    if (assets <= this.lastHole.length) return
    this.kernel = segmentProfiles(assets)
    this.lastHole = new Int32Array(assets)
    this.attachment = -1
  }

  /** What was computed last; there is nothing to compute before an asset is known. */
  get profiles(): SegmentProfiles {
    this.kernel ??= segmentProfiles(0)
    return this.kernel
  }

  /** Computes the profiles of all assets at the history's current bar. */
  compute(relative: boolean): void {
    const { history, profiles, lastHole } = this
    const firstDayRow = history.row - SEGMENT_PRICES + 1
    const slides = firstDayRow >= 0
    const top = slides ? this.slideTo(firstDayRow) : 0
    if (!slides) this.attachment = -1
    for (let asset = 0; asset < this.assets; asset++) {
      if (!slides || lastHole[asset]! >= firstDayRow) this.writeOut(asset, top)
    }
    profiles.compute(top, this.assets, relative)
  }

  /** Copies the rows that the window needs and are not there yet; answers where its first row is. */
  private slideTo(firstDayRow: number): number {
    const { history } = this
    const end = history.row + 1
    if (this.attachment !== history.attachment || firstDayRow >= this.nextRow) {
      this.attachment = history.attachment
      this.topRow = firstDayRow
      this.nextRow = firstDayRow
      this.lastHole.fill(-1)
    } else if (end - this.topRow > PROFILE_ROWS) {
      const { prices, width } = this.profiles
      prices.copyWithin(0, (firstDayRow - this.topRow) * width, (this.nextRow - this.topRow) * width)
      this.topRow = firstDayRow
    }
    const from = this.nextRow
    this.nextRow = end
    this.fetchAhead(from, end)
    for (let asset = 0; asset < this.assets; asset++) this.copyRows(asset, from, end)
    return firstDayRow - this.topRow
  }

  /**
   * Reads one price of every cache line that the copy is about to read. Loads that nothing waits for overlap, where those of
   * the copy would wait for memory one after another (7.7 µs for 50 × 50 prices that are in no cache, 4.5 so).
   */
  private fetchAhead(from: number, end: number): void {
    let sum = 0
    for (let asset = 0; asset < this.assets; asset++) {
      const column = this.history.column(asset)
      if (column !== undefined) for (let row = from; row < end; row += CACHE_LINE_PRICES) sum += column[row]!
    }
    this.fetched = sum
  }

  private copyRows(asset: number, from: number, end: number): void {
    const { prices, width } = this.profiles
    const column = this.history.column(asset)
    if (column === undefined) {
      this.lastHole[asset] = end - 1
      return
    }
    let dense = true
    let target = (from - this.topRow) * width + asset
    let row = from
    // Five a turn: a turn of the loop costs V8 more than the copy.
    for (const last = end - 5; row <= last; row += 5, target += 5 * width) {
      const a = column[row]!
      const b = column[row + 1]!
      const c = column[row + 2]!
      const d = column[row + 3]!
      const e = column[row + 4]!
      prices[target] = a
      prices[target + width] = b
      prices[target + 2 * width] = c
      prices[target + 3 * width] = d
      prices[target + 4 * width] = e
      // One sum finds an infinite price among five; where huge prices overflow it, the window is written out for nothing.
      const finite = a + b + c + d + e < Number.POSITIVE_INFINITY
      if (!(a > 0 && b > 0 && c > 0 && d > 0 && e > 0 && finite)) dense = false
    }
    for (; row < end; row++, target += width) {
      const price = column[row]!
      prices[target] = price
      if (!isPrice(price)) dense = false
    }
    if (!dense) this.lastHole[asset] = end - 1
  }

  /** Leaves the rows after the last hole as they are in the day, so that the window can slide on from there. */
  private writeOut(asset: number, top: number): void {
    const { history, profiles } = this
    const { prices, width } = profiles
    const target = top * width + asset
    if (history.count(asset) >= SEGMENT_PRICES) history.copyLast(asset, SEGMENT_PRICES, prices, target, width)
    else prices[target] = Number.NaN
  }
}

const CACHE_LINE_PRICES = 8
