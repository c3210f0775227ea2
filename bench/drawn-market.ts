import type { BookScale, DepthFrame, DepthSnapshot, LevelRows } from '../src/ports/vocabulary/depth.js'

/** A market that is drawn, the same one each time: its prices by bars, and books that change. Nothing of it is kept but the books' ids. */
export const SCALE: BookScale = { priceDecimals: 2, quantityDecimals: 3 }
export const START_MS = Date.UTC(2026, 0, 1)
export const BAR_MS = 5_000

export function symbolsOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `A${i}USDT`)
}

/** Prices of a bar: each asset swings in times of its own, so that none stands still and no two move alike. */
export function drawnPrices(bar: number, assets: number): Float64Array {
  return Float64Array.from({ length: assets }, (_, asset) => {
    const common = Math.sin(bar / 37) + Math.sin(bar / 11)
    const own = Math.sin(bar * (0.3 + asset / 97) + asset) + 0.3 * Math.sin(bar * 12.9898 * (asset + 1))
    return (10 + asset) * (1 + 0.002 * common + 0.001 * own)
  })
}

/** A book of so many levels a side around 1,000.00, and frames that change some of the best of them. */
export class DrawnBook {
  private updateId = 1
  private drawn = 12_345

  constructor(
    private readonly levels: number,
    private readonly changes = 8,
  ) {}

  frame(): DepthFrame {
    const pu = this.updateId
    this.updateId++
    return { U: this.updateId, u: this.updateId, pu, b: this.changed(-1), a: this.changed(1) }
  }

  /** As of the last frame. */
  snapshot(requestId: number): DepthSnapshot {
    const side = (sign: 1 | -1): LevelRows => Array.from({ length: this.levels }, (_, i) => this.level(sign, i))
    return { requestId, lastUpdateId: this.updateId, bids: side(-1), asks: side(1) }
  }

  private changed(sign: 1 | -1): LevelRows {
    return Array.from({ length: this.changes }, () => this.level(sign, this.below(Math.min(this.levels, CHANGED))))
  }

  private level(sign: 1 | -1, away: number): [string, string] {
    const ticks = MID_TICKS + sign * (away + 1)
    return [(ticks / 100).toFixed(2), ((this.below(9_000) + 1) / 1_000).toFixed(3)]
  }

  /** 0 … limit − 1. */
  private below(limit: number): number {
    this.drawn = (Math.imul(this.drawn, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.drawn / 2 ** 32) * limit)
  }
}

const MID_TICKS = 100_000
/** Of the best levels so many change. */
const CHANGED = 50
