import type { EntryRecord, ExitReason, Trade } from '../../ports/vocabulary/trades.js'
import type { ExitResult } from '../costs/costs.js'

/** The one open position. */
export interface Position {
  readonly entry: EntryRecord
  /** Index of the asset in the engine's universe. */
  readonly assetIndex: number
  /** Bars running on which the signal stood against the trade. */
  turnBars: number
  /** A sub-day breaker update asked to close the position at its next priced bar. */
  subdayNormalization: boolean
  /** Bars running without a price of the asset; absent: none, or nobody counts. */
  pricelessBars?: number
  /** Where an adapter fills: what it confirmed beside the entry's price and quantity. */
  readonly fill?: PositionFill
  /** Where an adapter fills: an exit was proposed, and nothing has come of it yet. */
  pendingExit?: { readonly reason: ExitReason; readonly price: number }
}

export interface PositionFill {
  /** USD. */
  readonly entryFeesUsd: number
  /** What has been closed so far; null: nothing. */
  readonly exit: { readonly price: number; readonly quantity: number; readonly feesUsd: number } | null
}

export interface Exit {
  readonly exitBar: number
  readonly exitTimeMs: number | null
  readonly reason: ExitReason
  readonly capitalBefore: number
  readonly rng: number | null
}

/** The record of a closed trade. Spelled out: spreading two records costs 10 µs a trade, a literal 0.1. */
export function closedTrade(entry: EntryRecord, result: ExitResult, exit: Exit): Trade {
  return {
    asset: entry.asset,
    direction: entry.direction,
    entryBar: entry.entryBar,
    entryTimeMs: entry.entryTimeMs,
    entryPrice: entry.entryPrice,
    notional: entry.notional,
    leverage: entry.leverage,
    fraction: entry.fraction,
    bucket: entry.bucket,
    strength: entry.strength,
    confidence: entry.confidence,
    isExtreme: entry.isExtreme,
    dc: entry.dc,
    ars: entry.ars,
    arsAdjusted: entry.arsAdjusted,
    alignment: entry.alignment,
    velDiv: entry.velDiv,
    regimeSizeMult: entry.regimeSizeMult,
    obMult: entry.obMult,
    leverageCeiling: entry.leverageCeiling,
    bucketMult: entry.bucketMult,
    streakMult: entry.streakMult,
    trendMult: entry.trendMult,
    exitBar: exit.exitBar,
    exitTimeMs: exit.exitTimeMs,
    exitPrice: result.exitPrice,
    reason: exit.reason,
    barsHeld: exit.exitBar - entry.entryBar,
    pnlPctRaw: result.pnlPctRaw,
    entryFee: result.entryFee,
    exitFee: result.exitFee,
    fees: result.entryFee + result.exitFee,
    net: result.net,
    capitalBefore: exit.capitalBefore,
    capitalAfter: exit.capitalBefore + result.net,
    rng: exit.rng,
    slippageUsd: result.slippageUsd,
    refundUsd: result.refundUsd,
    edgeUsd: result.edgeUsd,
  }
}
