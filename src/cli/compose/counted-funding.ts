import { type DecimalText, Exact } from '../../base/exact.js'
import type { ExecutionRecord } from '../../core/execution/records.js'

/**
 * Fundings as a session has counted them. The exchange lists those of three months; a session that is older adds what it lists to
 * what was counted before, for a sum that lacks a part would pass for a funding that was paid.
 */
export class CountedFunding {
  private readonly counted: Counted[] = []

  take(record: ExecutionRecord): void {
    if (record.type === 'funding') this.counted.push({ atMs: record.settledAtMs, add: record.amountUsd })
    else if (record.type === 'fundingTruth') this.counted.push({ atMs: record.venueAtMs, sum: record.fundingUsd })
  }

  /** From when on the exchange is asked at `nowMs`, of a session that began at `startedAtMs`, and what was counted before. */
  base({ startedAtMs, nowMs }: { readonly startedAtMs: number; readonly nowMs: number }): FundingBase {
    if (startedAtMs >= nowMs - ASKED_DAYS * DAY_MS) return { fundingSinceMs: startedAtMs, fundingBeforeUsd: '0' }
    // Somebody listened soon after one that was counted: what was missed with it, the next truths have put right.
    let heardMs = nowMs - ASKED_DAYS * DAY_MS - SETTLED_MS
    for (const { atMs } of this.counted) if (atMs <= nowMs - LATEST_DAYS * DAY_MS) heardMs = Math.max(heardMs, atMs)
    const throughMs = heardMs + SETTLED_MS
    return { fundingSinceMs: throughMs + 1, fundingBeforeUsd: this.sumThrough(throughMs) }
  }

  /** As the execution side counts them: from the first truth on. */
  private sumThrough(throughMs: number): DecimalText {
    let sum: Exact | undefined
    for (const each of this.counted) {
      if (each.atMs > throughMs) continue
      if ('sum' in each) sum = new Exact(each.sum)
      else sum = sum?.plus(each.add)
    }
    return (sum ?? new Exact(0)).toFixed()
  }
}

export interface FundingBase {
  /** UTC ms. */
  readonly fundingSinceMs: number
  /** USD received before then. */
  readonly fundingBeforeUsd: DecimalText
}

type Counted =
  | { readonly atMs: number; readonly add: DecimalText }
  /** Of all up to then. */
  | { readonly atMs: number; readonly sum: DecimalText }

const DAY_MS = 86_400_000
/** Fewer than the ninety that the exchange lists at the least, and than a process runs before it asks. */
const ASKED_DAYS = 85
const LATEST_DAYS = 30
/** A truth is read each five seconds; an outage of the exchange takes longer. */
const SETTLED_MS = 600_000
