import { ALL_FAULT_KINDS, type FaultKind } from './fault-plan.js'
import type { Outcome } from './simulation.js'

/** Sums over many runs. */
export interface Tally {
  seeds: number
  virtualMs: number
  events: number
  /** Of all runs, whatever order they came in: equal seeds have equal ones. 16 hex digits. */
  traceHash: string
  readonly faults: Record<string, number>
  readonly coverage: Record<string, number>
}

export function emptyTally(): Tally {
  const faults = Object.fromEntries(ALL_FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>
  return { seeds: 0, virtualMs: 0, events: 0, traceHash: '0'.repeat(16), faults, coverage: {} }
}

export function addOutcome(tally: Tally, outcome: Outcome): void {
  addTally(tally, { ...outcome, seeds: 1 })
}

export function addTally(tally: Tally, more: Readonly<Tally>): void {
  tally.seeds += more.seeds
  tally.virtualMs += more.virtualMs
  tally.events += more.events
  const both = BigInt(`0x${tally.traceHash}`) ^ BigInt(`0x${more.traceHash}`)
  tally.traceHash = both.toString(16).padStart(16, '0')
  for (const sums of ['faults', 'coverage'] as const) {
    for (const [name, count] of Object.entries(more[sums])) tally[sums][name] = (tally[sums][name] ?? 0) + count
  }
}
