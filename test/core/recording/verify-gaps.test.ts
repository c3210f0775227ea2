import { expect, test } from 'vitest'
import { NumberSet } from '../../../src/core/recording/number-set.js'
import { gapFindings, type ToldGap } from '../../../src/core/recording/verify-gaps.js'

const killed = (afterN: number, beforeN: number): ToldGap => ({
  fromMs: 0,
  untilMs: 1_000,
  afterN,
  beforeN,
  why: 'killed',
})

const CASES: readonly (readonly [string, readonly number[], readonly ToldGap[] | undefined, readonly string[]])[] = [
  ['nothing is missing', [1, 2, 3], [], []],
  ['a run is missing and told', [1, 2, 6], [killed(2, 6)], ['warning gap']],
  ['a run is missing and not told', [1, 2, 6], [], ['error missing-rows']],
  ['a run is missing and told in part', [1, 2, 6], [killed(2, 5)], ['warning gap', 'error missing-rows']],
  ['two gaps that touch tell one run', [1, 2, 6], [killed(2, 4), killed(3, 6)], ['warning gap', 'warning gap']],
  ['the first rows are missing', [4, 5], [], ['error missing-rows']],
  ['nobody could have told', [1, 6], undefined, ['warning missing-rows']],
]

test.each(CASES)('where %s, that is what is found', (_, numbers, gaps, expected) => {
  const set = new NumberSet()
  for (const n of numbers) set.add(n)
  expect(gapFindings(set, gaps).map(({ severity, check }) => `${severity} ${check}`)).toEqual(expected)
})

test('missing rows are named, the first runs of many, and counted', () => {
  const set = new NumberSet()
  for (const n of [2, 5, 7, 9]) set.add(n)
  expect(gapFindings(set, [])).toEqual([
    {
      severity: 'error',
      check: 'missing-rows',
      message: 'rows 1, 3–4, 6 and 1 more runs are in no part, and nothing says why',
      count: 5,
    },
  ])
})
