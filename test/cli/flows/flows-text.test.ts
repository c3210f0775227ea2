import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import { rowCells, summaryLines, taskLines, taskText, writtenTo } from '../../../src/cli/flows/flows-text.js'
import type { FlowEvent, FlowRecord, FlowRow } from '../../../src/ports/vocabulary/flows.js'

const plain = createColors(false)

function recorded(...events: readonly FlowEvent[]): readonly FlowRecord[] {
  return events.map((event, at) => ({ ...event, seq: at + 1, atMs: 1_000 * at }))
}

function shown(...events: readonly FlowEvent[]): readonly string[] {
  return taskLines('paper-day', recorded(...events)).map((line) => taskText(line, plain, { nowMs: 9_000 }))
}

describe('the tasks of a run', () => {
  it('are shown as waiting, running, done, tried again, failed and blocked by their records', () => {
    expect(
      shown(
        { kind: 'FLOW_STARTED' },
        { kind: 'ATTEMPT', task: 'load_config', attempt: 1 },
        { kind: 'TASK_SUCCESS', task: 'load_config', output: null },
        { kind: 'ATTEMPT', task: 'load_day', attempt: 1 },
        { kind: 'ATTEMPT_FAILED', task: 'load_day', attempt: 1, failure: 'error', message: 'no such file' },
        { kind: 'ATTEMPT', task: 'load_day', attempt: 2 },
      ),
    ).toEqual([
      '  ✓ load_config         1.0 s',
      '  ▸ load_day            4.0 s  attempt 2  no such file',
      '  · restore_capital',
      '  · run_day',
      '  · write_state',
      '  · log_pnl',
    ])
  })

  it('that stand from the run before say so', () => {
    expect(
      shown(
        { kind: 'FLOW_RESUMED' },
        { kind: 'TASK_REPLAYED', task: 'load_config', status: 'SUCCESS' },
        { kind: 'TASK_FAILED', task: 'load_day' },
        { kind: 'TASK_BLOCKED', task: 'restore_capital', blockers: ['load_day'] },
        { kind: 'TASK_SKIPPED', task: 'run_day', reason: 'GATE' },
      ).slice(0, 4),
    ).toEqual([
      '  ✓ load_config                from the run before',
      '  ✗ load_day',
      '  · restore_capital            after load_day',
      '  – run_day                    its gate is closed: HIBERNATE',
    ])
  })
})

describe('what is told of a run that is over', () => {
  it('is the day, the capital before and after, and the trades', () => {
    const summary = { day: 'd.parquet', bars: 1_440, assets: 16, capitalBefore: 25_000, capitalFrom: 'initial' }
    expect(summaryLines({ ...summary, capital: 24_900, pnl: -100, trades: 3 }, plain)).toEqual([
      '  Day           d.parquet, 1,440 bars, 16 assets',
      '  Capital       25,000.00 USDT (the initial one)',
      '  After         24,900.00 USDT  -100.00',
      '  Trades        3',
    ])
  })

  it.each([
    [
      'paper-day',
      '2026-03-21',
      ['DOLPHIN_PNL_BLUE[2026-03-21] and DOLPHIN_STATE_BLUE[latest] of flows/grid', 'logs/blue/pnl.jsonl'],
    ],
    [
      'supervised-day',
      '2026-03-21',
      ['DOLPHIN_PNL_BLUE[2026-03-21:nautilus] and DOLPHIN_STATE_BLUE[latest_nautilus] of flows/grid'],
    ],
    [
      'forewarner',
      '2026-03-21T04',
      ['DOLPHIN_FEATURES[mc_forewarner_latest] of flows/grid', 'flows/reports/forewarner-blue-2026-03-21T04.json'],
    ],
  ] as const)('says where %s wrote', (flow, stamp, places) => {
    const at = { grid: 'embedded', folder: 'flows', paperLogs: 'logs' }
    expect(writtenTo({ flow, colour: 'blue', stamp }, at)).toEqual(places)
  })

  it('is a row of the ledger with what went wrong', () => {
    const row: FlowRow = {
      ...{ flow: 'paper-day', colour: 'blue', stamp: '2026-03-21', status: 'FAILED', attempts: 2, fence: 1 },
      ...{ owner: 'here:1', startedAtMs: 0, atMs: 0, detail: 'load_day: gone', summary: null },
    }
    expect(rowCells(row)).toEqual(['2026-03-21', 'FAILED', '2', '', '', '', '1970-01-01T00:00:00Z', 'load_day: gone'])
  })
})
