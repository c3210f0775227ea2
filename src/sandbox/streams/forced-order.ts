/** A position of somebody that the exchange has closed, for the streams of forced orders. */
export interface ForcedOrder {
  readonly symbol: string
  readonly side: 'BUY' | 'SELL'
  readonly quantity: string
  readonly price: string
}
