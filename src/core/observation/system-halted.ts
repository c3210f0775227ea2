import type { ObservationFailure } from '../../ports/vocabulary/observation.js'

/** An observation that has failed answers no questions: what it knew may be wrong. Only a new observation helps. */
export class SystemHalted extends Error {
  override readonly name = 'SystemHalted'
  readonly reason: ObservationFailure

  constructor(reason: ObservationFailure, detail: string) {
    super(`the observation has failed and answers no more (${reason}: ${detail})`)
    this.reason = reason
  }
}
