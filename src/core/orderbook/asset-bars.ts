import { assert } from '../../base/assert.js'
import type { Book } from './depth-book.js'
import type { Fills } from './fill-window.js'
import { FIGURES, type Figures, writeSample } from './sample.js'

/**
 * The bars of one asset: each figure's mean over the time that its samples were in force. A change counts from its own time on,
 * never before the asset's last change nor before the end of the last closed bar; one that is stamped at or after the end of
 * the open bar waits until that is closed. Times are UTC ms of the exchange's clock. Source: spec "Books and features", Time.
 */
export class AssetBars {
  private readonly stepMs: number
  private startMs: number
  /** The last change, taken or waiting. */
  private lastMs: number
  /** The sample in force since `sinceMs`, if the book is known; quotes in ticks. */
  private sinceMs: number
  private isKnown = false
  private readonly columns = new Float64Array(COLUMNS)
  private bid = 0
  private ask = 0
  /** Over the time that has passed in the open bar: Σ value · ms of each figure, and ms in which the book was known. */
  private readonly sums = new Float64Array(COLUMNS)
  private knownMs = 0
  private highestBid = Number.NEGATIVE_INFINITY
  private lowestAsk = Number.POSITIVE_INFINITY
  /** Quotes of the book in force at the last closing, which the open bar starts with; undefined when it was not known. */
  private startBid: number | undefined
  private startAsk: number | undefined
  private readonly early: EarlyChange[] = []
  private readonly read = new Float64Array(COLUMNS)

  constructor({ stepMs, startMs }: { readonly stepMs: number; readonly startMs: number }) {
    this.stepMs = stepMs
    this.startMs = startMs
    this.lastMs = startMs
    this.sinceMs = startMs
  }

  /** The book has changed: from this time on it shows what it shows now. */
  changed(book: Book, atMs: number): void {
    const timeMs = this.timeOf(atMs)
    const isEarly = timeMs >= this.startMs + this.stepMs
    if (!isEarly) this.pass(timeMs)
    const columns = isEarly ? this.read : this.columns
    const isKnown = writeSample(book, columns)
    const bid = isKnown ? book.bids.bestTicks : 0
    const ask = isKnown ? book.asks.bestTicks : 0
    if (isEarly) this.early.push({ timeMs, isKnown, columns: isKnown ? columns.slice() : columns, bid, ask })
    else this.hold(isKnown, bid, ask)
  }

  /** Nothing is known of the book from this time on. */
  unknown(atMs: number): void {
    const timeMs = this.timeOf(atMs)
    if (timeMs >= this.startMs + this.stepMs) {
      this.early.push({ timeMs, isKnown: false, columns: this.read, bid: 0, ask: 0 })
      return
    }
    this.pass(timeMs)
    this.hold(false, 0, 0)
  }

  /** Ends the open bar; undefined when the book was unknown for more than half of it. The next one starts with the book in force. */
  close(): BarValue | undefined {
    const endMs = this.startMs + this.stepMs
    this.pass(endMs)
    const value = this.knownMs * 2 >= this.stepMs ? this.value() : undefined
    this.sums.fill(0)
    this.knownMs = 0
    this.highestBid = Number.NEGATIVE_INFINITY
    this.lowestAsk = Number.POSITIVE_INFINITY
    this.startBid = this.isKnown ? this.bid : undefined
    this.startAsk = this.isKnown ? this.ask : undefined
    this.startMs = endMs
    if (this.lastMs < endMs) this.lastMs = endMs
    this.takeEarly()
    return value
  }

  private timeOf(atMs: number): number {
    if (atMs > this.lastMs) this.lastMs = atMs
    return this.lastMs
  }

  private takeEarly(): void {
    const endMs = this.startMs + this.stepMs
    let taken = 0
    for (const { timeMs, isKnown, columns, bid, ask } of this.early) {
      if (timeMs >= endMs) break
      this.pass(timeMs)
      if (isKnown) this.columns.set(columns)
      this.hold(isKnown, bid, ask)
      taken++
    }
    if (taken > 0) this.early.splice(0, taken)
  }

  private hold(isKnown: boolean, bid: number, ask: number): void {
    this.isKnown = isKnown
    this.bid = bid
    this.ask = ask
  }

  /** Time passes with the sample in force. Of samples with one millisecond only the last had any. */
  private pass(toMs: number): void {
    const passedMs = toMs - this.sinceMs
    if (passedMs === 0) return
    assert(passedMs > 0, 'the time of a bar never goes back')
    if (this.isKnown) {
      const { sums, columns } = this
      for (let i = 0; i < COLUMNS; i++) sums[i] = sums[i]! + columns[i]! * passedMs
      this.knownMs += passedMs
      if (this.bid > this.highestBid) this.highestBid = this.bid
      if (this.ask < this.lowestAsk) this.lowestAsk = this.ask
    }
    this.sinceMs = toMs
  }

  private value(): BarValue {
    const { sums, knownMs, startBid, startAsk } = this
    const [mid, spreadBps, bidUsd, askUsd, imbalance, depthUsd, pressureRatio, weightedMid] = sums.map(
      (sum) => sum / knownMs,
    ) as unknown as [number, number, number, number, number, number, number, number]
    const figures = { mid, spreadBps, bidUsd, askUsd, imbalance, depthUsd, pressureRatio, weightedMid }
    if (startBid === undefined || startAsk === undefined) return { ...figures, fills: undefined }
    return { ...figures, fills: { buy: this.lowestAsk <= startBid, sell: this.highestBid >= startAsk } }
  }
}

const COLUMNS = FIGURES.length

export interface BarValue extends Figures {
  /**
   * Whether an order that rested at the best price of the bar's start would have been reached: a buy by the lowest ask, a sell
   * by the highest bid. Undefined when the book was not known at the start.
   */
  readonly fills: Fills | undefined
}

interface EarlyChange {
  readonly timeMs: number
  readonly isKnown: boolean
  readonly columns: Float64Array
  readonly bid: number
  readonly ask: number
}
