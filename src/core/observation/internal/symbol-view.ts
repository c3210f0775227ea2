/**
 * What is known of one symbol at the time of a snapshot: what primitives are computed from, and nothing else. Columns are those of
 * the symbol's own buffers, read in place: entries `from` up to, not including, `to`, by time.
 */
export interface SymbolView {
  readonly symbol: string
  readonly nowMs: number
  readonly trades: TradeColumns
  readonly liquidations: TradeColumns
  readonly depth: DepthTop | undefined
  /** The one before the latest. */
  readonly depthBefore: DepthTop | undefined
  readonly markPrice: number | undefined
  /** ACTIVE ones, by their number; strengths as of now. */
  readonly nodes: readonly NodeView[]
  readonly positions: readonly PositionView[]
  /** How many kinds of event are expected of the symbol, and of how many there was one in the last minute. */
  readonly expectedKinds: number
  readonly observedKinds: number
}

/** Trades, or liquidations, a column each. Sides: 1 BUY, 0 SELL. */
export interface TradeColumns {
  readonly from: number
  readonly to: number
  readonly tsMs: Float64Array
  readonly price: Float64Array
  readonly baseQty: Float64Array
  readonly isBuy: Uint8Array
}

export interface DepthTop {
  readonly bidSize: number
  readonly askSize: number
  readonly bestBid: number | undefined
  readonly bestAsk: number | undefined
  readonly tsMs: number
}

export interface NodeView {
  /** Its number among the symbol's. */
  readonly n: number
  readonly id: string
  readonly priceCenter: number
  /** Full width. */
  readonly priceBand: number
  readonly strength: number
  readonly interactionCount: number
  /** The last fifty. */
  readonly interactionTimesMs: ArrayLike<number>
  readonly firstSeenMs: number
  readonly lastInteractionMs: number
  readonly totalVolumeUsd: number
  readonly liquidationCount: number
  /** When it was ACTIVE, the open interval last. */
  readonly presenceMs: readonly (readonly [fromMs: number, toMs: number])[]
}

export interface PositionView {
  readonly tsMs: number
  /** Base units, signed. */
  readonly positionSize: number
  readonly positionValueUsd: number
  readonly leverage: number
  readonly liquidationPrice: number | undefined
}
