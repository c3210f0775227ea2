import type { Failure } from './find-failure.js'
import type { Tally } from './tally.js'

/** Seeds for a worker: `first`, `first + 1`, …, `count` of them. */
export interface Batch {
  readonly first: number
  readonly count: number
}

export interface BatchDone {
  readonly tally: Tally
  /** The first seed of the batch that failed, with what is left of its plan. */
  readonly failure: Failure | undefined
}
