import type { Bar } from './bar.js'

/** What the sandbox's public market data is made of. */
export interface MarketSettings {
  /** Hours between two settlements. Default 8. */
  readonly fundingIntervalHours?: number
  /** What was traded before the exchange was asked. Absent: nothing is known of it. */
  readonly history?: BarHistory
  /** Levels on each side of a book of which only the best is given. Default 50. */
  readonly bookLevels?: number
  /** Of the trades with each of which somebody else is liquidated. Default 0. */
  readonly liquidatedShare?: number
  /** Symbols that nobody outside knows of until the act `listSymbol`. Default none. */
  readonly listedLater?: readonly string[]
  /** Whether exchangeInfo also lists what clients trip over: halted, settling, dated and other contracts. Default true. */
  readonly oddities?: boolean
}

/** Bars of the past, the same each time they are asked for. */
export interface BarHistory {
  /** From when on there are any, UTC ms; undefined for a symbol that is not known. */
  sinceMs(symbol: string): number | undefined
  /** Bars of a minute that were traded in, rising; of the minute in which `untilMs` lies, what was traded before it. */
  minutes(symbol: string, fromMs: number, untilMs: number): readonly Bar[]
  /** As minutes, by the hour, where long spans cost less that way. Opens and closes are exact, the rest is about. */
  hours?(symbol: string, fromMs: number, untilMs: number): readonly Bar[]
  /** USD, of the last trade at or before `timeMs`; undefined: not known. */
  priceAt(symbol: string, timeMs: number): number | undefined
}
