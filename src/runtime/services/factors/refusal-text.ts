import { unreachable } from '../../../base/assert.js'
import { found } from '../../../base/mistakes.js'
import type { FactorRefusal } from '../../../core/factors/external-factors.js'
import { TAKER } from '../../../core/factors/taker-ratio.js'
import type { FactorAnswer } from '../../../ports/factor-source.js'

/** Why an answer was refused, in words that begin with the word that the specification has for it. */
export function refusalText(
  why: FactorRefusal,
  { answer, expected }: { readonly answer: Exclude<FactorAnswer, { kind: 'failed' }>; readonly expected: string },
): string {
  switch (why) {
    case 'range':
    case 'not_finite':
      return answer.kind === 'value'
        ? `${why}: expected ${expected}, found ${found(answer.value)}`
        : `${why}: expected a ratio, ${expected}, of the volumes`
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
