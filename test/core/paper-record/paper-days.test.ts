import { expect, it } from 'vitest'
import type { DecisionRecord } from '../../../src/core/decision/records.js'
import type { ExecutionRecord } from '../../../src/core/execution/records.js'
import { PaperDays } from '../../../src/core/paper-record/paper-days.js'

const MIDNIGHT_MS = Date.UTC(2026, 8, 1)

function bar(timestampMs: number, takenAtMs = timestampMs + 300): DecisionRecord {
  return { n: 1, inputs: '', type: 'bar', atMs: takenAtMs, bar: { timestampMs } } as unknown as DecisionRecord
}

function alert(level: string, atMs: number): DecisionRecord & ExecutionRecord {
  return { n: 1, inputs: '', type: 'alert', atMs, alert: { level, atMs } } as never
}

it('bars that were taken in time cover as many steps of their day', () => {
  const days = new PaperDays(5_000)
  for (let i = 0; i < 12; i++) days.decided(bar(MIDNIGHT_MS - 30_000 + i * 5_000))
  expect(days.days()).toMatchObject([
    { date: '2026-08-31', bars: 6, barsMs: 30_000 },
    { date: '2026-09-01', bars: 6, barsMs: 30_000 },
  ])
})

it.each([
  { title: 'ten seconds old', ageMs: 10_000, counts: 1 },
  { title: 'older than ten seconds', ageMs: 10_001, counts: 0 },
  { title: 'a second ahead of our clock', ageMs: -1_000, counts: 1 },
  { title: 'further ahead', ageMs: -1_001, counts: 0 },
])('a bar that is $title counts $counts times', ({ ageMs, counts }) => {
  const days = new PaperDays(5_000)
  days.decided(bar(MIDNIGHT_MS, MIDNIGHT_MS + ageMs))
  expect(days.days().reduce((sum, { bars }) => sum + bars, 0)).toBe(counts)
})

it('bars that are closer to each other than steps are count once', () => {
  const days = new PaperDays(60_000)
  for (const atMs of [0, 5_000, 10_000, 60_000]) days.decided(bar(MIDNIGHT_MS + atMs))
  expect(days.days()).toMatchObject([{ bars: 2 }])
})

it('emergencies of both sides, lockouts, differences and refusals are of their day', () => {
  const days = new PaperDays(5_000)
  days.decided({ ...alert('EMERGENCY', MIDNIGHT_MS), type: 'alerted' } as unknown as DecisionRecord)
  days.decided({ ...alert('CRITICAL', MIDNIGHT_MS), type: 'alerted' } as unknown as DecisionRecord)
  days.executed(alert('EMERGENCY', MIDNIGHT_MS + 1))
  const lockout = { type: 'disagreed', atMs: MIDNIGHT_MS - 1, subject: 'account', decision: { decision: 'LOCKOUT' } }
  days.decided(lockout as unknown as DecisionRecord)
  days.unexplained(MIDNIGHT_MS, 'ETHUSDT')
  days.refused('2026-08-31', 'no bar')
  days.refused('2026-08-31', 'nor another')
  expect(days.days()).toMatchObject([
    { date: '2026-08-31', emergencies: 0, lockouts: 1, unexplained: [], refused: 'no bar' },
    { date: '2026-09-01', emergencies: 2, lockouts: 0, unexplained: ['ETHUSDT'], refused: null },
  ])
})
