/**
 * What takers bought and sold within the last 30 s. Trades of one millisecond are one entry; sums are made anew, in the order of time,
 * when they are asked for, so that nothing adds up over days.
 */
export class TakerFlow {
  /** Entries of the window that made room for later ones. */
  dropped = 0
  private tsMs = new Float64Array(ENTRIES_AT_FIRST)
  /** Base units bought, base units sold, quote currency bought, quote currency sold: four numbers an entry. */
  private sums = new Float64Array(ENTRIES_AT_FIRST * SUMS)
  /** Entries are at `first … first + count − 1`, around the end; room is a power of two. */
  private first = 0
  private count = 0

  /** In any order; what is older than the window counts nowhere. */
  trade({ tsMs, price, baseQty, isBuy }: TakerTrade): void {
    const newestMs = this.count === 0 ? tsMs : Math.max(tsMs, this.tsMs[this.at(this.count - 1)]!)
    this.expire(newestMs - WINDOW_MS)
    if (tsMs <= newestMs - WINDOW_MS) return
    const place = this.placeOf(tsMs)
    const at = place * SUMS + (isBuy ? 0 : 1)
    this.sums[at] = this.sums[at]! + baseQty
    this.sums[at + 2] = this.sums[at + 2]! + price * baseQty
  }

  /** |buy − sell| / (buy + sell) of base units in the 30 s up to a time, UTC ms, the start not counted; undefined without trades. */
  imbalanceAt(nowMs: number): number | undefined {
    const [buy, sell] = this.summed(nowMs - WINDOW_MS, nowMs, 0)
    return buy + sell === 0 ? undefined : Math.abs(buy - sell) / (buy + sell)
  }

  /** Quote currency that was bought and sold in the last `lastMs`, at most 30,000, up to a time, UTC ms. */
  usdAt({ nowMs, lastMs }: { readonly nowMs: number; readonly lastMs: number }): {
    readonly buyUsd: number
    readonly sellUsd: number
  } {
    const [buyUsd, sellUsd] = this.summed(nowMs - lastMs, nowMs, 2)
    return { buyUsd, sellUsd }
  }

  private summed(afterMs: number, untilMs: number, column: 0 | 2): readonly [buy: number, sell: number] {
    let [buy, sell] = [0, 0]
    for (let i = 0; i < this.count; i++) {
      const place = this.at(i)
      const ms = this.tsMs[place]!
      if (ms <= afterMs || ms > untilMs) continue
      buy += this.sums[place * SUMS + column]!
      sell += this.sums[place * SUMS + column + 1]!
    }
    return [buy, sell]
  }

  private expire(untilMs: number): void {
    while (this.count > 0 && this.tsMs[this.first]! <= untilMs) this.dropFirst()
  }

  /** Where the entry of this time is; made when there is none. Nearly always it is the last one. */
  private placeOf(tsMs: number): number {
    let i = this.count
    while (i > 0 && this.tsMs[this.at(i - 1)]! > tsMs) i--
    if (i > 0 && this.tsMs[this.at(i - 1)] === tsMs) return this.at(i - 1)
    if (this.count === this.tsMs.length && !this.grow()) {
      this.dropped++
      this.dropFirst()
      if (i > 0) i--
    }
    for (let j = this.count; j > i; j--) this.copy(this.at(j - 1), this.at(j))
    this.count++
    const place = this.at(i)
    this.tsMs[place] = tsMs
    this.sums.fill(0, place * SUMS, (place + 1) * SUMS)
    return place
  }

  private grow(): boolean {
    if (this.tsMs.length >= ENTRIES_MAX) return false
    const tsMs = new Float64Array(this.tsMs.length * 2)
    const sums = new Float64Array(this.sums.length * 2)
    for (let i = 0; i < this.count; i++) {
      const place = this.at(i)
      tsMs[i] = this.tsMs[place]!
      sums.set(this.sums.subarray(place * SUMS, (place + 1) * SUMS), i * SUMS)
    }
    this.tsMs = tsMs
    this.sums = sums
    this.first = 0
    return true
  }

  private dropFirst(): void {
    this.first = this.at(1)
    this.count--
  }

  private copy(from: number, to: number): void {
    this.tsMs[to] = this.tsMs[from]!
    this.sums.copyWithin(to * SUMS, from * SUMS, (from + 1) * SUMS)
  }

  private at(i: number): number {
    return (this.first + i) & (this.tsMs.length - 1)
  }
}

/** Sums of takers' trades are kept for so long. Source: spec, "Analysis: imbalance". */
const WINDOW_MS = 30_000

/** Different milliseconds with trades that are kept; of the busiest contract there are some thousands in 30 s. */
const ENTRIES_MAX = 16_384
const ENTRIES_AT_FIRST = 64

export interface TakerTrade {
  /** UTC ms. */
  readonly tsMs: number
  readonly price: number
  readonly baseQty: number
  /** Whether the taker bought. */
  readonly isBuy: boolean
}

const SUMS = 4
