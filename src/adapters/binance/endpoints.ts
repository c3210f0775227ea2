/** Where the exchange is. Source: notes on Binance, 1.1. */
export interface Endpoints {
  /** What a person calls it: `production`, `demo`, or the address that was given. */
  readonly name: string
  /** Origin of the REST API, `https://host`. */
  readonly restUrl: string
  /** Origin of the streams, `wss://host`: the paths `/public`, `/market` and `/private` lie behind it. */
  readonly streamUrl: string
  /** Origin of the public archive of klines, `https://host`. */
  readonly archiveUrl: string
}
