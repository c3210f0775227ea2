import { unreachable } from '../../../base/assert.js'
import { found } from '../../../base/mistakes.js'
import type { ExternalFactors, FactorOutcome, FactorRefusal } from '../../../core/factors/external-factors.js'
import { expectedFactor } from '../../../core/factors/factor-ranges.js'
import { TAKER } from '../../../core/factors/taker-ratio.js'
import type { FactorAnswer, FactorSourceName } from '../../../ports/factor-source.js'

/** What became of an answer; `trouble` in words where it came to nothing, which stand in the document, too. */
export interface TakenAnswer {
  readonly kind: FactorOutcome['kind'] | 'failed'
  readonly trouble?: string
}

/** Gives a source's answer to the factors. */
export function takeAnswer(
  factors: ExternalFactors,
  source: FactorSourceName,
  answer: FactorAnswer,
  nowMs: number,
): TakenAnswer {
  if (answer.kind === 'failed') {
    factors.failed(source, answer.error)
    return { kind: 'failed', trouble: answer.error }
  }
  const outcome =
    answer.kind === 'rows'
      ? factors.takerRows(answer.rows, nowMs)
      : factors.value({ source, value: answer.value, atMs: answer.atMs }, nowMs)
  if (outcome.kind !== 'refused') return { kind: outcome.kind }
  const trouble = refusalText(outcome.reason, { answer, expected: expectedFactor(source) })
  factors.failed(source, trouble)
  return { kind: 'refused', trouble }
}

/** It begins with the word that the specification has for it. */
function refusalText(
  why: FactorRefusal,
  { answer, expected }: { readonly answer: Exclude<FactorAnswer, { kind: 'failed' }>; readonly expected: string },
): string {
  switch (why) {
    case 'range':
    case 'not_finite':
      return answer.kind === 'value'
        ? `${why}: expected ${expected}, found ${found(answer.value)}`
        : `${why}: expected volumes whose ratio is ${expected}`
    case 'future': {
      const atMs = answer.kind === 'value' ? answer.atMs : Math.max(...answer.rows.map(([rowMs]) => rowMs))
      return `future: its stamp ${new Date(atMs).toISOString()} is ahead of the clock of this machine`
    }
    case 'empty':
      return 'empty: expected rows of volumes, found none'
    case 'incomplete':
      return `incomplete: expected at least ${TAKER.rowsMin} of the ${TAKER.spanMs / TAKER.periodMs} rows of 24 h`
    default:
      return unreachable(why)
  }
}
