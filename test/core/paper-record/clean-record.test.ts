import { describe, expect, it } from 'vitest'
import { dateOfEpochDay, epochDay, MS_PER_DAY } from '../../../src/base/utc-date.js'
import { cleanRecord } from '../../../src/core/paper-record/clean-record.js'
import type { PaperDay } from '../../../src/core/paper-record/paper-days.js'

const FIRST = epochDay('2026-09-01')
const HOUR_MS = 3_600_000

function day(index: number, differs: Partial<PaperDay> = {}): PaperDay {
  const whole = { bars: 17_280, barsMs: 24 * HOUR_MS, emergencies: 0, lockouts: 0, unexplained: [], refused: null }
  return { date: dateOfEpochDay(FIRST + index), ...whole, ...differs }
}

function days(count: number, differs: Readonly<Record<number, Partial<PaperDay>>> = {}): PaperDay[] {
  return Array.from({ length: count }, (_, index) => day(index, differs[index]))
}

/** UTC ms: noon of the day with that index. */
function noonOf(index: number): number {
  return (FIRST + index) * MS_PER_DAY + 12 * HOUR_MS
}

describe('thirty clean days are a record, and one fewer is none', () => {
  it.each([
    { title: 'thirty whole days', given: days(30), atIndex: 30, holds: true, clean: 30 },
    { title: 'twenty-nine', given: days(29), atIndex: 29, holds: false, clean: 29 },
    { title: 'a thirtieth that is not over', given: days(30), atIndex: 29, holds: false, clean: 29 },
    {
      title: 'sessions that began and stopped within a day around thirty whole ones',
      given: days(32, { 0: { barsMs: HOUR_MS }, 31: { barsMs: 2 * HOUR_MS } }),
      atIndex: 32,
      holds: true,
      clean: 30,
    },
    {
      title: 'exactly 23 h of bars each',
      given: days(30, { 10: { barsMs: 23 * HOUR_MS } }),
      atIndex: 30,
      holds: true,
      clean: 30,
    },
    {
      title: 'a bar less in the middle',
      given: days(40, { 10: { barsMs: 23 * HOUR_MS - 5_000 } }),
      atIndex: 40,
      holds: false,
      clean: 29,
    },
    {
      title: 'a day that is missing',
      given: days(40).filter((_, index) => index !== 12),
      atIndex: 40,
      holds: false,
      clean: 27,
    },
    { title: 'nothing', given: [], atIndex: 0, holds: false, clean: 0 },
  ])('$title', ({ given, atIndex, holds, clean }) => {
    expect(cleanRecord(given, noonOf(atIndex))).toMatchObject({ holds, days: clean })
  })
})

describe('whatever a person would have to explain breaks the record', () => {
  it.each<{ title: string; differs: Partial<PaperDay>; why: RegExp }>([
    { title: 'an EMERGENCY alert', differs: { emergencies: 1 }, why: /1 EMERGENCY alert$/ },
    { title: 'a lockout', differs: { lockouts: 2 }, why: /2 lockouts/ },
    { title: 'an unexplained difference', differs: { unexplained: ['ETHUSDT'] }, why: /nothing explains: ETHUSDT/ },
    { title: 'a refused day', differs: { refused: 'no bar' }, why: /refuses the day: no bar/ },
  ])('$title', ({ differs, why }) => {
    for (const broken of [0, 15, 29]) {
      const { holds, faults } = cleanRecord(days(30, { [broken]: differs }), noonOf(30))
      expect(holds).toBe(false)
      expect(faults).toEqual([{ date: day(broken).date, why: expect.stringMatching(why) }])
    }
  })

  it('also on the day that runs', () => {
    const { holds, days: clean } = cleanRecord(days(31, { 30: { emergencies: 1, barsMs: HOUR_MS } }), noonOf(30))
    expect({ holds, clean }).toEqual({ holds: false, clean: 0 })
  })

  it('and after thirty clean days behind it there is a record again, since the end of the thirtieth', () => {
    const record = cleanRecord(days(35, { 3: { lockouts: 1 } }), noonOf(35))
    expect(record).toMatchObject({ holds: true, days: 31, from: day(4).date, to: day(34).date })
    expect(record.sinceMs).toBe((FIRST + 34) * MS_PER_DAY)
  })
})

it('a record ends at most a week ago: what came after it could be left out by not being named', () => {
  expect(cleanRecord(days(30), noonOf(36))).toMatchObject({ holds: true, days: 30 })
  const { holds, sinceMs, faults } = cleanRecord(days(30), noonOf(37))
  expect({ holds, sinceMs }).toEqual({ holds: false, sinceMs: null })
  expect(faults).toEqual([{ date: day(29).date, why: expect.stringMatching(/ended more than a week ago/) }])
})

it('the bars of two sessions on one day are not added, and their faults are', () => {
  const halves = [...days(30, { 7: { barsMs: 12 * HOUR_MS } }), day(7, { barsMs: 12 * HOUR_MS })]
  expect(cleanRecord(halves, noonOf(30)).holds).toBe(false)
  expect(cleanRecord([...days(30), day(7, { barsMs: HOUR_MS })], noonOf(30)).holds).toBe(true)
  expect(cleanRecord([...days(30), day(7, { barsMs: HOUR_MS, emergencies: 1 })], noonOf(30)).holds).toBe(false)
})

it('the order in which days are given changes nothing', () => {
  const given = days(33, { 20: { emergencies: 1 } })
  expect(cleanRecord(given.toReversed(), noonOf(33))).toEqual(cleanRecord(given, noonOf(33)))
})
