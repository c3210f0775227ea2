import type { PromotedTrade } from '../../../ports/vocabulary/promoted-trade.js'

/** So many trades may be promoted in one advance. */
export const PROMOTED_MAX = 1_000

/** The trades that the last advance promoted, in the order in which they were applied; those beyond the bound are counted. */
export class PromotedTrades {
  dropped = 0
  private count = 0
  private readonly symbolIndex = new Uint32Array(PROMOTED_MAX)
  private readonly seq = new Float64Array(PROMOTED_MAX)
  private readonly tsMs = new Float64Array(PROMOTED_MAX)
  private readonly price = new Float64Array(PROMOTED_MAX)
  private readonly quoteQty = new Float64Array(PROMOTED_MAX)
  private readonly isBuy = new Uint8Array(PROMOTED_MAX)
  private readonly sigmas = new Float64Array(PROMOTED_MAX)

  clear(): void {
    this.count = 0
  }

  /** A trade that is so many deviations above its baseline. */
  add(trade: Promoted, sigmas: number): void {
    if (this.count === PROMOTED_MAX) {
      this.dropped++
      return
    }
    const at = this.count++
    this.symbolIndex[at] = trade.symbolIndex
    this.seq[at] = trade.seq
    this.tsMs[at] = trade.tsMs
    this.price[at] = trade.price
    this.quoteQty[at] = trade.quoteUsd
    this.isBuy[at] = trade.isBuy ? 1 : 0
    this.sigmas[at] = sigmas
  }

  /** By symbol, then as they were applied. */
  listed(symbols: readonly string[]): readonly PromotedTrade[] {
    const places = Array.from({ length: this.count }, (_, at) => at)
    places.sort((one, other) => this.symbolIndex[one]! - this.symbolIndex[other]! || one - other)
    return Object.freeze(places.map((at) => this.tradeAt(at, symbols)))
  }

  private tradeAt(at: number, symbols: readonly string[]): PromotedTrade {
    return Object.freeze({
      seq: this.seq[at]!,
      symbol: symbols[this.symbolIndex[at]!]!,
      tsMs: this.tsMs[at]!,
      price: this.price[at]!,
      quoteQty: this.quoteQty[at]!,
      side: this.isBuy[at] === 1 ? 'BUY' : 'SELL',
      sigmaDistance: this.sigmas[at]!,
    })
  }
}

interface Promoted {
  readonly symbolIndex: number
  readonly seq: number
  readonly tsMs: number
  readonly price: number
  readonly quoteUsd: number
  readonly isBuy: boolean
}
