import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findDayFiles, parquetDays } from '../../../src/adapters/parquet/parquet-days.js'
import { causalityLines } from '../../../src/cli/backtest/causality-text.js'
import { backtestOptions, type RawBacktestOptions } from '../../../src/cli/backtest/options.js'
import { prepareRun } from '../../../src/cli/compose/run-settings.js'
import { Backtest } from '../../../src/core/backtest/backtest.js'
import type { CausalityVerdict } from '../../../src/core/backtest/causality.js'
import type { CutCount } from '../../../src/core/backtest/cut-plan.js'
import { veiledTables } from '../../../src/core/backtest/veiled-tables.js'
import type { DayFile, DayOutcome } from '../../../src/ports/days.js'
import { type CausalityCheck, checkCausalityOfRun } from '../../../src/runtime/backtest/causality.js'

const DAYS = fileURLToPath(new URL('../../../fixtures/days', import.meta.url))
let folder: string
let factors: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'causality-'))
  factors = join(folder, 'factors.csv')
  const dates = Array.from({ length: 10 }, (_, i) => `2025-05-${String(9 + i).padStart(2, '0')}`)
  // Rising velocities: over the whole sample the first days are low, over the days before them each one is high.
  const rows = dates.map((date, i) => `${date},${0.001 * (i + 1)}`)
  writeFileSync(factors, ['date,w750', ...rows, ''].join('\n'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The verdict on the first bundled days under options of the command line, and the files that were read for it. */
async function verdictUnder(
  raw: RawBacktestOptions,
  cuts: CutCount = 'usual',
  more: Pick<CausalityCheck, 'signal' | 'onCut'> = {},
): Promise<{ readonly verdict: CausalityVerdict; readonly passes: readonly (readonly DayFile[])[] }> {
  const run = prepareRun(backtestOptions([DAYS], raw).run)
  const files = (await findDayFiles([DAYS])).slice(0, 8)
  const passes: DayFile[][] = []
  const read = (days: readonly DayFile[]): AsyncIterable<DayOutcome> => {
    passes.push([...days])
    return parquetDays.read(days, { workers: 0 })
  }
  const backtest = new Backtest({ ...run.settings(), keepRefusals: true })
  for await (const outcome of read(files)) if ('day' in outcome) backtest.addDay(outcome.day.columns, '')
  const report = backtest.finish({ engineVersion: '0', codeHash: '', settings: {} })
  const verdict = await checkCausalityOfRun({
    backtest() {
      const { settings, veil } = veiledTables(run.settings)
      return { backtest: new Backtest({ ...settings, keepRefusals: true }), veil }
    },
    files,
    report,
    refusals: backtest.refusals,
    read,
    cuts,
    ...more,
  })
  return { verdict, passes: passes.slice(1) }
}

describe('the causality check of a run', () => {
  test('finds nothing in the champion with every gate that looks back, and says what it probed', async () => {
    const { verdict, passes } = await verdictUnder({ factors, volGate: 'p60', forewarner: 'monte-carlo' })
    expect(verdict.violations).toEqual([])
    expect(verdict.probed).toBe(verdict.decisions)
    expect(verdict.decisions).toBeGreaterThan(100)
    const kinds = verdict.kinds.map(({ kind, reason }) => `${kind} ${reason}`)
    expect(kinds).toEqual(expect.arrayContaining(['entry null', 'exit MAX_HOLD', 'refusal VOLATILITY']))
    expect(verdict.kinds.reduce((sum, { decisions }) => sum + decisions, 0)).toBe(verdict.decisions)
    expect(causalityLines(verdict)[0]).toBe(
      `${verdict.decisions} of ${verdict.decisions} decisions probed: none of them used a later bar`,
    )
    expect(passes.map((days) => days.length)).toEqual([8])
  })

  test('says how many were not probed, and never speaks of those', async () => {
    const { verdict } = await verdictUnder({}, 20)
    expect(verdict).toMatchObject({ cuts: 20, violations: [], isSteppedToo: true })
    expect(verdict.probed).toBeLessThan(verdict.decisions)
    expect(causalityLines(verdict)).toEqual([
      `${verdict.probed} of ${verdict.decisions} decisions probed: none of them used a later bar`,
      expect.stringMatching(/^\d+ of \d+ entries, \d+ of \d+ exits, \d+ of \d+ refused entries$/),
      '20 cuts, with 5 futures after each',
      `bar by bar, where no later bar is there, all ${verdict.decisions} come out the same`,
      '--exhaustive probes the others',
    ])
  })

  test('finds the beta threshold that is taken from the whole sample', async () => {
    const { verdict } = await verdictUnder({ factors, betaPolicy: 'full-sample' })
    const [first, second] = causalityLines(verdict)
    expect(first).toMatch(/^VIOLATED under [1-6] of 6 futures: /)
    expect(second).toMatch(/^bar [\d,]+ entry \w+: notional /)
  })

  test('ends at the cut at hand when it is told to, with the reason it was given', async () => {
    const controller = new AbortController()
    const cutsSeen: string[] = []
    const interrupted = verdictUnder({}, 'usual', {
      signal: controller.signal,
      onCut(date) {
        cutsSeen.push(date)
        if (cutsSeen.length === 20) controller.abort(new Error('stopped by hand'))
      },
    })
    await expect(interrupted).rejects.toThrow('stopped by hand')
    expect(cutsSeen.length).toBeLessThan(40)
  })
})
