/** Rows of a side as the exchange sends them, decimals as text. What came over the wire need not keep to it. */
export type LevelRows = readonly (readonly [price: string, quantity: string])[]

/** Changes of a book, or its best levels whole, by the exchange's own names: the frame goes in as it was parsed. */
export interface DepthFrame {
  /** First and last update id in it, and the last of the frame before it. */
  readonly U: number
  /** Id. */
  readonly u: number
  /** Id. */
  readonly pu: number
  readonly b: LevelRows
  readonly a: LevelRows
}

/** The answer to a request for a snapshot. */
export interface DepthSnapshot {
  /** Number of the request. */
  readonly requestId: number
  /** Id of the last update in it. */
  readonly lastUpdateId: number
  readonly bids: LevelRows
  readonly asks: LevelRows
}

/**
 * By how many decimals a symbol's prices and quantities become integers: ticks and lots. Those that the exchange states as
 * precisions: orders older than a wider tick of now still rest between its multiples, and a book of that tick could not be read.
 */
export interface BookScale {
  readonly priceDecimals: number
  readonly quantityDecimals: number
}
