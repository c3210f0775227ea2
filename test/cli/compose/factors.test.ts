import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { backtestOptions } from '../../../src/cli/backtest/options.js'
import { readFactors } from '../../../src/cli/compose/factors.js'
import { prepareRun } from '../../../src/cli/compose/run-settings.js'
import { temporaryFolder } from '../../support/in-process-command.js'

const SCANS = fileURLToPath(new URL('../../../fixtures/npz', import.meta.url))
const folder = temporaryFolder()
const csv = () => {
  const path = join(folder.path, 'factors.csv')
  writeFileSync(path, 'date,fng\n2025-05-10,20\n')
  return path
}

describe('the factors of a run', () => {
  it('are the rows of a CSV', () => {
    const sha256 = createHash('sha256').update('date,fng\n2025-05-10,20\n').digest('hex')
    const { rows, ...rest } = readFactors({ factors: csv() })
    expect(rest).toEqual({ sha256, recorded: {} })
    expect(rows.factors.get('2025-05-10')).toMatchObject({ fng: 20, taker: null })
  })

  it('are the medians of a folder of scans, whose look-ahead the record says', () => {
    const { rows, recorded } = readFactors({ factors: SCANS, w750: 'first-10' })
    const { fundingBtc, ...others } = rows.factors.get('2025-05-10')!
    expect(others).toEqual({ dvolBtc: 61.5, fng: 30, taker: 0.8 })
    expect(fundingBtc).toBeCloseTo(-0.00015, 15)
    expect([...rows.w750]).toEqual([['2025-05-10', -0.125]])
    expect(recorded).toEqual({ factor_scans: 'first 10 of each date: 50 s of look-ahead', w750_scans: 'first-10' })
    expect([...readFactors({ factors: SCANS }).rows.w750]).toEqual([
      ['2025-05-10', null],
      ['2025-05-11', -0.125],
    ])
  })

  it('stand in the record of the run, and boost its days', () => {
    const run = prepareRun(backtestOptions(['days'], { factors: SCANS }).run)
    expect(run.recorded).toMatchObject({
      factors: expect.stringMatching(/^[0-9a-f]{64}$/),
      factor_scans: expect.any(String),
      w750_scans: 'last-10',
    })
    // Funding below -0.0001 counts 1, DVOL above 55 a half, fear below 40 a half, a taker ratio of 0.8 a half.
    expect(run.settings().breaker!.boostForDate('2025-05-10')).toMatchObject({
      signals: 2.5,
      boost: 1 + 0.5 * Math.log1p(2.5),
    })
  })

  it.each([
    ['--factor-names', { factorNames: 'fng=x' }],
    ['--w750', { w750: 'last-10' as const }],
  ])('of a CSV take no %s', (option, more) => {
    expect(() => readFactors({ factors: csv(), ...more })).toThrow(
      `${option}: expected --factors with a folder of scans, found the file ${csv()}`,
    )
  })

  it('that are not there are refused', () => {
    expect(() => readFactors({ factors: join(folder.path, 'no.csv') })).toThrow(
      'no.csv: cannot read it: there is no such file',
    )
  })
})
