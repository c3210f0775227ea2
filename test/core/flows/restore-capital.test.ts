import fc from 'fast-check'
import { expect, test } from 'vitest'
import { INITIAL_CAPITAL, type RecordedCapital, restoreCapital } from '../../../src/core/flows/restore-capital.js'

const STATES: readonly RecordedCapital[] = [
  { date: '2026-03-18', capital: 25_100.5 },
  { date: '2026-03-20', capital: 25_300 },
  { date: '2026-03-19', capital: 25_200 },
  { date: '2026-03-22', capital: 25_500 },
]

test.each<[string, string, number, string]>([
  ['the initial 25,000 USDT before anything is recorded', '2026-03-18', INITIAL_CAPITAL, 'initial'],
  ['what the day before ended with', '2026-03-21', 25_300, '2026-03-20'],
  ['what the newest day before a gap ended with', '2026-03-22', 25_300, '2026-03-20'],
  ['never what the day itself ended with', '2026-03-19', 25_100.5, '2026-03-18'],
])('a day begins with %s', (_, date, capital, from) => {
  expect(restoreCapital(date, STATES)).toEqual({ kind: 'capital', capital, from })
})

test('a capital that is given goes before all that is recorded', () => {
  expect(restoreCapital('2026-03-22', STATES, { override: 500 })).toMatchObject({ capital: 500, from: 'override' })
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a given capital of %d is refused', (override) => {
  expect(restoreCapital('2026-03-22', STATES, { override })).toMatchObject({ kind: 'refused', error: 'BAD_OVERRIDE' })
})

test.each([null, undefined, 0, -5, 'NaN', Number.NaN, Number.POSITIVE_INFINITY, '25000'])(
  'a recorded capital %s is refused, with its date, and none before it taken in its place',
  (capital) => {
    const states = [...STATES, { date: '2026-03-21', capital }]
    const refused = { kind: 'refused', error: 'BAD_STATE', date: '2026-03-21', found: capital }
    expect(restoreCapital('2026-03-22', states)).toEqual(refused)
  },
)

test('a recorded capital that is none is passed over by a day after a newer one', () => {
  const states = [{ date: '2026-03-17', capital: null }, ...STATES]
  expect(restoreCapital('2026-03-19', states)).toMatchObject({ capital: 25_100.5 })
})

test('the order in which states are read changes nothing', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...STATES], { minLength: STATES.length }), (states) => {
      expect(restoreCapital('2026-03-21', states)).toEqual(restoreCapital('2026-03-21', STATES))
    }),
  )
})
