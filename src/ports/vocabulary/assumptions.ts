/** What an assumption is about. Source: module contracts, layer 6. */
export type AssumptionCategory = 'market_structure' | 'data_quality' | 'execution' | 'model'

/** `WARNING` after two failures in a row, `INVALID` after three; `EXPIRED`: the last pass, or without one the last test, is too old. */
export type AssumptionStatus = 'UNTESTED' | 'VALID' | 'WARNING' | 'INVALID' | 'EXPIRED'

/** Something that the system takes for granted, and who relies on it. */
export interface AssumptionDefinition {
  readonly name: string
  readonly description: string
  readonly category: AssumptionCategory
  /** Of the test that can fail it; absent: nobody tests it. */
  readonly testId?: string
  /** A pass holds no longer than this, ms. */
  readonly revalidateAfterMs: number
  /** What a person is to do when it does not hold: nothing is done by itself. */
  readonly invalidationAction: string
  readonly affectedComponents: readonly string[]
}

/** What one run of a test said. `threw`: it could not say, which counts as a failure. */
export interface AssumptionRun {
  readonly name: string
  readonly testId: string
  /** UTC ms. */
  readonly atMs: number
  readonly result: 'passed' | 'failed' | 'threw'
  /** The figures that it went by, or what it threw. */
  readonly detail: string
}

/** What the runs of a test have made of an assumption so far. */
export interface AssumptionStand {
  /** As of the last run: whether it has expired since, only a reader's time can say. */
  readonly status: Exclude<AssumptionStatus, 'EXPIRED'>
  readonly lastTestedMs: number
  /** Absent while no test has passed. */
  readonly lastPassedMs?: number
  readonly lastResult: AssumptionRun['result']
  readonly lastDetail: string
  /** Count of failed tests since one passed. */
  readonly consecutiveFailures: number
}

/** An assumption as it stands at a moment. */
export interface Assumption extends AssumptionDefinition, Partial<Omit<AssumptionStand, 'status'>> {
  readonly status: AssumptionStatus
  /** Count of failed tests since one passed. */
  readonly consecutiveFailures: number
  /** UTC ms; absent while it is untested. */
  readonly validUntilMs?: number
}

/** Whether what a component relies on holds. */
export type ComponentSafety = 'SAFE' | 'DEGRADED' | 'UNSAFE'

/** `UNKNOWN`: too few observations, or nothing to compare them with. */
export type ModelHealthStatus = 'UNKNOWN' | 'HEALTHY' | 'DRIFTING' | 'BROKEN'

/** Whether the system still earns what it was certified for. Source: module contracts, layer 6. */
export type SystemRegime = 'UNKNOWN' | 'EDGE_PRESENT' | 'EDGE_DECAYING' | 'EDGE_GONE' | 'REGIME_CHANGE'
