import { FAULT, KIND, kindNumber, UNKNOWN_KIND } from './event-kinds.js'

/**
 * An event as it was read from something of unknown shape, the same object every time, and what is wrong with it as bits of
 * `FAULT`. Nothing that is read throws, each field is read once, and whatever else an event carries is left where it is.
 *
 * What a kind has besides goes into four figures, NaN where it is absent, and a text:
 * TRADE, LIQUIDATION price, baseQty; DEPTH_TOP bidSize, askSize, bestBid, bestAsk; MARK_PRICE markPrice, fundingRate;
 * FUNDING rate; OPEN_INTEREST openInterest; KLINE openMs, high, low, close and its interval;
 * POSITION positionSize, positionValueUsd, leverage, liquidationPrice and its account.
 */
export class EventDraft {
  faults = 0
  kind: number = UNKNOWN_KIND
  symbolIndex = -1
  tsMs = Number.NaN
  /** −∞ where there is none, which is before every other. */
  venueId = Number.NEGATIVE_INFINITY
  isBuy = 0
  a = Number.NaN
  b = Number.NaN
  c = Number.NaN
  d = Number.NaN
  text = ''
  /** Whether it changes anything: candles that are still open do not. */
  used = true

  constructor(private readonly symbolIndexes: ReadonlyMap<unknown, number>) {}

  read(event: unknown): void {
    this.faults = 0
    this.kind = UNKNOWN_KIND
    this.used = true
    try {
      this.readFields(event)
    } catch {
      // A getter of the event's own has thrown.
      this.faults |= this.kind === UNKNOWN_KIND ? FAULT.UNKNOWN_KIND : FAULT.MALFORMED
    }
  }

  private readFields(event: unknown): void {
    const fields = event as Record<string, unknown>
    this.kind = typeof event === 'object' && event !== null ? kindNumber(fields.kind) : UNKNOWN_KIND
    if (this.kind === UNKNOWN_KIND) {
      this.faults |= FAULT.UNKNOWN_KIND
      return
    }
    this.symbolIndex = this.symbolIndexes.get(fields.symbol) ?? -1
    if (this.symbolIndex < 0) {
      this.faults |= FAULT.SYMBOL_NOT_ALLOWED
      return
    }
    this.tsMs = this.time(fields.tsMs)
    this.venueId = Number.NEGATIVE_INFINITY
    this.a = this.b = this.c = this.d = Number.NaN
    this.readOwn(fields)
  }

  private readOwn(fields: Record<string, unknown>): void {
    switch (this.kind) {
      case KIND.TRADE: {
        this.readTrade(fields)
        const venueId = this.optional(fields.venueId)
        if (!Number.isNaN(venueId)) this.venueId = venueId
        break
      }
      case KIND.LIQUIDATION:
        this.readTrade(fields)
        this.optional(fields.orderPrice)
        break
      case KIND.DEPTH_TOP:
        this.a = this.size(fields.bidSize)
        this.b = this.size(fields.askSize)
        this.c = fields.bestBid === undefined ? Number.NaN : this.price(fields.bestBid)
        this.d = fields.bestAsk === undefined ? Number.NaN : this.price(fields.bestAsk)
        break
      case KIND.MARK_PRICE:
        this.a = this.price(fields.markPrice)
        this.b = this.optional(fields.fundingRate)
        this.optional(fields.indexPrice)
        this.optional(fields.nextFundingMs)
        break
      case KIND.FUNDING:
        this.a = this.figure(fields.rate)
        break
      case KIND.OPEN_INTEREST:
        this.a = this.size(fields.openInterest)
        if (fields.openInterestUsd !== undefined) this.size(fields.openInterestUsd)
        break
      case KIND.KLINE:
        this.readCandle(fields)
        break
      case KIND.POSITION:
        this.text = this.name(fields.account)
        this.a = this.figure(fields.positionSize)
        this.b = this.size(fields.positionValueUsd)
        this.c = this.figure(fields.leverage)
        this.d = this.optional(fields.liquidationPrice)
        this.optional(fields.entryPrice)
    }
  }

  private readTrade(fields: Record<string, unknown>): void {
    this.a = this.price(fields.price)
    this.b = this.quantity(fields.baseQty)
    const { side } = fields
    this.isBuy = side === 'BUY' ? 1 : 0
    if (side !== 'BUY' && side !== 'SELL') this.faults |= FAULT.MALFORMED
  }

  private readCandle(fields: Record<string, unknown>): void {
    this.text = this.name(fields.interval)
    this.a = this.time(fields.openMs)
    this.time(fields.closeMs)
    this.price(fields.open)
    this.b = this.price(fields.high)
    this.c = this.price(fields.low)
    this.d = this.price(fields.close)
    this.size(fields.baseVolume)
    const { closed } = fields
    if (typeof closed !== 'boolean') this.faults |= FAULT.MALFORMED
    this.used = closed === true
  }

  private price(value: unknown): number {
    const figure = this.figure(value)
    if (figure <= 0) this.faults |= FAULT.NON_POSITIVE_PRICE
    return figure
  }

  private quantity(value: unknown): number {
    const figure = this.figure(value)
    if (figure <= 0) this.faults |= FAULT.NON_POSITIVE_QTY
    return figure
  }

  private size(value: unknown): number {
    const figure = this.figure(value)
    if (figure < 0) this.faults |= FAULT.NON_POSITIVE_QTY
    return figure
  }

  private optional(value: unknown): number {
    return value === undefined ? Number.NaN : this.figure(value)
  }

  /** A number that products, sums and squares of thousands can be made of without leaving what a double holds. */
  private figure(value: unknown): number {
    if (typeof value !== 'number') {
      this.faults |= FAULT.MALFORMED
      return Number.NaN
    }
    const size = Math.abs(value)
    if (size !== 0 && !(size >= LEAST && size <= MOST)) this.faults |= FAULT.NON_FINITE
    return value
  }

  private time(value: unknown): number {
    if (typeof value === 'number' && !Number.isInteger(value)) {
      this.faults |= Number.isFinite(value) ? FAULT.MALFORMED : FAULT.NON_FINITE
      return value
    }
    // The zero that is added takes its sign from −0, so that equal times are the same bytes.
    return this.figure(value) + 0
  }

  private name(value: unknown): string {
    if (typeof value === 'string' && value !== '') return value
    this.faults |= FAULT.MALFORMED
    return ''
  }
}

/**
 * What a market never says, and a broken message may: a price of 10⁻³⁰⁰ is finite, and what is divided by a hundredth of it is not.
 */
const LEAST = 1e-60
const MOST = 1e60
