import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { goldenDir } from '../support/golden.js'
import { CASE_FUNCTIONS } from './case-functions.js'
import { caseDifference, caseFile, caseOutcome } from './golden-cases.js'

const files = ['market', 'observation', 'harness'].flatMap((folder) =>
  readdirSync(join(goldenDir(), folder)).map(
    (name) => [`${folder}/${name}`, caseFile(join(goldenDir(), folder, name))!] as const,
  ),
)

test('every function that cases ask for is registered', () => {
  const asked = new Set(files.flatMap(([, { cases }]) => cases.map(({ fn }) => fn)))
  expect([...asked].filter((fn) => !Object.hasOwn(CASE_FUNCTIONS, fn)).sort()).toEqual([])
})

describe.each(files)('%s', (_, file) => {
  it.each(file.cases)('$id is answered as expected', async (golden) => {
    expect(await caseOutcome(file, golden)).toEqual({ difference: undefined })
  })
})

test('a case of a name that nobody has registered is skipped', async () => {
  const golden = { id: 'a', fn: 'constructor', args: {}, expected: null }
  expect(await caseOutcome({ cases: [golden] }, golden)).toBe('skipped')
})

const within = { relative: 1e-12, absolute: 1e-12 }

test.each<[string, unknown, unknown]>([
  ['numbers within the tolerance', 0.1 + 0.2, 0.3],
  ['null and nothing', { a: null, b: 1 }, { b: 1 }],
  ['nothing and null', { b: 1 }, { a: null, b: 1 }],
  ['a NaN and its text', ['NaN', '-Infinity'], [Number.NaN, Number.NEGATIVE_INFINITY]],
])('%s agree', (_, expected, found) => {
  expect(caseDifference(expected, found, within)).toBe(undefined)
})

test.each<[string, unknown, unknown, string]>([
  [
    'integers of any size',
    1_767_225_605_000,
    1_767_225_605_001,
    'expected: expected 1767225605000, found 1767225605001',
  ],
  ['numbers beyond the tolerance', [1, 0.5], [1, 0.5000001], 'expected[1]: expected 0.5, found 0.5000001'],
  ['a number and its text', '1', 1, 'expected: expected "1", found 1'],
  ['null and a number', null, 0, 'expected: expected null, found 0'],
  ['a missing field', { a: 1 }, {}, 'expected.a: expected 1, found nothing'],
  ['a field too many', {}, { a: 1 }, 'expected.a: expected nothing, found 1'],
  ['lists of other lengths', [1], [1, 2], 'expected: expected [1], found [1,2]'],
  ['a list and an object', { 0: 1 }, [1], 'expected: expected {"0":1}, found [1]'],
  ['a NaN and a number', 'NaN', 1, 'expected: expected "NaN", found 1'],
])('%s differ', (_, expected, found, difference) => {
  expect(caseDifference(expected, found, within)).toBe(difference)
})
