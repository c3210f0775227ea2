import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputMistake } from '../../../src/base/mistakes.js'
import { demandDays } from '../../../src/cli/flows/demanded-days.js'
import type { FlowDate, FlowName, FlowRow } from '../../../src/ports/vocabulary/flows.js'

function folderOf(...files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-days-'))
  for (const file of files) writeFileSync(join(folder, file), '')
  return folder
}

function dates(flow: FlowName, ...stamps: readonly string[]): readonly FlowDate[] {
  return stamps.map((stamp) => ({ flow, colour: 'blue', stamp }))
}

function refusal(days: string, asked: readonly FlowDate[], settled: readonly string[] = []): InputMistake | undefined {
  const rows = settled.map((stamp) => ({ stamp, status: 'SUCCESS' }) as FlowRow)
  const flows = { run: [], folder: 'flows', paperLogs: 'logs', strategies: {}, days }
  try {
    demandDays({ flows, isBundled: false }, asked, rows)
    return undefined
  } catch (error) {
    return error as InputMistake
  }
}

describe('the days of runs by hand', () => {
  it('may be Parquet or JSON lines, and a date that is settled needs none', () => {
    const folder = folderOf('2026-03-20.parquet', '2026-03-21.jsonl')
    expect(refusal(folder, dates('paper-day', '2026-03-20', '2026-03-21', '2026-03-22'), ['2026-03-22'])).toBe(
      undefined,
    )
  })

  it('that are missing are named before anything is begun, with those that are there', () => {
    const folder = folderOf('2026-03-20.parquet', '2026-03-21.jsonl')
    const asked = dates('paper-day', '2026-03-22', '2026-03-23', '2026-03-24', '2026-03-25')
    const mistake = refusal(folder, asked)
    expect(mistake).toBeInstanceOf(InputMistake)
    expect(mistake?.message).toContain(
      'expected a file YYYY-MM-DD.parquet or .jsonl of 2026-03-22, 2026-03-23, 2026-03-24 and 1 more, found none',
    )
    expect(mistake?.hint).toBe(
      'The days there are of 2026-03-20 to 2026-03-21: say one with --date, or another folder with --days.',
    )
  })

  it('of a folder without any are made, or looked for elsewhere', () => {
    expect(refusal(folderOf(), dates('paper-day', '2026-03-22'))?.hint).toContain('dolphin data build makes days')
  })

  it('of a folder that is none are refused', () => {
    expect(refusal('/nowhere', dates('supervised-day', '2026-03-22'))?.message).toBe(
      '--days: expected a folder of days, found "/nowhere"',
    )
  })

  it('are no matter of the forewarner', () => {
    expect(refusal(folderOf(), dates('forewarner', '2026-03-22T08'))).toBe(undefined)
  })
})
