import type { FaultPlan, VenueKind } from './fault-plan.js'
import { shrinkPlan } from './shrink.js'
import type { Batch, BatchDone } from './simulate-batch.js'
import { planOf, type RunSettings, simulate, venueOf } from './simulation.js'
import { addOutcome, emptyTally } from './tally.js'

/** A seed that breaks an invariant, and the smallest plan found that breaks the same one. */
export interface Failure {
  readonly seed: number
  readonly minutes: number
  readonly planted?: string
  readonly venue: VenueKind
  readonly invariant: string
  readonly detail: string
  /** Ms since the run began. */
  readonly atMs: number
  readonly traceHash: string
  readonly plan: FaultPlan
  /** Faults of the plan before it was cut down. */
  readonly drawnFaults: number
}

/** Runs seeds until one fails. */
export function findFailure(batch: Batch, settings: Omit<RunSettings, 'seed'>, shrinkTries = 150): BatchDone {
  const tally = emptyTally()
  for (let seed = batch.first; seed < batch.first + batch.count; seed++) {
    const outcome = simulate({ ...settings, seed })
    addOutcome(tally, outcome)
    if (outcome.violation !== undefined) {
      return { tally, failure: shrunkFailure({ ...settings, seed }, outcome.violation.invariant, shrinkTries) }
    }
  }
  return { tally, failure: undefined }
}

function shrunkFailure(settings: RunSettings, invariant: string, triesMax: number): Failure {
  const venue = venueOf(settings)
  const drawn = planOf(settings)
  const fails = (plan: FaultPlan) => simulate({ ...settings, plan }).violation?.invariant === invariant
  const plan = shrinkPlan(drawn, fails, triesMax)
  const { violation, traceHash } = simulate({ ...settings, plan })
  const { seed, minutes, planted } = settings
  return {
    seed,
    minutes,
    venue,
    ...(planted !== undefined && { planted }),
    ...violation!,
    traceHash,
    plan,
    drawnFaults: drawn.length,
  }
}
