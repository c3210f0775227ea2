import type { Direction, Posture } from '../../ports/vocabulary/market.js'
import type { OWN_EXITS } from '../../ports/vocabulary/trades.js'
import type { ExitLimits } from '../orderbook/dynamic-exit.js'
import { DELISTED_BARS } from './delisting.js'

export interface ExitSituation {
  /** The account cannot carry the position any longer; false where a run has no liquidation. */
  readonly isLiquidated: boolean
  readonly posture: Posture
  readonly subdayNormalization: boolean
  /** Return of the position at this bar's price, a fraction; undefined when the asset has no price at this bar. */
  readonly pnlPct: number | undefined
  /** Bars running, this one included, without a price of the asset; 0 where a run waits for a price however long. */
  readonly pricelessBars: number
  readonly barsHeld: number
  /** Bars running, this one included, on which the signal stood against the trade; 0 while that exit is off. */
  readonly turnBars: number
}

/** `vel_div` at or beyond this, against the trade, for this many bars running, ends it. Source: system bible TODO-1. */
const TURN_LEVEL = 0.02
const TURN_BARS = 3

type BarExitReason = Exclude<(typeof OWN_EXITS)[number], 'DATA_GAP' | 'END_OF_DATA'> | 'LIQUIDATION'

/**
 * Why the position ends on this bar, if it does. Sections 8 and 14, in order; without a price only HIBERNATE and a delisting
 * can end it. A liquidation is asked about first: nothing that is decided later could be paid for.
 */
export function exitReason(situation: ExitSituation, limits: ExitLimits): BarExitReason | undefined {
  if (situation.isLiquidated) return 'LIQUIDATION'
  if (situation.posture === 'HIBERNATE') return 'HIBERNATE_HALT'
  const { pnlPct } = situation
  if (pnlPct === undefined) return situation.pricelessBars >= DELISTED_BARS ? 'DELISTED' : undefined
  if (situation.subdayNormalization) return 'SUBDAY_ACB_NORMALIZATION'
  if (pnlPct >= limits.tpPct) return 'FIXED_TP'
  if (pnlPct <= -limits.stopPct) return 'STOP_LOSS'
  if (situation.turnBars >= TURN_BARS) return 'VEL_DIV_TURN'
  if (situation.barsHeld >= limits.maxHoldBars) return 'MAX_HOLD'
  return undefined
}

/** The run of adverse bars after this one; a signal that is not finite breaks it. */
export function turnBarsAfter(turnBars: number, direction: Direction, velDiv: number): number {
  const adverse = direction === -1 ? velDiv >= TURN_LEVEL : velDiv <= -TURN_LEVEL
  return adverse && Number.isFinite(velDiv) ? turnBars + 1 : 0
}
