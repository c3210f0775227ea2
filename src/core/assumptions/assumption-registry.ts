import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'
import type {
  Assumption,
  AssumptionDefinition,
  AssumptionRun,
  AssumptionStand,
} from '../../ports/vocabulary/assumptions.js'

/** What each assumption's runs have made of it, by its name; those without a run are not there. Plain JSON. */
export type AssumptionStands = Readonly<Record<string, AssumptionStand>>

/**
 * The assumptions of a system and how they stand. It runs no test by itself, fixes nothing and forgets no failure: a run is made by
 * `test`, journalled by whoever asked for it, and taken in by `apply`, live and again in recovery. Source: module contracts, layer 6.
 */
export class AssumptionRegistry<Evidence = unknown> {
  private readonly runs: AssumptionRun[] = []

  /** @param stands what a snapshot or a journal left. */
  constructor(
    private readonly definitions: readonly AssumptionDefinition[],
    private readonly tests: AssumptionTests<Evidence> = {},
    private stands: AssumptionStands = {},
  ) {
    const names = new Set(definitions.map(({ name }) => name))
    assert(names.size === definitions.length, 'assumptions have names of their own')
  }

  /** What the assumption's test says of the evidence; undefined when it has no test, or none that the evidence is enough for. */
  test(name: string, evidence: Evidence, nowMs: number): AssumptionRun | undefined {
    const { testId } = this.definition(name)
    const test = testId === undefined ? undefined : this.tests[testId]
    if (testId === undefined || test === undefined) return undefined
    try {
      const verdict = test(evidence)
      if (verdict === undefined) return undefined
      return { name, testId, atMs: nowMs, result: verdict.passed ? 'passed' : 'failed', detail: verdict.detail }
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      return { name, testId, atMs: nowMs, result: 'threw', detail }
    }
  }

  /** Takes a run in. Runs come in order of time. */
  apply(run: AssumptionRun): void {
    this.stands = { ...this.stands, [run.name]: standAfter(this.stands[run.name], run) }
    this.runs.push(run)
    if (this.runs.length > HISTORY_KEPT) this.runs.shift()
  }

  /** How every assumption stands at this moment, in the order of their definitions. */
  readings(nowMs: number): readonly Assumption[] {
    return this.definitions.map((definition) => readingOf(definition, this.stands[definition.name], nowMs))
  }

  /** @throws AssertionError for a name that nobody has defined. */
  reading(name: string, nowMs: number): Assumption {
    return readingOf(this.definition(name), this.stands[name], nowMs)
  }

  /** The last runs of an assumption's test since this registry was made, the oldest first. */
  history(name: string): readonly AssumptionRun[] {
    return this.runs.filter((run) => run.name === name)
  }

  snapshot(): AssumptionStands {
    return this.stands
  }

  private definition(name: string): AssumptionDefinition {
    const found = this.definitions.find((definition) => definition.name === name)
    assert(found !== undefined, `an assumption is defined before anything is said of it: ${name}`)
    return found
  }
}

/** Named pure functions over what is known; undefined: that is not enough to say anything. */
export type AssumptionTests<Evidence> = Readonly<Record<string, (evidence: Evidence) => TestVerdict | undefined>>

export interface TestVerdict {
  readonly passed: boolean
  /** The figures, for people. */
  readonly detail: string
}

/** All assumptions together. */
const HISTORY_KEPT = 1_000

/** Failures in a row that warn, and that invalidate. Source: observation semantics, section 9. */
const WARNING_AFTER = 2
const INVALID_AFTER = 3

/** The first failure leaves the status as it was: one bad sample is no news. A test that throws has failed. */
export function standAfter(before: AssumptionStand | undefined, run: AssumptionRun): AssumptionStand {
  const last = { lastTestedMs: run.atMs, lastResult: run.result, lastDetail: run.detail }
  if (run.result === 'passed') return { status: 'VALID', ...last, lastPassedMs: run.atMs, consecutiveFailures: 0 }
  return { ...failed(before), ...last, ...present({ lastPassedMs: before?.lastPassedMs }) }
}

function failed(before: AssumptionStand | undefined): Pick<AssumptionStand, 'status' | 'consecutiveFailures'> {
  const consecutiveFailures = (before?.consecutiveFailures ?? 0) + 1
  if (consecutiveFailures >= INVALID_AFTER) return { status: 'INVALID', consecutiveFailures }
  if (consecutiveFailures >= WARNING_AFTER) return { status: 'WARNING', consecutiveFailures }
  return { status: before?.status ?? 'UNTESTED', consecutiveFailures }
}

/** From when on its time runs: a failure makes nothing hold longer. One that never passed runs from its last test. */
export function heldSinceMs({ lastPassedMs, lastTestedMs }: AssumptionStand): number {
  return lastPassedMs ?? lastTestedMs
}

/** An assumption at a moment: one that has been tested expires, whatever the test said. */
export function readingOf(
  definition: AssumptionDefinition,
  stand: AssumptionStand | undefined,
  nowMs: number,
): Assumption {
  if (stand === undefined) return { ...definition, status: 'UNTESTED', consecutiveFailures: 0 }
  const validUntilMs = heldSinceMs(stand) + definition.revalidateAfterMs
  return { ...definition, ...stand, ...(nowMs > validUntilMs ? { status: 'EXPIRED' } : {}), validUntilMs }
}
