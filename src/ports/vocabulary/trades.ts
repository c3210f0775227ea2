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
  /** The asset has no price any more. */
  'DELISTED',
  /** At the last price before bars that are missing. */
  'DATA_GAP',
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
  /** The account could not carry it any longer: a venue says so, or the run's own account where it is asked to. */
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
  /** Counted from 0 over the run. */
  readonly entryBar: number
  /** Bar time in ms since the epoch, null where the day has no timestamps. */
  readonly entryTimeMs: number | null
  /** USD. */
  readonly entryPrice: number
  /** USD. */
  readonly notional: number
  /** Base units, where an adapter confirmed them; absent while only proposed, and where the fill was simulated. */
  readonly quantity?: number
  /** Times the fraction of the capital that is invested. Section 7. */
  readonly leverage: number
  /** Share of the capital, before leverage, 0 to 1. Section 7. */
  readonly fraction: number
  readonly bucket: Bucket
  /** How far the signal is beyond its threshold, 0 to 1. Section 7. */
  readonly strength: number
  /** 0.5 to 0.9, and as the order book confirms it. Section 5. */
  readonly confidence: number
  readonly isExtreme: boolean
  readonly dc: DirectionConfirmation
  /** Asset ranking score before and after the order-book adjustment; null when asset selection is off. */
  readonly ars: number | null
  /** After the order book. */
  readonly arsAdjusted: number | null
  /** Share of the last steps that point in the direction, 0 to 1; null when asset selection is off. Section 6. */
  readonly alignment: number | null
  /** The instability signal at the entry, v50 minus v750. */
  readonly velDiv: number
  /** Factor of the daily breaker and the forewarner. Sections 7.5, 10.4. */
  readonly regimeSizeMult: number
  /** Factor of the order book. */
  readonly obMult: number
  /** The largest leverage that was allowed. Section 7. */
  readonly leverageCeiling: number
  /** Factor of the signal's bucket. Section 7. */
  readonly bucketMult: number
  /** Factor of the last results. Section 7. */
  readonly streakMult: number
  /** Factor of the signal's trend. Section 7. */
  readonly trendMult: number
}

/** A closed trade. `pnlPctRaw` is a fraction of notional after slippage, refund and edge, before fees. */
export interface Trade extends EntryRecord {
  /** Counted from 0 over the run. */
  readonly exitBar: number
  readonly exitTimeMs: number | null
  /** USD. */
  readonly exitPrice: number
  readonly reason: ExitReason
  /** In the words of a strategy that is not the engine, where `reason` has none for it. */
  readonly ownReason?: string
  /** Bars from entry to exit. */
  readonly barsHeld: number
  /** Fraction of the notional. */
  readonly pnlPctRaw: number
  /** USD. */
  readonly entryFee: number
  /** USD. */
  readonly exitFee: number
  /** USD, both legs. */
  readonly fees: number
  /** USD, after everything. */
  readonly net: number
  /** Realised, USD. */
  readonly capitalBefore: number
  /** Realised, USD. */
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
  /** Time without data that it was held over, ms; absent where there was none. */
  readonly gapMs?: number
}

export type ForewarnerStatus = 'OK' | 'ORANGE' | 'RED'

export interface DayRecord {
  readonly date: IsoDate
  /** Rows of the day. */
  readonly bars: number
  /** Change of realised capital over the day, USD. */
  readonly pnl: number
  /** Realised, USD, before its first bar. */
  readonly capitalStart: number
  /** Realised, USD, after its last bar. */
  readonly capital: number
  /** Trades closed that day. */
  readonly trades: number
  /** Positions opened that day. */
  readonly entries: number
  /** The daily breaker's factor of the leverage at the start of the day. Section 10. */
  readonly boostStart: number
  /** How much the signal's depth adds to that factor, 0 to 1. */
  readonly betaStart: number
  /** The factor at the end of the day, after sub-day updates. */
  readonly boost: number
  /** The same at the end of the day. */
  readonly beta: number
  readonly mcStatus: ForewarnerStatus
  /** The leverage the forewarner was asked with; null without a forewarner. */
  readonly forewarnerMaxLeverage: number | null
}

/** Performance figures, `spec` section 9. `profitFactor` is null when there are wins and no losses (infinite). */
export interface Figures {
  /** Gain over the initial capital, a fraction. */
  readonly roi: number
  /** Gains over losses. */
  readonly profitFactor: number | null
  /** Wins over trades, 0 to 1. */
  readonly winRate: number
  /** Deepest fall from a peak, a fraction of the peak. */
  readonly maxDrawdown: number
  /** Ratio of daily returns, annualised. */
  readonly sharpe: number
  /** Count. */
  readonly trades: number
  /** Trades with a net above zero. */
  readonly wins: number
  readonly dailyReturns: readonly number[]
  readonly tradeReturns: readonly number[]
}
