/**
 * What has been used of a limit in one window of the exchange's clock: windows lie side by side, `lengthMs` each, counted from
 * 1970. In which of them the exchange counts a request is known for certain only afterwards, so one that is under way counts in
 * every window that it may have arrived in. Counts of the exchange itself bring in what others have used.
 */
export class UsageWindow {
  limit: number
  readonly lengthMs: number
  private current = Number.NEGATIVE_INFINITY
  private underWay = 0
  private readonly settled = new Map<number, number>()
  private readonly others = new Map<number, Others>()

  constructor({ lengthMs, limit }: { readonly lengthMs: number; readonly limit: number }) {
    this.lengthMs = lengthMs
    this.limit = limit
  }

  /** Windows before the one of `earliestMs` are over. */
  reach(earliestMs: number): void {
    const current = this.at(earliestMs)
    if (current === this.current) return
    this.current = current
    for (const counts of [this.settled, this.others]) {
      for (const window of counts.keys()) if (window < current) counts.delete(window)
    }
  }

  /** What may have been used in the window of `exchangeMs`. */
  used(exchangeMs: number): number {
    return this.certain(exchangeMs) + this.underWay
  }

  /** Of that, what will not be less before the window ends. */
  certain(exchangeMs: number): number {
    const window = this.at(exchangeMs)
    return (this.settled.get(window) ?? 0) + (this.others.get(window)?.weight ?? 0)
  }

  sent(weight: number): void {
    this.underWay += weight
  }

  /** It never left. */
  takenBack(weight: number): void {
    this.underWay -= weight
  }

  /** Nothing more can arrive of a request that was sent no earlier than `sentMs` and is over by `overMs`. */
  over(weight: number, { sentMs, overMs }: Span): void {
    this.underWay -= weight
    if (weight === 0) return
    // A clock that jumped meanwhile leaves years between the two, in which nothing arrived.
    const from = Math.max(this.at(sentMs), this.current, this.at(overMs) - SPANNED_MAX)
    for (let window = from; window <= this.at(overMs); window += 1) {
      this.settled.set(window, (this.settled.get(window) ?? 0) + weight)
    }
  }

  /**
   * The exchange has counted `count` when it answered a request that is over. All of ours that can be in it is taken off: what
   * is left is certainly of others. In which window it counted is not known of a request that spans two. A count only rises
   * within its window: one that was taken later and is lower shows that the one before was of another window, as it is when the
   * exchange's clock was set.
   */
  heard(count: number, { sentMs, overMs }: Span): void {
    const window = this.at(sentMs)
    if (window !== this.at(overMs) || window < this.current) return
    const ofOthers = count - (this.settled.get(window) ?? 0) - this.underWay
    const { weight, heardMs } = this.others.get(window) ?? NOBODY
    if (ofOthers > weight) this.others.set(window, { weight: ofOthers, heardMs: overMs })
    else if (count < weight && sentMs > heardMs) this.others.set(window, { weight: count, heardMs: overMs })
  }

  /** When the window of `exchangeMs` ends, in the exchange's time. */
  endMs(exchangeMs: number): number {
    return (this.at(exchangeMs) + 1) * this.lengthMs
  }

  private at(exchangeMs: number): number {
    return Math.floor(exchangeMs / this.lengthMs)
  }
}

/** Windows that a request can span, which is given up after seconds. */
const SPANNED_MAX = 60

interface Others {
  readonly weight: number
  /** By the exchange's clock, at the latest. */
  readonly heardMs: number
}

const NOBODY: Others = { weight: 0, heardMs: Number.NEGATIVE_INFINITY }

/** Times of the exchange: the earliest when something was sent, and the latest when it was over. */
export interface Span {
  readonly sentMs: number
  readonly overMs: number
}
