import type { NumberRun, NumberSet } from './number-set.js'
import type { RecordingFinding } from './verify-rows.js'

/** Rows of this time are in no part, and it is known why. */
export interface ToldGap {
  readonly fromMs: number
  readonly untilMs: number
  /** Numbers of the rows lie between these two. */
  readonly afterN: number
  readonly beforeN: number
  readonly why: 'killed' | 'unwritable'
}

/** What a recording lacks: what it says itself, and rows whose numbers are in no part and of which it says nothing. */
export function gapFindings(numbers: NumberSet, gaps: readonly ToldGap[] | undefined): RecordingFinding[] {
  const told = (gaps ?? []).map((gap): RecordingFinding => {
    const [from, until] = [gap.fromMs, gap.untilMs].map((ms) => new Date(ms).toISOString())
    const message = `what came from ${from} to ${until} may be lost: ${WHY[gap.why]}`
    return { severity: 'warning', check: 'gap', message, count: 1 }
  })
  const known = joined(gaps ?? [])
  const untold = numbers
    .missing(1)
    .filter(({ first, last }) => !known.some((run) => first >= run.first && last <= run.last))
  if (untold.length === 0) return told
  const names = untold.slice(0, SHOWN).map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`))
  const more = untold.length > SHOWN ? ` and ${untold.length - SHOWN} more runs` : ''
  const count = untold.reduce((sum, { first, last }) => sum + last - first + 1, 0)
  const message = `rows ${names.join(', ')}${more} are in no part, and nothing says why`
  return [...told, { severity: gaps === undefined ? 'warning' : 'error', check: 'missing-rows', message, count }]
}

const SHOWN = 3

const WHY = {
  killed: 'the process was killed before it was written',
  unwritable: 'the disk did not take it',
} as const

/** The numbers of the gaps, those that touch as one. */
function joined(gaps: readonly ToldGap[]): NumberRun[] {
  const runs: { first: number; last: number }[] = []
  for (const { afterN, beforeN } of [...gaps].sort((a, b) => a.afterN - b.afterN)) {
    const last = runs.at(-1)
    if (last !== undefined && afterN <= last.last) last.last = Math.max(last.last, beforeN - 1)
    else runs.push({ first: afterN + 1, last: beforeN - 1 })
  }
  return runs
}
