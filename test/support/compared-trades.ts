import { tradeRecord as recordOf } from '../../src/core/performance/trade-journal.js'
import { positionId } from '../../src/ports/vocabulary/ids.js'
import type { FillPurpose } from '../../src/ports/vocabulary/messages.js'
import type { TradeRecord } from '../../src/ports/vocabulary/session.js'
import type { ExitReason, Trade } from '../../src/ports/vocabulary/trades.js'

export const MIDNIGHT = Date.UTC(2025, 4, 9)
export const BAR_MS = 60_000

/** SHORT 2 BTCUSDT at 100 on bar 10, bought back at 95 on bar 30, free of cost: +10 USD on a capital of 1,000. */
export function bulkTrade(changes: Partial<Trade> = {}): Trade {
  const trade: Trade = {
    asset: 'BTCUSDT',
    direction: -1,
    entryBar: 10,
    entryTimeMs: MIDNIGHT + 10 * BAR_MS,
    entryPrice: 100,
    notional: 200,
    quantity: 2,
    leverage: 2,
    fraction: 0.1,
    bucket: 1,
    strength: 0.5,
    confidence: 0.9,
    isExtreme: false,
    dc: 'CONFIRM',
    ars: 1,
    arsAdjusted: 1,
    alignment: 0.5,
    velDiv: -0.03,
    regimeSizeMult: 1,
    obMult: 1,
    leverageCeiling: 5,
    bucketMult: 1,
    streakMult: 1,
    trendMult: 1,
    exitBar: 30,
    exitTimeMs: MIDNIGHT + 30 * BAR_MS,
    exitPrice: 95,
    reason: 'FIXED_TP',
    barsHeld: 20,
    pnlPctRaw: 0.05,
    entryFee: 0,
    exitFee: 0,
    fees: 0,
    net: 10,
    capitalBefore: 1000,
    capitalAfter: 1010,
    rng: null,
    slippageUsd: 0,
    refundUsd: 0,
    edgeUsd: 0,
    fundingUsd: 0,
  }
  return { ...trade, ...changes }
}

interface SessionTradeChanges {
  readonly tradeId?: string
  readonly symbol?: string
  readonly direction?: 'LONG' | 'SHORT'
  readonly entryBar?: number
  readonly exitBar?: number
  readonly filledLateMs?: number
  readonly capitalUsd?: string
  readonly targetNotionalUsd?: string
  readonly orderedQuantity?: string
  readonly quantity?: string
  readonly entryValueUsd?: string
  readonly exitValueUsd?: string
  readonly exitRequestedPrice?: string | null
  readonly entryFeesUsd?: string
  readonly exitFeesUsd?: string
  readonly fundingUsd?: string
  readonly purpose?: FillPurpose
  readonly reason?: ExitReason | 'comms_fail_safe_flatten'
}

/** The same trade in a session, until something about it is changed. */
export function sessionTrade(changes: SessionTradeChanges = {}): TradeRecord {
  const { entryBar = 10, exitBar = 30, tradeId = `t${entryBar}` } = changes
  const entryBarAtMs = MIDNIGHT + entryBar * BAR_MS
  return recordOf(
    {
      tradeId: positionId(tradeId),
      symbol: changes.symbol ?? 'BTCUSDT',
      strategy: 'blue',
      direction: changes.direction ?? 'SHORT',
      openedAtMs: entryBarAtMs + (changes.filledLateMs ?? 50),
      entryBar,
      entryBarAtMs,
      requestedPrice: '100',
      targetNotionalUsd: changes.targetNotionalUsd ?? '200',
      orderedQuantity: changes.orderedQuantity ?? changes.quantity ?? '2',
    },
    {
      tradeId: positionId(tradeId),
      closedAtMs: MIDNIGHT + exitBar * BAR_MS + 50,
      exitBar,
      requestedPrice: changes.exitRequestedPrice === undefined ? '95' : changes.exitRequestedPrice,
      quantity: changes.quantity ?? '2',
      entryValueUsd: changes.entryValueUsd ?? '200',
      exitValueUsd: changes.exitValueUsd ?? '190',
      entryFeesUsd: changes.entryFeesUsd ?? '0',
      exitFeesUsd: changes.exitFeesUsd ?? '0',
      fundingUsd: changes.fundingUsd ?? '0',
      purpose: changes.purpose ?? 'EXIT',
      reason: changes.reason ?? 'FIXED_TP',
    },
    changes.capitalUsd ?? '1000',
  )
}
