import { assert } from '../../../base/assert.js'
import type { PriceOrigin } from '../../../ports/prices.js'

/** The prices at the end of a step, in the order of the symbols. */
export interface ClosedStep {
  /** UTC ms by the exchange's clock, a multiple of the step. */
  readonly timeMs: number
  /** NaN: no price. */
  readonly prices: Float64Array
  /** null: neither quote nor mark price is known that is young enough. */
  readonly origins: readonly (PriceOrigin | null)[]
}

/** A price is too old when more than so many steps have passed since its stamp. */
const STEPS_OLD_MAX = 2

/**
 * One price for each symbol and step out of what the exchange says between: the middle of the best quotes where it is at most
 * two steps old, else the mark price where that is, else none. What is stamped at or after a step's end waits for the next one.
 * A symbol whose price comes from elsewhere than at the step before has none at that step.
 */
export class StepPrices {
  private readonly mids: StampedPrices
  private readonly marks: StampedPrices
  private before: readonly (PriceOrigin | null)[]

  /** @param nextMs when the step at hand ends: a multiple of `stepMs`. */
  constructor(
    private readonly symbols: number,
    private readonly stepMs: number,
    private nextMs: number,
  ) {
    this.mids = new StampedPrices(symbols)
    this.marks = new StampedPrices(symbols)
    this.before = nothing(symbols)
  }

  /** When the step at hand ends, UTC ms by the exchange's clock. */
  get dueMs(): number {
    return this.nextMs
  }

  /** @param price NaN: there is no middle, a side is empty. */
  mid(symbol: number, price: number, stampMs: number): void {
    this.mids.put(symbol, { price, stampMs, isLater: stampMs >= this.nextMs })
  }

  mark(symbol: number, price: number, stampMs: number): void {
    this.marks.put(symbol, { price, stampMs, isLater: stampMs >= this.nextMs })
  }

  /** What was last said of it is not known to hold any more. */
  forget(symbol: number, origin: PriceOrigin): void {
    const kept = origin === 'mid' ? this.mids : this.marks
    kept.put(symbol, { price: Number.NaN, stampMs: 0, isLater: false })
    kept.put(symbol, { price: Number.NaN, stampMs: 0, isLater: true })
  }

  /** Symbols of which a price of the step at hand is known already. */
  priced(): number {
    let priced = 0
    for (let i = 0; i < this.symbols; i++) if (this.originOf(i, this.nextMs) !== null) priced++
    return priced
  }

  /** Ends the step at hand. */
  close(): ClosedStep {
    const timeMs = this.nextMs
    const prices = new Float64Array(this.symbols).fill(Number.NaN)
    const origins = nothing(this.symbols)
    for (let i = 0; i < this.symbols; i++) {
      const origin = this.originOf(i, timeMs)
      origins[i] = origin
      if (origin === null || (this.before[i] !== null && this.before[i] !== origin)) continue
      prices[i] = (origin === 'mid' ? this.mids : this.marks).prices[i]!
    }
    this.before = origins
    this.advanceTo(timeMs + this.stepMs)
    return { timeMs, prices, origins }
  }

  /** Leaves steps out: the step at hand is now the one that ends at `nextMs`. */
  skipTo(nextMs: number): void {
    assert(nextMs > this.nextMs && (nextMs - this.nextMs) % this.stepMs === 0, 'steps are left out whole')
    this.before = nothing(this.symbols)
    this.advanceTo(nextMs)
  }

  private advanceTo(nextMs: number): void {
    this.nextMs = nextMs
    this.mids.advance()
    this.marks.advance()
  }

  private originOf(symbol: number, timeMs: number): PriceOrigin | null {
    const oldestMs = timeMs - STEPS_OLD_MAX * this.stepMs
    if (this.mids.isKnown(symbol, oldestMs)) return 'mid'
    return this.marks.isKnown(symbol, oldestMs) ? 'mark' : null
  }
}

function nothing(symbols: number): (PriceOrigin | null)[] {
  return new Array<PriceOrigin | null>(symbols).fill(null)
}

/** The last price of each symbol, and the one that belongs to the next step already. */
class StampedPrices {
  readonly prices: Float64Array
  private readonly stampsMs: Float64Array
  private readonly laterPrices: Float64Array
  private readonly laterMs: Float64Array
  private readonly waiting: number[] = []

  constructor(symbols: number) {
    this.prices = new Float64Array(symbols).fill(Number.NaN)
    this.stampsMs = new Float64Array(symbols)
    this.laterPrices = new Float64Array(symbols)
    this.laterMs = new Float64Array(symbols)
  }

  /** Connections overlap while they are changed: of two stamps the younger counts. */
  put(symbol: number, { price, stampMs, isLater }: { price: number; stampMs: number; isLater: boolean }): void {
    if (!isLater) {
      if (stampMs !== 0 && stampMs < this.stampsMs[symbol]!) return
      this.prices[symbol] = price
      this.stampsMs[symbol] = stampMs
      return
    }
    if (stampMs !== 0 && stampMs < this.laterMs[symbol]!) return
    if (this.laterMs[symbol] === 0 && stampMs !== 0) this.waiting.push(symbol)
    this.laterPrices[symbol] = price
    this.laterMs[symbol] = stampMs
  }

  isKnown(symbol: number, oldestMs: number): boolean {
    return this.prices[symbol]! > 0 && this.stampsMs[symbol]! >= oldestMs
  }

  advance(): void {
    for (const symbol of this.waiting) {
      if (this.laterMs[symbol] === 0) continue
      this.prices[symbol] = this.laterPrices[symbol]!
      this.stampsMs[symbol] = this.laterMs[symbol]!
      this.laterMs[symbol] = 0
    }
    this.waiting.length = 0
  }
}
