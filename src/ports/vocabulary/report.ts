import type { IsoDate } from '../../base/utc-date.js'
import type { Direction } from './market.js'
import type { DayRecord, EntryRecord, Figures, ForewarnerStatus, Trade } from './trades.js'

/** Totals of a group of trades (an exit reason, an asset). Money in USD. */
export interface TradeGroup {
  readonly key: string
  /** Count. */
  readonly trades: number
  /** Trades with a net above zero. */
  readonly wins: number
  /** USD. */
  readonly net: number
  /** Bars from entry to exit, on average. */
  readonly meanBarsHeld: number
}

/** Where the money went, USD over all closed trades: `gross − slippage + refund + edge − entryFees − exitFees = net`. */
export interface CostAttribution {
  /** Result at bar prices, before any cost. */
  readonly gross: number
  /** USD, paid at exits. */
  readonly slippage: number
  /** USD, the maker share of that slippage. */
  readonly refund: number
  /** USD, of the simulated order-book edge. */
  readonly edge: number
  /** USD. */
  readonly entryFees: number
  /** USD. */
  readonly exitFees: number
  /** USD. */
  readonly net: number
}

export interface Exposure {
  /** Share of all bars with an open position, 0 … 1. */
  readonly timeInMarket: number
  /** Notional over capital at entry, over all entries. */
  readonly meanNotionalToCapital: number
  /** Ratio. */
  readonly maxNotionalToCapital: number
  /** Ratio, as it was asked for. */
  readonly meanLeverage: number
  /** Ratio, as it was asked for. */
  readonly maxLeverage: number
}

/** Holding one asset with the whole capital over the same days; drawdown and Sharpe ratio of its values at the ends of days. */
export interface BaselineResult {
  readonly strategy: 'buy-and-hold'
  readonly asset: string
  /** USD, after costs. */
  readonly finalCapital: number
  /** Gain over the initial capital, a fraction. */
  readonly roi: number
  /** Deepest fall from a peak, a fraction of the peak. */
  readonly maxDrawdown: number
  /** Ratio of daily returns, annualised. Section 9. */
  readonly sharpe: number
}

/** A strategy that is not the champion: which file, and with which parameters. */
export interface OwnStrategy {
  /** As it was typed. */
  readonly file: string
  /** SHA-256 of the file, hex. */
  readonly sha256: string
  readonly parameters: Readonly<Record<string, unknown>>
}

/** Whether a strategy is one of those that are shipped to show what can be done; `file` as it was typed: `example:geometry`. */
export function isExample({ file }: Pick<OwnStrategy, 'file'>): boolean {
  return file.startsWith(EXAMPLE)
}

/** What the names of such strategies begin with. */
export const EXAMPLE = 'example:'

/** What whoever sees one of their results must know. */
export const EXAMPLE_TEXT = 'an example: nobody has shown that it earns anything'

/** A day that was left out, and why. */
export interface SkippedDay {
  readonly date: IsoDate
  readonly file: string
  readonly error: string
}

/** What a run does where data say what the champion's rules do not. Settings of the run, no parameters. */
export interface RunRules {
  /** `cross`: the whole account stands behind the position and is lost with it. `off`: capital may fall below zero. */
  readonly liquidation: 'off' | 'cross'
  /** Of a position whose asset has no price any more: `close` it at the last one, or `wait`. */
  readonly delisting: 'wait' | 'close'
  /** Of a position that is open where bars are missing: `carry` it over, or `close` it at the last price before. */
  readonly onGap: 'carry' | 'close'
}

/** The calendar that figures run over. */
export interface RunCalendar {
  /** From the first day to the last. */
  readonly days: number
  /** Of them without bars: no file, or a day that was left out. */
  readonly missingDays: number
  /** Over all of them, a missing one with a return of 0; the figures' own Sharpe ratio is over the days that there are. */
  readonly sharpe: number
  /** Fewer than thirty days with bars: figures of so few say little. */
  readonly fewDays: boolean
}

/** Capital with the open position at each bar's price, beside the realised capital that figures are of. */
export interface MarkedEquity {
  /** USD. */
  readonly finalEquity: number
  /** Fraction, over all bars. */
  readonly maxDrawdown: number
  /** Columns of equal length: a point for every so many bars in which equity changed. */
  readonly curve: {
    readonly barsPerPoint: number
    /** Global index of the last bar of each point, and its time, UTC ms; null where bars have none. */
    readonly bars: readonly number[]
    readonly timesMs: readonly (number | null)[]
    /** USD at that bar, and the lowest in the point. */
    readonly equity: readonly number[]
    readonly low: readonly number[]
  }
}

/** Something about a run's days that `dolphin data verify` would say of them, too. */
export interface DayNote {
  readonly date: IsoDate
  readonly check: string
  readonly message: string
}

/** Everything a finished backtest says; `--json` prints it and the HTML report draws it. */
export interface BacktestReport {
  readonly schema: 'dolphin.backtest/1'
  readonly engineVersion: string
  readonly strategy: string
  /** Absent: the engine decided. `direction` says nothing then: each entry has its own. */
  readonly ownStrategy?: OwnStrategy
  readonly direction: Direction
  /** True when any parameter differs from the frozen champion. */
  readonly research: boolean
  /** `key: champion value -> value in force`, one line per drifted parameter. */
  readonly drift: readonly string[]
  readonly hashes: {
    /** SHA-256 of the canonical champion parameters, first 16 hex digits. */
    readonly champion: string
    /** The same over the parameters in force. */
    readonly parameters: string
    /** SHA-256 of every setting of the run, hex. */
    readonly config: string
    /** SHA-256 of the built code, hex. */
    readonly code: string
    /** SHA-256 over the files' SHA-256s in order, hex. */
    readonly data: string
  }
  readonly parameters: Readonly<Record<string, number | string | boolean>>
  /** Settings of the run that are no engine parameters: vol gate, breaker, forewarner, order book, capital. */
  readonly settings: Readonly<Record<string, number | string | boolean | null>>
  /** `bar-price`: every order filled at its bar's price and cost nothing; figures are not comparable with simulated fills. */
  readonly fills: 'simulated' | 'bar-price'
  /** USD. */
  readonly initialCapital: number
  /** Realised, USD. */
  readonly finalCapital: number
  readonly from: IsoDate | null
  readonly to: IsoDate | null
  /** Of all days. */
  readonly bars: number
  /** Median step between bars in seconds; null where days have no timestamps. */
  readonly barSeconds: number | null
  /** What `max_hold_bars` means in time, seconds. */
  readonly maxHoldSeconds: number | null
  readonly universe: readonly string[]
  readonly rules: RunRules
  readonly calendar: RunCalendar
  /** Days that are missing or incomplete. */
  readonly dayNotes: readonly DayNote[]
  readonly figures: Figures
  /** The same trades and sizes with the simulated edge taken out of every result. */
  readonly figuresWithoutEdge: Figures
  readonly markToMarket: MarkedEquity
  /** Null where no asset had a price. */
  readonly baseline: BaselineResult | null
  /** By reason: the engine's, or a strategy's own words. */
  readonly exits: readonly TradeGroup[]
  readonly assets: readonly TradeGroup[]
  readonly costs: CostAttribution
  readonly exposure: Exposure
  readonly days: readonly DayRecord[]
  readonly trades: readonly Trade[]
  readonly openPosition: EntryRecord | null
  /** Random numbers that the simulated edge drew. */
  readonly rngDraws: number
  readonly skippedDays: readonly SkippedDay[]
  readonly forewarnerDays: Readonly<Record<ForewarnerStatus, number>>
}
