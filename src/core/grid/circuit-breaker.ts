import { assert } from '../../base/assert.js'

/** Constants of the circuit breaker. Source: system bible §15.6, §20.1; spec "Guards". */
export const CIRCUIT = Object.freeze({
  /** So many in a row open it. */
  failuresMax: 5,
  /** How long it stays open at first, doubled with each probe that fails, and at most. */
  openMs: 1_000,
  openMsMax: 60_000,
  /** Of the time it stays open, added at random, so that clients that lost a server together do not return together. */
  jitterShare: 0.2,
})

/** Whether anything is tried. `era` counts the openings, ever: it tells which attempts an answer may still speak for. */
export type CircuitBreaker =
  /** `failures` in a row. */
  | { readonly state: 'CLOSED'; readonly era: number; readonly failures: number }
  /** `openings` since it was last closed. */
  | { readonly state: 'OPEN'; readonly era: number; readonly openings: number; readonly openUntilMs: number }
  /** One probe is under way; `openings` since it was last closed. */
  | { readonly state: 'HALF_OPEN'; readonly era: number; readonly openings: number }

export const CIRCUIT_START: CircuitBreaker = Object.freeze({ state: 'CLOSED', era: 0, failures: 0 })

export type CircuitEvent =
  /** Somebody would like to try. */
  | { readonly type: 'attempt'; readonly nowMs: number }
  /** The answer to an attempt that was let through in `era`. Every attempt is answered once, if by a deadline. */
  | { readonly type: 'ok'; readonly era: number }
  | {
      readonly type: 'fail'
      readonly era: number
      readonly nowMs: number
      /** 0 … 1, drawn by the caller. */
      readonly jitter: number
    }

/** `probe`: the one attempt that decides whether it closes again. */
export type CircuitVerdict = 'go' | 'probe' | 'refuse'

/**
 * One event. The fifth failure in a row opens it; once its time is over the next attempt is a probe, and others are refused
 * until that is answered. The answer to an attempt from before an opening changes nothing.
 */
export function step(
  breaker: CircuitBreaker,
  event: CircuitEvent,
): { readonly breaker: CircuitBreaker; readonly verdict?: CircuitVerdict } {
  if (event.type === 'attempt') return attempt(breaker, event.nowMs)
  if (event.era !== breaker.era) return { breaker }
  const { era } = breaker
  assert(breaker.state !== 'OPEN', 'no attempt of the era is under way while the breaker is open')
  if (event.type === 'ok') return { breaker: { state: 'CLOSED', era, failures: 0 } }
  if (breaker.state === 'HALF_OPEN') return { breaker: opened({ era, openings: breaker.openings }, event) }
  const failures = breaker.failures + 1
  return { breaker: failures < CIRCUIT.failuresMax ? { ...breaker, failures } : opened({ era, openings: 0 }, event) }
}

/** Whether an attempt would be refused, without making one. */
export function isRefusing(breaker: CircuitBreaker, nowMs: number): boolean {
  return breaker.state === 'HALF_OPEN' || (breaker.state === 'OPEN' && nowMs < breaker.openUntilMs)
}

function attempt(
  breaker: CircuitBreaker,
  nowMs: number,
): { readonly breaker: CircuitBreaker; readonly verdict: CircuitVerdict } {
  if (isRefusing(breaker, nowMs)) return { breaker, verdict: 'refuse' }
  if (breaker.state !== 'OPEN') return { breaker, verdict: 'go' }
  const { era, openings } = breaker
  return { breaker: { state: 'HALF_OPEN', era, openings }, verdict: 'probe' }
}

function opened(
  { era, openings }: { readonly era: number; readonly openings: number },
  { nowMs, jitter }: { readonly nowMs: number; readonly jitter: number },
): CircuitBreaker {
  const openMs = Math.min(CIRCUIT.openMs * 2 ** openings, CIRCUIT.openMsMax) * (1 + CIRCUIT.jitterShare * jitter)
  return { state: 'OPEN', era: era + 1, openings: openings + 1, openUntilMs: nowMs + openMs }
}
