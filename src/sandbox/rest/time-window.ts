import { may, type ParamRules, whole } from './param-rules.js'
import type { Params } from './params.js'
import { Refusal } from './refusal.js'

/** What `startTime` and `endTime` ask for. */
export interface TimeWindow {
  readonly fromMs: number
  /** Inclusive. */
  readonly untilMs: number
  /** Neither was said: the last ones are wanted. */
  readonly isOpenEnded: boolean
  has(atMs: number): boolean
}

/** Without either, the last seven days; with one of them, seven days from or before it; with both, no more than that. */
export function windowOf(params: Params, nowMs: number): TimeWindow | Refusal {
  const start = params.whole('startTime')
  const end = params.whole('endTime')
  const fromMs = start ?? (end ?? nowMs) - SEVEN_DAYS_MS
  const untilMs = end ?? (start === undefined ? nowMs : start + SEVEN_DAYS_MS)
  if (fromMs > untilMs) return new Refusal(-1023, 'Start time is greater than end time.')
  if (untilMs - fromMs > SEVEN_DAYS_MS) return new Refusal(-4165, 'Maximum time interval is 7 days.')
  return {
    fromMs,
    untilMs,
    isOpenEnded: start === undefined && end === undefined,
    has: (atMs) => atMs >= fromMs && atMs <= untilMs,
  }
}

/** Both of them, of a route that takes them. */
export const TIMES: ParamRules = { startTime: may(whole), endTime: may(whole) }

const SEVEN_DAYS_MS = 7 * 86_400_000
