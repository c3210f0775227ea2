import type { OrderSide } from '../../../base/direction.js'
import type { ObservationKind } from '../../../ports/vocabulary/observation-events.js'
import type { AppliedEvent } from '../applied-event.js'
import { KIND, KINDS } from './event-kinds.js'
import type { EventQueue } from './event-queue.js'
import type { Touch } from './node-book.js'

/** The event that is being applied, filled anew for each from the queue's columns. */
export class AppliedRecord implements AppliedEvent, Touch {
  kind: ObservationKind = 'TRADE'
  symbol = ''
  symbolIndex = 0
  tsMs = Number.NaN
  seq = Number.NaN
  price = Number.NaN
  baseQty = Number.NaN
  quoteUsd = Number.NaN
  isBuy = false
  side: OrderSide | undefined
  markPrice = Number.NaN
  fundingRate = Number.NaN
  openInterest = Number.NaN
  interval: string | undefined
  openMs = Number.NaN
  high = Number.NaN
  low = Number.NaN
  close = Number.NaN

  constructor(private readonly symbols: readonly string[]) {}

  fill(queue: EventQueue, place: number): void {
    const kind = queue.kind[place]!
    const isTrade = kind === KIND.TRADE || kind === KIND.LIQUIDATION
    const isMark = kind === KIND.MARK_PRICE
    const isCandle = kind === KIND.KLINE
    const a = queue.a[place]!
    const b = queue.b[place]!
    this.kind = KINDS[kind]!
    this.symbolIndex = queue.symbolIndex[place]!
    this.symbol = this.symbols[this.symbolIndex]!
    this.tsMs = queue.tsMs[place]!
    this.seq = queue.seq[place]!
    this.price = isTrade ? a : Number.NaN
    this.baseQty = isTrade ? b : Number.NaN
    this.quoteUsd = this.price * this.baseQty
    this.isBuy = queue.isBuy[place] === 1
    this.side = isTrade ? (this.isBuy ? 'BUY' : 'SELL') : undefined
    this.markPrice = isMark ? a : Number.NaN
    this.fundingRate = isMark ? b : Number.NaN
    this.openInterest = kind === KIND.OPEN_INTEREST ? a : Number.NaN
    this.interval = isCandle ? queue.text[place] : undefined
    this.openMs = isCandle ? a : Number.NaN
    this.high = isCandle ? b : Number.NaN
    this.low = isCandle ? queue.c[place]! : Number.NaN
    this.close = isCandle ? queue.d[place]! : Number.NaN
  }
}
