import type { BookScale, DepthFrame } from '../../ports/vocabulary/depth.js'
import { BookSide } from './book-side.js'
import { type Book, type BookCounters, isCrossed, noCounts } from './depth-book.js'
import { FrameLevels } from './frame-levels.js'
import { ONE_PERCENT_PPM } from './snapshot-reach.js'

/**
 * The book of one symbol from frames that each hold its best levels whole. A frame with a higher update id replaces it; one that
 * is crossed, locked or cannot be read leaves nothing known until the next good one.
 */
export class PartialBook implements Book {
  readonly priceDecimals: number
  readonly quantityDecimals: number
  readonly bids = new BookSide('bids')
  readonly asks = new BookSide('asks')
  readonly bandPpm = ONE_PERCENT_PPM
  readonly counters: BookCounters = noCounts()
  isLive = false
  /** Also while nothing is known: what is older than a bad frame stays old. */
  private lastUpdateId = Number.NEGATIVE_INFINITY
  private readonly levels: FrameLevels

  constructor(scale: BookScale) {
    this.priceDecimals = scale.priceDecimals
    this.quantityDecimals = scale.quantityDecimals
    this.levels = new FrameLevels(scale)
  }

  get updateId(): number | undefined {
    return this.isLive ? this.lastUpdateId : undefined
  }

  frame({ U, u, b, a }: Omit<DepthFrame, 'pu'>): void {
    if (!Number.isSafeInteger(u) || !Number.isSafeInteger(U) || U > u || !this.levels.read(b, a)) {
      this.counters.malformed++
      this.forget()
      return
    }
    if (u <= this.lastUpdateId) {
      this.counters.stale++
      return
    }
    this.lastUpdateId = u
    this.levels.bids.replace(this.bids)
    this.levels.asks.replace(this.asks)
    this.counters.applied++
    this.isLive = !isCrossed(this)
    if (this.isLive) return
    this.counters.crossed++
    this.forget()
  }

  /** The connection was lost, or made anew: update ids may begin anywhere. */
  connectionChanged(): void {
    this.forget()
    this.lastUpdateId = Number.NEGATIVE_INFINITY
  }

  private forget(): void {
    this.isLive = false
    this.bids.clear()
    this.asks.clear()
  }
}
