/** Says of times in order, UTC ms, which of them is the first after a settlement, and when that was. */
export class FundingTimes {
  private lastMs: number | undefined

  /** `afterMs`: a time that was before the first, UTC ms. */
  constructor(afterMs?: number) {
    if (afterMs !== undefined) this.settledBy(afterMs)
  }

  /** The settlement between the time before and this one; undefined: there was none, or this is the first time. */
  settledBy(timestampMs: number): number | undefined {
    const settledMs = timestampMs - (timestampMs % FUNDING_MS)
    const isNew = this.lastMs !== undefined && settledMs > this.lastMs
    this.lastMs = settledMs
    return isNew ? settledMs : undefined
  }
}

/** Funding settles at 00:00, 08:00 and 16:00 UTC. */
const FUNDING_MS = 28_800_000
