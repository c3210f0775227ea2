import { ALL_FAULT_KINDS, type FaultKind } from './fault-plan.js'
import type { Outcome } from './simulation.js'

/** Sums over many runs. */
export interface Tally {
  seeds: number
  virtualMs: number
  events: number
  readonly faults: Record<string, number>
  readonly coverage: Record<string, number>
}

export function emptyTally(): Tally {
  const faults = Object.fromEntries(ALL_FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>
  return { seeds: 0, virtualMs: 0, events: 0, faults, coverage: {} }
}

export function addOutcome(tally: Tally, outcome: Outcome): void {
  addTally(tally, { ...outcome, seeds: 1 })
}

export function addTally(
  tally: Tally,
  more: Pick<Tally, 'seeds' | 'virtualMs' | 'events' | 'faults' | 'coverage'>,
): void {
  tally.seeds += more.seeds
  tally.virtualMs += more.virtualMs
  tally.events += more.events
  for (const sums of ['faults', 'coverage'] as const) {
    for (const [name, count] of Object.entries(more[sums])) tally[sums][name] = (tally[sums][name] ?? 0) + count
  }
}
