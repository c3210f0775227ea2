import type { DepthTop } from './symbol-view.js'

/** The latest sums of a book's best levels and those before them. Numbers in place: depth comes ten times a second. */
export class DepthSlots {
  private latest = new DepthSlot()
  private previous = new DepthSlot()

  /** Answers whether it is used: what is older than the latest is not, and what is of its time takes its place. */
  set(tsMs: number, bidSize: number, askSize: number, bestBid: number, bestAsk: number): boolean {
    if (tsMs < this.latest.tsMs) return false
    if (tsMs > this.latest.tsMs) [this.latest, this.previous] = [this.previous, this.latest]
    const { latest } = this
    latest.tsMs = tsMs
    latest.bidSize = bidSize
    latest.askSize = askSize
    latest.bestBid = bestBid
    latest.bestAsk = bestAsk
    return true
  }

  /** NaN where it is not known. */
  get bestBid(): number {
    return this.latest.bestBid
  }

  get bestAsk(): number {
    return this.latest.bestAsk
  }

  latestTop(): DepthTop | undefined {
    return topOf(this.latest)
  }

  topBefore(): DepthTop | undefined {
    return topOf(this.previous)
  }
}

class DepthSlot {
  tsMs = Number.NEGATIVE_INFINITY
  bidSize = Number.NaN
  askSize = Number.NaN
  bestBid = Number.NaN
  bestAsk = Number.NaN
}

function topOf({ tsMs, bidSize, askSize, bestBid, bestAsk }: DepthSlot): DepthTop | undefined {
  if (tsMs === Number.NEGATIVE_INFINITY) return undefined
  return { tsMs, bidSize, askSize, bestBid: known(bestBid), bestAsk: known(bestAsk) }
}

function known(price: number): number | undefined {
  return Number.isNaN(price) ? undefined : price
}
