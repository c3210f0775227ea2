import type { Direction } from '../../ports/vocabulary/market.js'
import type { ExitReason } from '../../ports/vocabulary/trades.js'
import type { EngineParameters } from '../engine/parameters.js'

/** Exit slippage as a fraction of price: market orders pay more than resting ones. Section 8. */
export function exitSlippage(reason: ExitReason): number {
  return reason === 'STOP_LOSS' || reason === 'HIBERNATE_HALT' || reason === 'DELISTED' ? 0.0005 : 0.0002
}

/** Binance USDT-M regular rates the source's blended fees are made of. Source: system bible §8.1. */
const MAKER_FEE = 0.0002
const TAKER_FEE = 0.0005

/** The share of an exit's slippage that a maker fill would not have paid; only exits that can rest at the book. */
export function slippageRefund(parameters: EngineParameters, reason: ExitReason, slip: number): number {
  if (!parameters.use_sp_slippage) return 0
  return reason === 'FIXED_TP' || reason === 'MAX_HOLD' ? parameters.sp_maker_exit_rate * slip : 0
}

export interface ExitCosting {
  readonly direction: Direction
  readonly reason: ExitReason
  readonly entryPrice: number
  /** The bar's price of the asset. */
  readonly price: number
  readonly notional: number
  /** Simulated order-book edge as a fraction of notional; 0 for none. */
  readonly edge: number
}

export interface ExitResult {
  readonly exitPrice: number
  readonly pnlPctRaw: number
  readonly entryFee: number
  readonly exitFee: number
  readonly net: number
  readonly slippageUsd: number
  readonly refundUsd: number
  readonly edgeUsd: number
}

/** A simulated exit fill with its costs, in the order of section 8. */
export function simulatedExit(parameters: EngineParameters, exit: ExitCosting): ExitResult {
  const { direction, entryPrice, price, notional, edge } = exit
  const slip = exitSlippage(exit.reason)
  const refund = slippageRefund(parameters, exit.reason, slip)
  const exitPrice = price * (1 - direction * slip)
  let pnlPctRaw = (direction * (exitPrice - entryPrice)) / entryPrice
  pnlPctRaw += refund
  pnlPctRaw += edge

  const entryFee = parameters.use_sp_fees ? blendedFee(parameters.sp_maker_entry_rate) * notional : 0
  const exitFee = parameters.use_sp_fees ? blendedFee(parameters.sp_maker_exit_rate) * notional : 0
  return {
    exitPrice,
    pnlPctRaw,
    entryFee,
    exitFee,
    net: pnlPctRaw * notional - entryFee - exitFee,
    slippageUsd: ((price * slip) / entryPrice) * notional,
    refundUsd: refund * notional,
    edgeUsd: edge * notional,
  }
}

export interface ConfirmedCosting {
  readonly direction: Direction
  readonly entryPrice: number
  /** USD paid on the entry. */
  readonly entryFee: number
  readonly price: number
  /** Base units. */
  readonly quantity: number
  /** USD paid on the exit. */
  readonly exitFee: number
  /** USD received; negative was paid. */
  readonly fundingUsd: number
}

/** An exit as it was confirmed. Slippage is in the prices of both fills; nothing is refunded and there is no edge. */
export function confirmedExit(exit: ConfirmedCosting): ExitResult {
  const { direction, entryPrice, entryFee, price, quantity, exitFee, fundingUsd } = exit
  return {
    exitPrice: price,
    pnlPctRaw: (direction * (price - entryPrice)) / entryPrice,
    entryFee,
    exitFee,
    net: direction * (price - entryPrice) * quantity - (entryFee + exitFee) + fundingUsd,
    slippageUsd: 0,
    refundUsd: 0,
    edgeUsd: 0,
  }
}

function blendedFee(makerRate: number): number {
  return MAKER_FEE * makerRate + TAKER_FEE * (1 - makerRate)
}
