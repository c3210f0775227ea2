/** One thing that was looked at. `bad` must be put right before money depends on it; `warn` should be. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warn' | 'bad'
  readonly says: string
  /** What to do about it, one sentence. */
  readonly remedy?: string
}

export function worstOf(findings: readonly Finding[]): Finding['state'] {
  const states = findings.map(({ state }) => state)
  return states.includes('bad') ? 'bad' : states.includes('warn') ? 'warn' : 'ok'
}
