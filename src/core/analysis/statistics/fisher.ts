import { assert } from '../../../base/assert.js'
import { logBinomial } from './log-binomial.js'

/** Two groups, and how many of each did what is asked about. */
export interface TwoGroups {
  readonly first: GroupCount
  readonly second: GroupCount
}

export interface GroupCount {
  readonly supporting: number
  readonly others: number
}

/**
 * The p-value of Fisher's exact test, two-sided: the chance, with both groups' sizes and the number of supporting given, of a table
 * that is no likelier than this one. In [0, 1]; swapping the groups, or what is counted, changes nothing.
 */
export function fisherExact({ first, second }: TwoGroups): number {
  const counts = [first.supporting, first.others, second.supporting, second.others]
  assert(
    counts.every((count) => Number.isSafeInteger(count) && count >= 0),
    'counts are whole numbers of 0 or more',
  )
  const table = tableOf(first, second)
  const { lowest, highest } = table
  if (lowest === highest) return 1
  const observed = logChance(table, first.supporting) + EQUAL
  const likeliest = modeOf(table)
  if (logChance(table, likeliest) <= observed) return 1
  // The chances rise up to the mode and fall after it, so those that are no likelier are two tails.
  const below = lastWhere(lowest - 1, likeliest, (x) => x < lowest || logChance(table, x) <= observed)
  const above = firstWhere(likeliest, highest + 1, (x) => x > highest || logChance(table, x) <= observed)
  return Math.min(1, tail(table, below, -1) + tail(table, above, 1))
}

/** Chances that differ by rounding alone are equal. */
const EQUAL = 1e-7

/** What is given: sizes of the groups, the number of supporting, and how many of them the first group may have. */
interface Table {
  readonly firstSize: number
  readonly secondSize: number
  readonly supporting: number
  readonly lowest: number
  readonly highest: number
}

function tableOf(first: GroupCount, second: GroupCount): Table {
  const firstSize = first.supporting + first.others
  const secondSize = second.supporting + second.others
  const supporting = first.supporting + second.supporting
  const lowest = Math.max(0, supporting - secondSize)
  return { firstSize, secondSize, supporting, lowest, highest: Math.min(firstSize, supporting) }
}

function modeOf({ firstSize, secondSize, supporting, lowest, highest }: Table): number {
  const mode = Math.floor(((supporting + 1) * (firstSize + 1)) / (firstSize + secondSize + 2))
  return Math.min(highest, Math.max(lowest, mode))
}

/** Of `x` supporting in the first group: hypergeometric, as three binomials whose common chance falls out. */
function logChance({ firstSize, secondSize, supporting }: Table, x: number): number {
  const p = supporting / (firstSize + secondSize)
  return (
    logBinomial({ k: x, n: firstSize, p }) +
    logBinomial({ k: supporting - x, n: secondSize, p }) -
    logBinomial({ k: supporting, n: firstSize + secondSize, p })
  )
}

/** The chances from `from` on, away from the mode, each by its ratio to the one before. */
function tail(table: Table, from: number, step: 1 | -1): number {
  const { firstSize, secondSize, supporting, lowest, highest } = table
  if (from < lowest || from > highest) return 0
  let [sum, term] = [1, 1]
  for (let x = from; x !== (step === 1 ? highest : lowest); x += step) {
    const up = step === 1 ? x : x - 1
    const ratio = (((firstSize - up) / (up + 1)) * (supporting - up)) / (secondSize - supporting + up + 1)
    term *= step === 1 ? ratio : 1 / ratio
    if (sum + term === sum) break
    sum += term
  }
  return Math.exp(logChance(table, from)) * sum
}

/** The last of [low, high) for which it holds; it holds at `low`, not at `high`, and changes once. */
function lastWhere(low: number, high: number, holds: (x: number) => boolean): number {
  let [yes, no] = [low, high]
  while (no - yes > 1) {
    const middle = Math.floor((yes + no) / 2)
    if (holds(middle)) yes = middle
    else no = middle
  }
  return yes
}

/** The first of (low, high] for which it holds; it holds at `high`, not at `low`, and changes once. */
function firstWhere(low: number, high: number, holds: (x: number) => boolean): number {
  return lastWhere(low, high, (x) => !holds(x)) + 1
}
