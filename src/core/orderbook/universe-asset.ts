import type { BookScale, DepthFrame } from '../../ports/vocabulary/depth.js'
import { FEATURE_WINDOWS } from './feature-windows.js'
import { FillWindow } from './fill-window.js'
import { PartialBook } from './partial-book.js'
import { FIGURES, writeSample } from './sample.js'

/**
 * One contract of the universe. Its changes count as those of bars do: at their own time, never before the last one nor before the
 * end of the last window; one that is stamped at or after the end of the open window waits until that has ended.
 */
export class UniverseAsset {
  readonly scale: BookScale
  private readonly book: PartialBook
  private readonly fills = new FillWindow(FEATURE_WINDOWS.fillBars)
  private lastMs: number
  /** In force since `sinceMs`; undefined while the book is not known. */
  private view: UniverseView | undefined
  private sinceMs: number
  private early: { readonly atMs: number; readonly view: UniverseView | undefined }[] = []
  /** Over the open window. */
  private highestBid = Number.NEGATIVE_INFINITY
  private lowestAsk = Number.POSITIVE_INFINITY
  /** What the last snapshot showed; undefined when the contract was missing there. */
  private before: UniverseView | undefined
  private readonly columns = new Float64Array(FIGURES.length)

  /** @param startMs when the open window starts. */
  constructor(scale: BookScale, startMs: number) {
    this.scale = scale
    this.book = new PartialBook(scale)
    this.lastMs = startMs
    this.sinceMs = startMs
  }

  /**
   * False when the frame could not be read.
   *
   * @param endMs when the open window ends.
   */
  frame(frame: DepthFrame, { atMs, endMs }: { readonly atMs: number; readonly endMs: number }): boolean {
    const { counters } = this.book
    const { malformed, stale } = counters
    this.book.frame(frame)
    if (counters.stale === stale) this.changed(atMs, endMs)
    return counters.malformed === malformed
  }

  /** Its connection was lost. */
  lost({ atMs, endMs }: { readonly atMs: number; readonly endMs: number }): void {
    this.book.connectionChanged()
    this.changed(atMs, endMs)
  }

  /** The window ends, and the next one with `nextEndMs`: what was shown just before; undefined when the contract is missing. */
  take({ endMs, nextEndMs }: { readonly endMs: number; readonly nextEndMs: number }): UniverseView | undefined {
    this.pass(endMs)
    const { before, lowestAsk, highestBid } = this
    const view = this.view && endMs - this.view.atMs <= FRESH_MS ? this.view : undefined
    // A window can tell when the contract is in the snapshots at both its ends.
    this.fills.push(view && before && { buy: lowestAsk <= before.bid, sell: highestBid >= before.ask })
    this.before = view
    this.highestBid = Number.NEGATIVE_INFINITY
    this.lowestAsk = Number.POSITIVE_INFINITY
    if (this.lastMs < endMs) this.lastMs = endMs
    const waiting = this.early
    this.early = []
    for (const change of waiting) this.show(change, nextEndMs)
    return view
  }

  /** Undefined while too few windows could tell. */
  fillProbability(): number | undefined {
    return this.fills.probability()
  }

  private changed(stampMs: number, endMs: number): void {
    if (stampMs > this.lastMs) this.lastMs = stampMs
    this.show({ atMs: this.lastMs, view: this.read(this.lastMs) }, endMs)
  }

  private show(change: { readonly atMs: number; readonly view: UniverseView | undefined }, endMs: number): void {
    if (change.atMs >= endMs) {
      this.early.push(change)
      return
    }
    this.pass(change.atMs)
    this.view = change.view
  }

  private read(atMs: number): UniverseView | undefined {
    const { book, columns } = this
    if (!writeSample(book, columns)) return undefined
    const { bids, asks } = book
    return {
      ...{ atMs, spreadBps: columns[SPREAD_BPS]!, imbalance: columns[IMBALANCE]!, depthUsd: columns[DEPTH_USD]! },
      ...{ bid: bids.bestTicks, ask: asks.bestTicks, bidLevels: bids.count, askLevels: asks.count },
    }
  }

  /** Time passes with what is shown. Of changes with one millisecond only the last was in force. */
  private pass(toMs: number): void {
    if (toMs <= this.sinceMs) return
    this.sinceMs = toMs
    if (this.view === undefined) return
    this.highestBid = Math.max(this.highestBid, this.view.bid)
    this.lowestAsk = Math.min(this.lowestAsk, this.view.ask)
  }
}

/** What a book shows; quotes in ticks. */
export interface UniverseView {
  /** When its frame counts, UTC ms. */
  readonly atMs: number
  readonly spreadBps: number
  readonly imbalance: number
  readonly depthUsd: number
  readonly bid: number
  readonly ask: number
  readonly bidLevels: number
  readonly askLevels: number
}

/** A book whose last frame is older than this is not known any more, ms. */
const FRESH_MS = 60_000

const SPREAD_BPS = FIGURES.indexOf('spreadBps')
const IMBALANCE = FIGURES.indexOf('imbalance')
const DEPTH_USD = FIGURES.indexOf('depthUsd')
