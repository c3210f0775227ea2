import type { Posture } from '../../ports/vocabulary/market.js'

/** What a bar is decided under, besides the bar. Values, not where they came from. Source: system bible §14.3. */
export interface GateSnap {
  /** Of the breaker: factor of the leverage. */
  readonly boost: number
  /** Of the breaker: what the signal's depth adds. */
  readonly beta: number
  /** Undefined: none can be read. */
  readonly posture: Posture | undefined
  /** Whether the forewarner lets anything be entered. */
  readonly forewarnerOpen: boolean
}

/** What has changed from one to the other, as text (`posture APEX -> TURTLE`); undefined where nothing has. */
export function gatesMoved(before: GateSnap, after: GateSnap): string | undefined {
  const changes = GATES.flatMap((gate) =>
    Object.is(before[gate], after[gate]) ? [] : [`${gate} ${before[gate] ?? 'unknown'} -> ${after[gate] ?? 'unknown'}`],
  )
  return changes.length === 0 ? undefined : changes.join(', ')
}

const GATES = ['boost', 'beta', 'posture', 'forewarnerOpen'] as const satisfies readonly (keyof GateSnap)[]
