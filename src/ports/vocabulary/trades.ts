import type { IsoDate } from '../../base/utc-date.js'
import type { Direction } from './market.js'

/** Exits that the engine decides. Engine semantics, section 8. */
export const OWN_EXITS = [
  'FIXED_TP',
  'STOP_LOSS',
  'VEL_DIV_TURN',
  'MAX_HOLD',
  'SUBDAY_ACB_NORMALIZATION',
  'HIBERNATE_HALT',
  'END_OF_DATA',
] as const

/** Exits that happen to the engine: what held the position ended it, or somebody ordered that. */
export const OUTSIDE_EXITS = [
  /** The take-profit that the execution side holds, in every state of the link. */
  'TAKE_PROFIT',
  /** The stop that it holds beside it. */
  'CATASTROPHIC_STOP',
  /** The execution side lost contact, or heard what could not be true. */
  'FAIL_SAFE',
  'LIQUIDATION',
  /** Truth and record disagreed. */
  'SAFETY',
  'RISK',
  'OPERATOR',
  /** Ended from outside for another reason; the journal has it. */
  'OTHER',
] as const

export type ExitReason = (typeof OWN_EXITS)[number] | (typeof OUTSIDE_EXITS)[number]

export type DirectionConfirmation = 'CONFIRM' | 'NEUTRAL' | 'CONTRADICT'

/** Signal strength classes by `vel_div`: 0 extreme, 1 strong, 2 moderate, 3 weak. */
export type Bucket = 0 | 1 | 2 | 3

/**
 * What was decided at entry and why the size is what it is. Bars are global indices; money in USD. Once an adapter has
 * confirmed the entry, bar, price and notional are those of its fill; leverage and fraction stay what was asked for.
 */
export interface EntryRecord {
  readonly asset: string
  readonly direction: Direction
  readonly entryBar: number
  /** Bar time in ms since the epoch, null where the day has no timestamps. */
  readonly entryTimeMs: number | null
  readonly entryPrice: number
  readonly notional: number
  /** Base units, where an adapter confirmed them; absent while only proposed, and where the fill was simulated. */
  readonly quantity?: number
  readonly leverage: number
  readonly fraction: number
  readonly bucket: Bucket
  readonly strength: number
  readonly confidence: number
  readonly isExtreme: boolean
  readonly dc: DirectionConfirmation
  /** Asset ranking score before and after the order-book adjustment; null when asset selection is off. */
  readonly ars: number | null
  readonly arsAdjusted: number | null
  readonly alignment: number | null
  readonly velDiv: number
  readonly regimeSizeMult: number
  readonly obMult: number
  readonly leverageCeiling: number
  readonly bucketMult: number
  readonly streakMult: number
  readonly trendMult: number
}

/** A closed trade. `pnlPctRaw` is a fraction of notional after slippage, refund and edge, before fees. */
export interface Trade extends EntryRecord {
  readonly exitBar: number
  readonly exitTimeMs: number | null
  readonly exitPrice: number
  readonly reason: ExitReason
  /** In the words of a strategy that is not the engine, where `reason` has none for it. */
  readonly ownReason?: string
  readonly barsHeld: number
  readonly pnlPctRaw: number
  readonly entryFee: number
  readonly exitFee: number
  readonly fees: number
  readonly net: number
  readonly capitalBefore: number
  readonly capitalAfter: number
  /** The simulated edge's random draw; null where none was made. */
  readonly rng: number | null
  /** Exit slippage paid, USD (positive is a cost). */
  readonly slippageUsd: number
  /** Maker share of that slippage refunded, USD. */
  readonly refundUsd: number
  /** Simulated order-book edge included in `net`, USD. */
  readonly edgeUsd: number
  /** Funding received and included in `net`, USD; absent where the fill was simulated. */
  readonly fundingUsd?: number
}

export type ForewarnerStatus = 'OK' | 'ORANGE' | 'RED'

export interface DayRecord {
  readonly date: IsoDate
  readonly bars: number
  /** Change of realised capital over the day, USD. */
  readonly pnl: number
  readonly capitalStart: number
  readonly capital: number
  /** Trades closed that day. */
  readonly trades: number
  /** Positions opened that day. */
  readonly entries: number
  readonly boostStart: number
  readonly betaStart: number
  readonly boost: number
  readonly beta: number
  readonly mcStatus: ForewarnerStatus
  /** The leverage the forewarner was asked with; null without a forewarner. */
  readonly forewarnerMaxLeverage: number | null
}

/** Performance figures, `spec` section 9. `profitFactor` is null when there are wins and no losses (infinite). */
export interface Figures {
  readonly roi: number
  readonly profitFactor: number | null
  readonly winRate: number
  readonly maxDrawdown: number
  readonly sharpe: number
  readonly trades: number
  readonly wins: number
  readonly dailyReturns: readonly number[]
  readonly tradeReturns: readonly number[]
}
