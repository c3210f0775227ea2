import type { Clock } from './clock.js'
import type { Machine } from './machine.js'

/** One thing that was looked at. `bad` must be put right before money depends on it; `warn` should be. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warn' | 'bad'
  readonly says: string
  /** What to do about it, one sentence. */
  readonly remedy?: string
}

/** What `dolphin doctor --json` prints. It names no user, host, or home folder, and no secret. */
export interface Diagnosis {
  readonly schema: 'dolphin.doctor/1'
  readonly machine: Machine
  readonly clock: Clock
  readonly findings: readonly Finding[]
}

export function worstOf(findings: readonly Finding[]): Finding['state'] {
  const states = findings.map(({ state }) => state)
  return states.includes('bad') ? 'bad' : states.includes('warn') ? 'warn' : 'ok'
}
