import { describe, expect, it } from 'vitest'
import { FlowMetrics, type FlowReading } from '../../../src/adapters/http/flow-metrics.js'
import type { FlowRow } from '../../../src/ports/vocabulary/flows.js'

const ROW: FlowRow = {
  ...{ flow: 'paper-day', colour: 'blue', stamp: '2026-03-21', status: 'SUCCESS', attempts: 1, fence: 1 },
  ...{ owner: 'here:1', startedAtMs: 4_000, atMs: 10_000, detail: null, summary: null },
}
const READING: FlowReading = {
  ...{ flow: 'paper-day', colour: 'blue', last: ROW, lastDone: ROW },
  ...{ due: ['2026-03-22'], expired: ['2026-03-01', '2026-03-02'], exhausted: ['2026-03-20'] },
}
const OF = '{flow="paper-day",colour="blue"}'

describe('the metrics of flows', () => {
  it('say the age of the last success, its duration, and the dates that are due, missed and given up on', async () => {
    const text = await new FlowMetrics(
      async () => [READING],
      () => 70_000,
    ).text()
    for (const [name, value] of [
      ['last_success_age_seconds', 60],
      ['last_duration_seconds', 6],
      ['failed', 0],
      ['running', 0],
      ['due_dates', 1],
      ['missed_dates', 2],
      ['exhausted_dates', 1],
    ]) {
      expect(text).toContain(`dolphin_flow_${name}${OF} ${value}\n`)
    }
  })

  it('say no age before the first success, and that the last run failed', async () => {
    const last: FlowRow = { ...ROW, status: 'FAILED' }
    const text = await new FlowMetrics(
      async () => [{ ...READING, last, lastDone: null }],
      () => 70_000,
    ).text()
    expect(text).not.toContain('last_success_age_seconds{')
    expect(text).toContain(`dolphin_flow_failed${OF} 1\n`)
  })

  it('count the runs that ended in this process, by how', async () => {
    const metrics = new FlowMetrics(
      async () => [],
      () => 0,
    )
    for (const outcome of ['SUCCESS', 'FAILED', 'FAILED'] as const) metrics.ended(ROW, outcome)
    const text = await metrics.text()
    expect(text).toContain('dolphin_flow_runs_total{flow="paper-day",colour="blue",outcome="SUCCESS"} 1')
    expect(text).toContain('dolphin_flow_runs_total{flow="paper-day",colour="blue",outcome="FAILED"} 2')
  })
})
