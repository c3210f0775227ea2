import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { beforeEach, describe, expect, it } from 'vitest'
import { parquetDayWriter } from '../../src/adapters/parquet/day-writer.js'
import { register as backtest } from '../../src/cli/backtest/command.js'
import { register as paper } from '../../src/cli/paper/command.js'
import { register as scan } from '../../src/cli/scan/command.js'
import { type SynthSpec, synthesizeDay } from '../../src/core/days/synthesize.js'
import { runCommand, temporaryFolder } from '../support/in-process-command.js'

const SPEC: SynthSpec = { seed: 5, start: '2026-01-01', bars: 288, assets: 6, missingRate: 0 }
const folder = temporaryFolder()
const inFolder = (name: string) => join(folder.path, name)
const second = () => inFolder('days/2026-01-02.parquet')

/** The first day in order, the second with bar 7 at the time of bar 6. */
beforeEach(async () => {
  mkdirSync(inFolder('days'))
  await parquetDayWriter.write(inFolder('days/2026-01-01.parquet'), synthesizeDay(SPEC, 0))
  const day = synthesizeDay(SPEC, 1)
  day.timestampNs![7] = day.timestampNs![6]!
  await parquetDayWriter.write(second(), day)
})

const COMMANDS: readonly (readonly [string, (parent: Command) => void, readonly string[]])[] = [
  ['backtest', backtest, ['backtest', '%days']],
  ['paper', paper, ['paper', '--days', '%days', '--out', '%out']],
  ['scan', scan, ['scan', '--days', '%days', '--storage', '%out']],
]

describe('a day whose times do not rise', () => {
  it.each(COMMANDS)('is refused by dolphin %s with its path, column, row and times', async (_, register, words) => {
    const args = words.map((word) => word.replace('%days', inFolder('days')).replace('%out', inFolder('out')))
    const { code, stdout, stderr } = await runCommand(register, [...args, '--quiet'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain(
      `${second()}, column 'timestamp', row 7: expected times that rise from row to row, found 2026-01-02T00:`,
    )
  })

  it('is left out by dolphin backtest --keep-going', async () => {
    const args = ['backtest', inFolder('days'), '--keep-going', '--quiet', '--json', '-']
    const { code, stdout } = await runCommand(backtest, args)
    expect(code).toBe(0)
    const { days, skippedDays } = JSON.parse(stdout)
    expect(days.map(({ date }: { date: string }) => date)).toEqual(['2026-01-01'])
    expect(skippedDays).toEqual([
      { date: '2026-01-02', file: second(), error: expect.stringContaining(`${second()}, column 'timestamp', row 7`) },
    ])
  })
})
