import { describe, expect, it } from 'vitest'
import { FLOW_SCHEDULES } from '../../../src/core/flows/flow-graphs.js'
import { flowOverview, needsSomebody } from '../../../src/core/flows/overview.js'
import type { FlowRow } from '../../../src/ports/vocabulary/flows.js'

const KEY = { flow: 'paper-day', colour: 'blue', schedule: FLOW_SCHEDULES['paper-day'] } as const
const NOW_MS = Date.parse('2026-03-22T10:00:00Z')

function row(stamp: string, status: FlowRow['status'], attempts = 1): FlowRow {
  return {
    ...{ flow: 'paper-day', colour: 'blue', stamp, status, attempts, fence: 1, owner: 'here:1' },
    ...{ atMs: Date.parse(`${stamp}T01:00:00Z`), startedAtMs: null, detail: null, summary: null },
  }
}

function overview(rows: readonly FlowRow[], since: string | null = '2026-03-01') {
  return flowOverview(KEY, { rows, since, nowMs: NOW_MS })
}

describe('how a flow stands', () => {
  it('owes nothing before it was ever scheduled, and says when the next date falls due', () => {
    expect(overview([], null)).toMatchObject({
      ...{ last: null, lastDone: null, due: [], expired: [], exhausted: [] },
      next: { stamp: '2026-03-22', atMs: Date.parse('2026-03-23T00:05:00Z') },
    })
  })

  it('says the newest date, and the newest that is done', () => {
    const rows = [row('2026-03-19', 'HIBERNATED'), row('2026-03-20', 'FAILED'), row('2026-03-21', 'WAIVED')]
    const { last, lastDone, due } = overview(rows, '2026-03-19')
    expect([last?.stamp, lastDone?.stamp, due]).toEqual(['2026-03-21', '2026-03-19', ['2026-03-20']])
  })

  it.each([
    ['a last date that failed', [row('2026-03-21', 'FAILED')], '2026-03-21', true],
    [
      'a date that failed as often as it may',
      [row('2026-03-20', 'FAILED', 3), row('2026-03-21', 'SUCCESS')],
      '2026-03-20',
      true,
    ],
    ['a date that is too old to be run by itself', [], '2026-03-01', true],
    ['a date that was done', [row('2026-03-21', 'SUCCESS')], '2026-03-21', false],
    ['a date that was given up', [row('2026-03-21', 'WAIVED')], '2026-03-21', false],
    ['a date that is due', [], '2026-03-21', false],
  ] as const)('%s needs somebody, or not', (_, rows, since, expected) => {
    expect(needsSomebody(overview(rows, since))).toBe(expected)
  })
})
