import type { DecimalText } from '../../base/exact.js'
import { hash, hashOfText } from './book-version.js'

/** A settlement of funding. */
export interface FundingSettled {
  readonly symbol: string
  readonly rate: DecimalText
  readonly mark: DecimalText
  readonly timeMs: number
}

/** Rates of funding: those that were settled here, and those before, which follow from the seed. */
export class Funding {
  readonly intervalHours: number
  private readonly intervalMs: number
  private readonly seed: number
  private readonly bySymbol = new Map<string, FundingSettled[]>()

  constructor(intervalHours: number, seed: number) {
    this.intervalHours = intervalHours
    this.intervalMs = intervalHours * 3_600_000
    this.seed = seed
  }

  settled(settled: FundingSettled): void {
    const known = this.bySymbol.get(settled.symbol)
    if (known === undefined) this.bySymbol.set(settled.symbol, [settled])
    else known.push(settled)
  }

  nextMs(nowMs: number): number {
    return (Math.floor(nowMs / this.intervalMs) + 1) * this.intervalMs
  }

  /** What the running interval comes to so far: settled when it ends, unless somebody settles another rate. */
  rateAt(symbol: string, timeMs: number): DecimalText {
    const part = hash(hashOfText(symbol) ^ this.seed, Math.floor(timeMs / this.intervalMs)) / 2 ** 32
    return ((part - 0.3) * RATE_SPAN).toFixed(8)
  }

  /** Settlements within a span, rising; times before the exchange began included. */
  between(symbol: string, span: { readonly fromMs: number; readonly toMs: number }, markAt: MarkAt): FundingSettled[] {
    const here = this.bySymbol.get(symbol) ?? []
    const beganMs = here[0]?.timeMs ?? span.toMs + 1
    const found: FundingSettled[] = []
    const firstMs = Math.ceil(span.fromMs / this.intervalMs) * this.intervalMs
    for (let timeMs = firstMs; timeMs <= span.toMs && timeMs < beganMs; timeMs += this.intervalMs) {
      const mark = markAt(timeMs)
      if (mark === undefined) continue
      found.push({ symbol, rate: this.rateAt(symbol, timeMs - 1), mark, timeMs: timeMs + LATE_MS })
    }
    return [...found, ...here.filter(({ timeMs }) => timeMs >= span.fromMs && timeMs <= span.toMs)]
  }
}

/** The mark price at a moment; undefined where it is not known. */
export type MarkAt = (timeMs: number) => DecimalText | undefined

/** From −0.00015 to 0.00035 in an interval. */
const RATE_SPAN = 0.0005
/** As recorded, a settlement is stamped up to 2 ms after the hour. */
const LATE_MS = 2
