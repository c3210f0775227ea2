/** What the sandbox's public market data is made of. */
export interface MarketSettings {
  /** Hours between two settlements. Default 8. */
  readonly fundingIntervalHours?: number
}
