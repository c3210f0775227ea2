import type { OrderSide } from '../../base/direction.js'
import type { LiquidationBurst } from '../../ports/vocabulary/primitives.js'

/**
 * What was liquidated within the last ten seconds: primitive 24, for who holds no snapshot. A SELL closes a long position, a BUY a
 * short one. It remembers the last 1,000 liquidations and nothing that it has answered.
 */
export class LiquidationBurstWindow {
  /** Liquidations that were still in the window when they made room. */
  dropped = 0
  private readonly kept: KeptLiquidation[] = []

  /** In any order. */
  add({ tsMs, side, valueUsd }: KeptLiquidation): void {
    let place = this.kept.length
    while (place > 0 && this.kept[place - 1]!.tsMs > tsMs) place--
    this.kept.splice(place, 0, { tsMs, side, valueUsd })
    if (this.kept.length <= KEPT_MAX) return
    const [oldest] = this.kept.splice(0, 1)
    if (oldest!.tsMs >= this.kept.at(-1)!.tsMs - WINDOW_MS) this.dropped++
  }

  /** As of a time, UTC ms; undefined where there was none. */
  at(nowMs: number): LiquidationBurst | undefined {
    const windowStartMs = nowMs - WINDOW_MS
    const within = this.kept.filter(({ tsMs }) => tsMs >= windowStartMs && tsMs <= nowMs)
    if (within.length === 0) return undefined
    const [longs, shorts] = [within.filter(({ side }) => side === 'SELL'), within.filter(({ side }) => side === 'BUY')]
    return {
      totalVolumeUsd: sumOf(within),
      longLiquidationsUsd: sumOf(longs),
      shortLiquidationsUsd: sumOf(shorts),
      liquidationCount: within.length,
      windowStartMs,
      windowEndMs: nowMs,
    }
  }
}

/** Both ends are inside. Source: spec, primitive 24. */
const WINDOW_MS = 10_000

/** Liquidations that are kept. */
const KEPT_MAX = 1_000

export interface KeptLiquidation {
  /** UTC ms. */
  readonly tsMs: number
  /** Of the forced order. */
  readonly side: OrderSide
  /** Quote currency. */
  readonly valueUsd: number
}

function sumOf(liquidations: readonly KeptLiquidation[]): number {
  return liquidations.reduce((sum, { valueUsd }) => sum + valueUsd, 0)
}
