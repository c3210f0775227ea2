import type { BookMacro } from '../../ports/order-book.js'

/** When a position is closed: fractions of the entry price, and bars. */
export interface ExitLimits {
  readonly tpPct: number
  readonly stopPct: number
  readonly maxHoldBars: number
}

/** OB-5's factors. Source: system bible §7.2. */
export const DYNAMIC_EXIT = Object.freeze({
  cascadeTakeProfit: 1.4,
  cascadeHold: 0.5,
  stressStopPct: 0.1,
  stressTakeProfit: 0.6,
  stressImbalance: -0.1,
  stressHold: 0.4,
  calmImbalance: 0.15,
  calmHold: 1.5,
  withdrawalVelocity: -0.2,
  withdrawalHold: 0.4,
  withdrawalTakeProfit: 0.75,
})

/**
 * OB-5: the limits of an open position on this bar, from the configured ones. A cascade comes before stress, stress
 * before calm; a withdrawing book of the asset counts only when the market is in neither cascade nor stress.
 * `effImb` and `withdrawalVelocity` are undefined while the asset has no order-book data: then only the macro rules apply.
 * Every product of a hold is floored; a stress stop never loosens a tighter one. Engine semantics, section 8.1.
 */
export function dynamicExit(
  configured: ExitLimits,
  macro: BookMacro,
  effImb: number | undefined,
  withdrawalVelocity: number | undefined,
  pnlPct: number,
): ExitLimits {
  let { tpPct, stopPct, maxHoldBars } = configured
  if (macro.cascadeCount > 0) {
    return {
      tpPct: tpPct * DYNAMIC_EXIT.cascadeTakeProfit,
      stopPct,
      maxHoldBars: floorHold(configured, DYNAMIC_EXIT.cascadeHold),
    }
  }
  if (macro.regimeSignal === 1) {
    stopPct = Math.min(stopPct, DYNAMIC_EXIT.stressStopPct)
    if (pnlPct > 0) tpPct *= DYNAMIC_EXIT.stressTakeProfit
    if (effImb !== undefined && effImb < DYNAMIC_EXIT.stressImbalance) {
      maxHoldBars = floorHold(configured, DYNAMIC_EXIT.stressHold)
    }
    return { tpPct, stopPct, maxHoldBars }
  }
  if (macro.regimeSignal === -1 && effImb !== undefined && effImb > DYNAMIC_EXIT.calmImbalance) {
    maxHoldBars = floorHold(configured, DYNAMIC_EXIT.calmHold)
  }
  if (withdrawalVelocity !== undefined && withdrawalVelocity < DYNAMIC_EXIT.withdrawalVelocity) {
    maxHoldBars = Math.min(maxHoldBars, floorHold(configured, DYNAMIC_EXIT.withdrawalHold))
    if (pnlPct > 0) tpPct *= DYNAMIC_EXIT.withdrawalTakeProfit
  }
  return { tpPct, stopPct, maxHoldBars }
}

function floorHold(configured: ExitLimits, factor: number): number {
  return Math.floor(configured.maxHoldBars * factor)
}
