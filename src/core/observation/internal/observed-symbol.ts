import type { AppliedRecord } from './applied-record.js'
import { DepthSlots } from './depth-slots.js'
import { KIND, KINDS } from './event-kinds.js'
import type { EventQueue } from './event-queue.js'
import { NodeBook } from './node-book.js'
import { PositionBook } from './position-book.js'
import { TradeBuffer } from './trade-buffer.js'
import { TradeWindows } from './trade-windows.js'

export const TRADES_MAX = 500
export const LIQUIDATIONS_MAX = 200
const HORIZON_MS = 300_000

/** What left, and what was found, since the beginning; of all symbols together. */
export class ObservedCounts {
  expired = 0
  ringEvicted = 0
  depthOutOfOrder = 0
  positionsEvicted = 0
  sideValidated = 0
  sideMismatch = 0
  sideUnvalidated = 0
}

/** Everything that is kept of one symbol, and what an event does to it. */
export class ObservedSymbol {
  readonly trades = new TradeBuffer(TRADES_MAX)
  readonly liquidations = new TradeBuffer(LIQUIDATIONS_MAX)
  readonly depth = new DepthSlots()
  readonly windows = new TradeWindows()
  readonly positions = new PositionBook()
  /** Of the latest event of each kind; −∞ when there was none. */
  readonly lastMs = new Float64Array(KINDS.length).fill(Number.NEGATIVE_INFINITY)
  /** NaN until one was told. */
  markPrice = Number.NaN
  /** None until the first liquidation. */
  nodes: NodeBook | undefined

  constructor(
    readonly symbol: string,
    private readonly counts: ObservedCounts,
  ) {}

  /** Answers by how many standard deviations a trade is to be promoted; NaN for all else. */
  apply(event: AppliedRecord, queue: EventQueue, place: number): number {
    const kind = queue.kind[place]!
    const isLatest = event.tsMs >= this.lastMs[kind]!
    if (isLatest) this.lastMs[kind] = event.tsMs
    switch (kind) {
      case KIND.TRADE:
        return this.applyTrade(event)
      case KIND.LIQUIDATION:
        this.applyLiquidation(event)
        break
      case KIND.DEPTH_TOP:
        this.applyDepth(queue, place)
        break
      case KIND.MARK_PRICE:
        if (isLatest) this.markPrice = event.markPrice
        break
      case KIND.POSITION:
        this.applyPosition(queue, place)
    }
    return Number.NaN
  }

  /** After an advance: windows that have ended are closed, and what is too old leaves. */
  advanced(tMs: number): void {
    this.windows.closeUntil(tMs)
    this.counts.expired += this.trades.expire(tMs - HORIZON_MS) + this.liquidations.expire(tMs - HORIZON_MS)
  }

  private applyTrade(event: AppliedRecord): number {
    const { counts } = this
    counts.ringEvicted += this.trades.add(event.tsMs, event.price, event.baseQty, event.isBuy ? 1 : 0)
    this.countSide(event)
    this.nodes?.trade(event)
    return this.windows.trade(event.tsMs, event.quoteUsd)
  }

  /** The venue's word stands; what the book says of it is counted. */
  private countSide({ price, isBuy }: AppliedRecord): void {
    const { counts, depth } = this
    const buys = price >= depth.bestAsk
    const sells = price <= depth.bestBid
    if (!buys && !sells) counts.sideUnvalidated++
    else if (buys === isBuy) counts.sideValidated++
    else counts.sideMismatch++
  }

  private applyLiquidation(event: AppliedRecord): void {
    this.counts.ringEvicted += this.liquidations.add(event.tsMs, event.price, event.baseQty, event.isBuy ? 1 : 0)
    this.nodes ??= new NodeBook(this.symbol)
    this.nodes.liquidation(event)
  }

  private applyDepth(queue: EventQueue, place: number): void {
    const tsMs = queue.tsMs[place]!
    const bidSize = queue.a[place]!
    const askSize = queue.b[place]!
    const bestBid = queue.c[place]!
    const bestAsk = queue.d[place]!
    if (!this.depth.set(tsMs, bidSize, askSize, bestBid, bestAsk)) {
      this.counts.depthOutOfOrder++
      return
    }
    this.nodes?.depth(tsMs, 'bid', bestBid, bidSize)
    this.nodes?.depth(tsMs, 'ask', bestAsk, askSize)
  }

  private applyPosition(queue: EventQueue, place: number): void {
    const liquidationPrice = queue.d[place]!
    this.counts.positionsEvicted += this.positions.set(queue.text[place]!, {
      tsMs: queue.tsMs[place]!,
      positionSize: queue.a[place]!,
      positionValueUsd: queue.b[place]!,
      leverage: queue.c[place]!,
      liquidationPrice: Number.isNaN(liquidationPrice) ? undefined : liquidationPrice,
    })
  }
}
