import { MS_PER_DAY } from '../../base/utc-date.js'
import type { FactorSourceName } from '../../ports/factor-source.js'

/** When a source is asked. */
export interface PollSchedule {
  /** From one ask to the next while it answers, ms. */
  readonly everyMs: number
  /** How much behind a multiple of that, ms: so that four sources are not asked at once. */
  readonly offsetMs: number
  /** Of a source with one value a date: while the date's is awaited it is asked also so long after 00:00 UTC, ms. */
  readonly awaitedAtMs?: number
}

/**
 * Source: spec "External factors". Fear & Greed changes at 00:00 UTC: asked two minutes later, and where it is late after two
 * more, its new value is there before the day's row is fixed at 00:05. The takers' rows are of 5 min; each is wanted before the next one.
 */
export const POLL_SCHEDULES: Readonly<Record<FactorSourceName, PollSchedule>> = Object.freeze({
  funding: { everyMs: 60_000, offsetMs: 5_000 },
  dvol: { everyMs: 60_000, offsetMs: 10_000 },
  fng: { everyMs: 3_600_000, offsetMs: 120_000, awaitedAtMs: 240_000 },
  taker: { everyMs: 60_000, offsetMs: 15_000 },
})

/** Pauses after failures. At a second at least, 300 asks in 5 min at most: the takers' limit is 1,000 for an address. */
export const POLL_RETRY = Object.freeze({
  firstMs: 2_000,
  /** The longest that doubling makes it. */
  maxMs: 600_000,
  /** A source that asks for more than this is asked again nevertheless. */
  retryAfterMaxMs: 86_400_000,
})

/** How asking has gone so far. */
export interface Polling {
  /** Failures in a row. */
  readonly failures: number
}

export const POLLING_START: Polling = Object.freeze({ failures: 0 })

/**
 * After an answer, or the failure of one: how long to wait, ms.
 *
 * @param random 0 … 1, for jitter: half of a pause at most.
 */
export function afterAsking(
  { failures }: Polling,
  asked: {
    readonly schedule: PollSchedule
    readonly nowMs: number
    readonly random: number
    /** Whether the value of the date has not arrived yet. */
    readonly isAwaited?: boolean
    readonly failed?: { readonly retryAfterMs?: number }
  },
): { readonly polling: Polling; readonly pauseMs: number } {
  const { schedule, nowMs, random, isAwaited = false, failed } = asked
  if (failed === undefined) {
    const nextMs = untilNext(schedule, nowMs)
    return { polling: POLLING_START, pauseMs: isAwaited ? Math.min(nextMs, untilAwaited(schedule, nowMs)) : nextMs }
  }
  const doubled = Math.min(POLL_RETRY.firstMs * 2 ** Math.min(failures, 30), POLL_RETRY.maxMs)
  const wished = Math.min(Math.max(failed.retryAfterMs ?? 0, 0), POLL_RETRY.retryAfterMaxMs)
  // Jitter takes from what we chose, and adds to what the source chose.
  const pauseMs = Math.max(doubled * (0.5 + 0.5 * random), wished * (1 + 0.1 * random))
  return { polling: { failures: failures + 1 }, pauseMs: Math.ceil(pauseMs) }
}

/** Of this date: after that time it is too late for its row. */
function untilAwaited({ awaitedAtMs = 0 }: PollSchedule, nowMs: number): number {
  const waitMs = Math.floor(nowMs / MS_PER_DAY) * MS_PER_DAY + awaitedAtMs - nowMs
  return waitMs > 0 ? waitMs : Number.POSITIVE_INFINITY
}

function untilNext({ everyMs, offsetMs }: PollSchedule, nowMs: number): number {
  return (Math.floor((nowMs - offsetMs) / everyMs) + 1) * everyMs + offsetMs - nowMs
}
