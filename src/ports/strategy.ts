import { having, listOf } from '../base/arguments.js'
import type { BarBooks, BooksNeeded } from './order-book.js'
import type { Direction, Posture } from './vocabulary/market.js'
import type { BarObservation } from './vocabulary/observation.js'
import type { PrimitiveName } from './vocabulary/primitives.js'

/** Precedence of mandates, highest first: EXIT, BLOCK, REDUCE, ENTRY, HOLD. Source: module contracts, layer 3. */
export type MandateType = 'EXIT' | 'BLOCK' | 'REDUCE' | 'ENTRY' | 'HOLD'

/** What a strategy wants for one symbol. */
export interface Mandate {
  readonly strategyId: string
  readonly symbol: string
  readonly type: MandateType
  /** 0 … 1; decides between mandates of one type. */
  readonly authority: number
  /** UTC ms. */
  readonly timestampMs: number
  /** ENTRY has one, the others need none. */
  readonly direction?: Direction
  /** ENTRY: USD to put behind it. REDUCE: USD to take off. Above zero. */
  readonly notionalUsd?: number
  /** ENTRY: how sure its signal is, 0 … 1; below 0.5 nothing is entered. Absent: sure. */
  readonly confidence?: number
  /** USD: the price the decision was made at. ENTRY, REDUCE and EXIT have one where there was a price. */
  readonly price?: number
  /** Why, in the strategy's own terms (`FIXED_TP`, `MAX_HOLD`, `SIGNAL`). */
  readonly reason: string
}

/** One bar as every strategy sees it. `prices[i]` is the close of `symbols[i]`, NaN where there is none. */
export interface StrategyBar {
  /** Rises by one per bar over the life of the decision journal. */
  readonly bar: number
  readonly timestampMs: number
  readonly symbols: readonly string[]
  readonly prices: Float64Array
  /** The instability signal, v50 minus v750; NaN where there is none. */
  readonly velDiv: number
  readonly volOk: boolean
  /** Share of the scan's data that is good, 0 … 1; absent: nobody says, as of recorded days, which are checked when they are read. */
  readonly dataQuality?: number
  /** First bar of a UTC day: what the day begins with. */
  readonly day?: {
    readonly date: string
    readonly boost?: number
    readonly beta?: number
    readonly forewarner?: 'OK' | 'ORANGE' | 'RED'
  }
  readonly posture: Posture
  /** A sub-day breaker update that arrived since the bar before; applied before anything of this bar is looked at. */
  readonly breaker?: { readonly boost: number; readonly beta: number }
  /** What the order books said at the end of this bar, of what the strategy asks for; absent: it asks for none, or nobody keeps them. */
  readonly books?: BarBooks
  /** What was observed of the market up to this bar, for strategies that observe; absent: none does, or nobody observes. */
  readonly observation?: BarObservation
  /** Why nothing is entered on this bar, whatever the strategies want; positions are managed as on any other. */
  readonly hold?: EntryHold
}

/**
 * `STALE_SCAN`: the bar is too old, or of the future. `NO_POSTURE`: nobody says, or not lately, how much risk may be taken.
 * `FOREWARNER_RED`: the forewarner has come to RED within the day. `NO_BOOKS`: order books decide, and none is known at this bar.
 */
export type EntryHold = 'STALE_SCAN' | 'NO_POSTURE' | 'FOREWARNER_RED' | 'NO_BOOKS'

/** A confirmed execution of the strategy's own position. Prices USD, quantity base units, cumulative per leg. */
export interface StrategyFill {
  readonly symbol: string
  readonly direction: Direction
  /** `entry` opens or enlarges; `exit` reduces or closes. */
  readonly leg: 'entry' | 'exit'
  /** Average price of this leg so far. */
  readonly price: number
  /** Filled of this leg so far. */
  readonly quantity: number
  /** Paid on this leg so far, USD. */
  readonly feesUsd: number
  /** Received on the position so far, USD. */
  readonly fundingUsd: number
  /** No more of this leg will fill (entry: the order is done; exit: the position is flat). */
  readonly complete: boolean
  /** Exit: why the position ended: the mandate's reason, or what ended it without one (`OUTSIDE_EXITS`, `DELISTED` and `DATA_GAP` of ports/trades). */
  readonly reason: string
}

/**
 * Bars in, mandates out; what became of a mandate comes back. Deterministic: the same calls give the same mandates.
 * A strategy holds at most one position, opens none of its own accord, and knows its position only from fills.
 */
export interface Strategy {
  readonly id: string
  onBar(bar: StrategyBar): readonly Mandate[]
  /**
   * Which books it may look at in `onBar` of this bar, asked before: the others are neither shown to it nor kept in the
   * journal. Changes nothing. Absent: none.
   */
  booksNeeded?(bar: StrategyBar): BooksNeeded
  /**
   * Whether its bars need what was observed of the market; a list: of the primitives those alone, beside regime and market. Absent:
   * no. Whatever it may look at is in the journal with each bar.
   */
  readonly observes?: boolean | readonly PrimitiveName[]
  /** Its ENTRY was denied, late, rejected or dropped: nothing filled, nothing will. */
  onEntryDropped(symbol: string, reason: string): void
  onFill(fill: StrategyFill): void
  /** Complete state as plain JSON. */
  snapshot(): unknown
  /** Throws with the path of the first field that is not what a snapshot has. */
  restore(snapshot: unknown): void
}

/** Of {@link Strategy}s that somebody else's program gives. @internal */
export const STRATEGIES = listOf(having('a strategy', 'onBar', 'onEntryDropped', 'onFill', 'snapshot', 'restore'))

/** What a strategy of one's own is made with. */
export interface StrategyContext<Parameters = Readonly<Record<string, unknown>>> {
  /** The id that its mandates must carry. */
  readonly id: string
  /** USD, before its first trade. */
  readonly initialCapital: number
  /** As its schema says, defaults filled in. */
  readonly parameters: Parameters
}

/**
 * The default export of a strategy file. The same context must make strategies that decide the same: no clock, no
 * randomness, no state outside the instance.
 */
export interface StrategyModule<Parameters = Readonly<Record<string, unknown>>> {
  /** 1 to 64 visible ASCII characters. */
  readonly name: string
  /**
   * JSON Schema (2020-12) of an object; each property has a `default`. What it allows is what may be swept:
   * `minimum`, `maximum` and `multipleOf` of numbers, `enum` of the rest.
   */
  readonly parameters?: object
  /** Its bars have the order books where they are live; absent: they have not. Every row of every bar is then in the journal. */
  readonly books?: boolean
  /**
   * Its bars have what was observed of the market ({@link StrategyBar}): `true` all of it, a list those primitives, beside regime and
   * market; absent: they have not. All of it is then in the journal, so that a list is the better choice.
   */
  readonly observation?: boolean | readonly PrimitiveName[]
  create(context: StrategyContext<Parameters>): Strategy
}
