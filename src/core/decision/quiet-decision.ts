import { STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'
import type { DecisionDesk } from './decision-desk.js'
import { isInFlight } from './truth.js'
import type { TruthCheck } from './truth-check.js'

/** A time in which the decision side only beats, and takes truths that are like the last. */
export interface DecisionQuiet {
  readonly heartbeatEveryMs: number
  /** Nothing but heartbeats is due before, UTC ms. */
  readonly untilMs: number
  /** Null: the next truth may be news. */
  readonly truths: DecisionTruths | null
}

interface DecisionTruths {
  /** When the last had come here, UTC ms. */
  readonly agreedAtMs: number
  /** When one is recorded again, though it changes nothing. */
  readonly recordMs: number
}

/** Undefined unless the link is quiet. */
export function decisionQuiet(desk: DecisionDesk, truth: TruthCheck, dueMs: number): DecisionQuiet | undefined {
  const { link, market } = desk
  if (!link.isQuiet || desk.journal !== 'OK') return undefined
  const untilMs = Math.min(dueMs, market.dueMs)
  return { heartbeatEveryMs: link.heartbeatEveryMs, untilMs, truths: quietTruths(desk, truth) }
}

/**
 * A truth has fitted after the last news, and nothing is under way: as long as no news comes, each truth fits as the last
 * did, and changes as little.
 */
function quietTruths(desk: DecisionDesk, { agreedAtMs, recordDueMs }: TruthCheck): DecisionTruths | null {
  const { state, market } = desk
  if (agreedAtMs === null || agreedAtMs <= desk.newsMs || isInFlight(state)) return null
  if ((desk.marginUtil ?? 0) >= STATUS_REGISTRIES.thresholds.margin_util_critical) return null
  // A latch that the next truth may clear, by what it is or by when it comes, is news.
  for (const latch in state.latches) if (latch !== 'MARKET_DATA_STALE' || !market.isStale) return null
  return { agreedAtMs, recordMs: recordDueMs }
}
