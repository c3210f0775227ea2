import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { FLOW_SCHEDULES } from '../../../src/core/flows/flow-graphs.js'
import {
  ATTEMPTS_MAX,
  CATCH_UP_DATES,
  dueAtMs,
  dueDates,
  isStamp,
  newestDue,
  stampAfter,
} from '../../../src/core/flows/schedule.js'
import { LEASE_SILENT_MS_MAX } from '../../../src/ports/flow-scheduler.js'
import type { FlowSchedule, FlowStatus } from '../../../src/ports/vocabulary/flows.js'

const PAPER = FLOW_SCHEDULES['paper-day']
const SUPERVISED = FLOW_SCHEDULES['supervised-day']
const FOREWARNER = FLOW_SCHEDULES.forewarner
const SCHEDULES = [PAPER, SUPERVISED, FOREWARNER]

describe('a logical date falls due when its day is over', () => {
  it.each<[string, FlowSchedule, string, string]>([
    ['paper-day just before 00:05', PAPER, '2026-03-21T00:04:59.999Z', '2026-03-19'],
    ['paper-day at 00:05', PAPER, '2026-03-21T00:05:00.000Z', '2026-03-20'],
    ['supervised-day just before 00:10', SUPERVISED, '2026-03-21T00:09:59.999Z', '2026-03-19'],
    ['supervised-day at 00:10', SUPERVISED, '2026-03-21T00:10:00.000Z', '2026-03-20'],
    ['forewarner just before four', FOREWARNER, '2026-03-21T03:59:59.999Z', '2026-03-21T00'],
    ['forewarner at four', FOREWARNER, '2026-03-21T04:00:00.000Z', '2026-03-21T04'],
    ['forewarner at midnight', FOREWARNER, '2026-03-21T00:00:00.000Z', '2026-03-21T00'],
    ['forewarner late in the evening', FOREWARNER, '2026-03-21T23:59:59.999Z', '2026-03-21T20'],
    ['on a leap day', PAPER, '2028-03-01T00:05:00.000Z', '2028-02-29'],
    ['in a year without one', PAPER, '2027-03-01T00:05:00.000Z', '2027-02-28'],
    ['in a century without one', PAPER, '2100-03-01T00:05:00.000Z', '2100-02-28'],
    ['at the end of a year', PAPER, '2027-01-01T00:05:00.000Z', '2026-12-31'],
  ])('%s', (_, schedule, now, stamp) => {
    expect(newestDue(schedule, Date.parse(now))).toBe(stamp)
  })

  test('at the moment it is due and not a millisecond before, whatever the date', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SCHEDULES), moments(), (schedule, nowMs) => {
        const stamp = newestDue(schedule, nowMs)
        const dueMs = dueAtMs(schedule, stamp)
        expect(dueMs).toBeLessThanOrEqual(nowMs)
        expect(dueAtMs(schedule, stampAfter(schedule, stamp))).toBeGreaterThan(nowMs)
        expect(newestDue(schedule, dueMs)).toBe(stamp)
        expect(newestDue(schedule, dueMs - 1) < stamp).toBe(true)
      }),
    )
  })

  test('in every time zone at the same moments, on the days on which its clocks change, too', () => {
    const days = ['2026-03-08', '2026-03-29', '2026-10-25', '2026-11-01', '2026-04-05', '2026-10-04', '2011-12-30']
    const asked = days.flatMap((day) =>
      Array.from({ length: 48 }, (_, half) => Date.parse(`${day}T00:00:00Z`) + half * 1_800_000),
    )
    const said = () => asked.map((nowMs) => SCHEDULES.map((schedule) => newestDue(schedule, nowMs)))
    const expected = inZone('UTC', said)
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu']
    for (const zone of zones) {
      expect(inZone(zone, () => new Date(asked[0]!).getTimezoneOffset())).not.toBe(0)
      expect(inZone(zone, said), zone).toEqual(expected)
    }
  })
})

describe('what is run', () => {
  const nowMs = Date.parse('2026-04-20T00:05:00Z')
  const due = (rows: readonly Row[], more: Partial<Parameters<typeof dueDates>[2]> = {}) =>
    dueDates(PAPER, rows.map(rowOf), { nowMs, since: '2026-04-18', lease: null, ...more })

  it.each<[string, FlowStatus, number, 'run' | 'exhausted' | 'nothing']>([
    ['a date that succeeded is done', 'SUCCESS', 1, 'nothing'],
    ['a date that hibernated is done', 'HIBERNATED', 1, 'nothing'],
    ['a date that an operator waived is done', 'WAIVED', 3, 'nothing'],
    ['a date that failed once is run', 'FAILED', 1, 'run'],
    ['a date that failed twice is run', 'FAILED', 2, 'run'],
    ['a date that failed three times is left to an operator', 'FAILED', 3, 'exhausted'],
    ['a date whose run has crashed is run', 'RUNNING', 1, 'run'],
    ['a date whose runs have crashed five times is run', 'RUNNING', 5, 'run'],
  ])('%s', (_, status, attempts, where) => {
    const { run, exhausted, expired } = due([['2026-04-18', status, attempts]])
    expect(run).toEqual(where === 'run' ? ['2026-04-18', '2026-04-19'] : ['2026-04-19'])
    expect(exhausted).toEqual(where === 'exhausted' ? ['2026-04-18'] : [])
    expect(expired).toEqual([])
  })

  it.each<[string, string | null, number, number]>([
    ['of a new flow the newest date alone', null, 1, 0],
    ['fourteen dates, oldest first', '2026-04-06', 14, 0],
    ['what is older than fourteen dates has expired', '2026-04-05', 14, 1],
    ['of what has expired the thirty newest are told', '2025-01-01', 14, 30],
    ['nothing before the first date of a flow', '2026-04-20', 0, 0],
  ])('%s', (_, since, runs, expired) => {
    const said = due([], { since })
    expect([said.run.length, said.expired.length]).toEqual([runs, expired])
    expect(said.run.at(-1)).toBe(runs === 0 ? undefined : '2026-04-19')
    expect([...said.expired, ...said.run]).toEqual([...said.expired, ...said.run].sort())
  })

  it('of slots is the newest alone: a report of what was is no use', () => {
    const since = '2026-03-20T00'
    const nowMs = Date.parse('2026-03-22T09:00:00Z')
    const said = dueDates(FOREWARNER, [], { nowMs, since, lease: null })
    expect(said).toEqual({ run: ['2026-03-22T08'], expired: [], exhausted: [], busy: null })
  })

  it.each([
    ['a lease that is seen unchanged for 4,000 ms is alive', LEASE_SILENT_MS_MAX, 'host:42'],
    ['a lease that is seen unchanged for 4,001 ms is of somebody who is gone', LEASE_SILENT_MS_MAX + 1, null],
  ])('%s', (_, unchangedMs, busy) => {
    const said = due([], { lease: { owner: 'host:42', unchangedMs } })
    expect(said.busy).toBe(busy)
    expect(said.run.length).toBe(busy === null ? 2 : 0)
  })

  it('is nothing that is done, when the clock is set back', () => {
    const done = ['2026-04-17', '2026-04-18', '2026-04-19'].map((stamp): Row => [stamp, 'SUCCESS', 1])
    for (const back of ['2026-04-19T23:05:00Z', '2026-04-18T00:05:00Z', '2026-04-17T00:00:00Z']) {
      const said = due(done, { since: '2026-04-17', nowMs: Date.parse(back) })
      expect(said, back).toEqual({ run: [], expired: [], exhausted: [], busy: null })
    }
  })

  test('of any ledger at any time is every open date of the newest fourteen, once, oldest first, and nothing else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SCHEDULES), moments(), ledgers(), fc.integer({ min: 0, max: 60 }), (...any) => {
        const [schedule, nowMs, statuses, age] = any
        const stamps = stampsBefore(schedule, newestDue(schedule, nowMs), Math.max(age + 1, statuses.length))
        const rows = statuses.map(([status, attempts], i): Row => [stamps[i]!, status, attempts])
        const since = stamps[age]!
        const said = dueDates(schedule, rows.map(rowOf), { nowMs, since, lease: null })
        const window = stamps.slice(0, schedule.catchUp === 'newest' ? 1 : CATCH_UP_DATES).reverse()
        const expected = { run: [] as string[], exhausted: [] as string[] }
        for (const stamp of window.filter((one) => one >= since)) {
          const [, status = '', attempts = 0] = rows.find(([one]) => one === stamp) ?? []
          if (['SUCCESS', 'HIBERNATED', 'WAIVED'].includes(status)) continue
          expected[status === 'FAILED' && attempts >= ATTEMPTS_MAX ? 'exhausted' : 'run'].push(stamp)
        }
        expect({ run: said.run, exhausted: said.exhausted }).toEqual(expected)
        expect(said.expired.length).toBeLessThanOrEqual(30)
        expect(said.expired).toEqual([...said.expired].sort())
        for (const stamp of said.expired) expect(stamp >= since && stamp < window[0]!).toBe(true)
      }),
    )
  })
})

test.each<[string, FlowSchedule, string, boolean]>([
  ['a date is a stamp of a daily flow', PAPER, '2026-03-20', true],
  ['a date that no calendar has is no stamp', PAPER, '2026-02-30', false],
  ['a slot is no stamp of a daily flow', PAPER, '2026-03-20T00', false],
  ['a slot is a stamp of a flow of slots', FOREWARNER, '2026-03-20T20', true],
  ['an hour between the slots is no stamp', FOREWARNER, '2026-03-20T21', false],
  ['an hour that no day has is no stamp', FOREWARNER, '2026-03-20T24', false],
  ['a date is no stamp of a flow of slots', FOREWARNER, '2026-03-20', false],
  ['a word is no stamp', PAPER, 'yesterday', false],
])('%s', (_, schedule, text, is) => {
  expect(isStamp(schedule, text)).toBe(is)
})

type Row = readonly [string, FlowStatus, number]

function rowOf([stamp, status, attempts]: Row) {
  return { stamp, status, attempts }
}

function moments(): fc.Arbitrary<number> {
  return fc.integer({ min: Date.parse('2020-01-01T00:00:00Z'), max: Date.parse('2104-01-01T00:00:00Z') })
}

function ledgers(): fc.Arbitrary<[FlowStatus, number][]> {
  const status = fc.constantFrom<FlowStatus[]>('RUNNING', 'SUCCESS', 'HIBERNATED', 'FAILED', 'WAIVED')
  return fc.array(fc.tuple(status, fc.integer({ min: 1, max: 4 })), { maxLength: 60 })
}

/** So many stamps, newest first. */
function stampsBefore(schedule: FlowSchedule, newest: string, count: number): readonly string[] {
  const stamps = [newest]
  while (stamps.length < count) stamps.push(newestDue(schedule, dueAtMs(schedule, stamps.at(-1)!) - 1))
  return stamps
}

function inZone<T>(zone: string, ask: () => T): T {
  const before = process.env.TZ
  process.env.TZ = zone
  try {
    return ask()
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
}
