/** Order-book features of one asset as of a bar. Source: system bible §9.1, §9.3. */
export interface AssetBook {
  /** 5-bar mean of the bid/ask size imbalance, −1 … +1; positive is bid-heavy. */
  readonly imbalanceMa5: number
  /** Share of recent bars that kept the imbalance's sign, 0 … 1. */
  readonly persistence: number
  /** Rate of change of displayed depth; negative is thinning. */
  readonly withdrawalVelocity: number
  /** Depth score, 0 … 2+; above 1 is a deep book. */
  readonly depthQuality: number
  /** Probability of a maker fill, 0 … 1. */
  readonly fillProbability: number
}

/** Market-wide order-book state. Source: system bible §9.2. */
export interface BookMacro {
  /** Number of assets in a liquidation cascade. */
  readonly cascadeCount: number
  /** −1 calm or trending, 0 neutral, +1 liquidity withdrawal stress. */
  readonly regimeSignal: number
}

/** What the books said of a bar, as it reaches a strategy with the bar. */
export interface BarBooks {
  readonly macro: BookMacro
  /** By symbol; one that is not in it is not known. */
  readonly rows: Readonly<Record<string, AssetBook>>
}

/**
 * Which rows of a bar's books a strategy may look at: each of these symbols, all, or none at all; the market-wide state comes with
 * the first two.
 */
export type BooksNeeded = 'all' | 'none' | readonly string[]

/**
 * Order-book inputs of the engine. `bar` is the engine's global bar index; answers are as of that bar and never later.
 * An asset without data is `undefined`, never a default.
 */
export interface OrderBookSource {
  /** Every asset that may have data, in a fixed order. */
  readonly assets: readonly string[]
  book(asset: string, bar: number): AssetBook | undefined
  /** `{0, 0}` while nothing is known. */
  macro(bar: number): BookMacro
}
