import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stageOutputs } from '../../../src/cli/backtest/outputs.js'
import { sampleReport } from '../../support/sample-report.js'

let folder: string
const inFolder = (name: string) => join(folder, name)
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-outputs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the output files of a run', () => {
  it('appear together, when they are committed', async () => {
    const paths = { json: inFolder('run.json'), trades: inFolder('trades.parquet'), report: inFolder('run.html') }
    const staged = await stageOutputs(sampleReport(), paths)
    for (const name of readdirSync(folder)) expect(name).toMatch(/^\..*\.tmp$/)
    await staged.commit()
    expect(readdirSync(folder).toSorted()).toEqual(['run.html', 'run.json', 'trades.parquet'])
    expect(staged.written.map(({ path }) => path).toSorted()).toEqual(Object.values(paths).toSorted())
  })

  it('leave nothing when they are discarded', async () => {
    const staged = await stageOutputs(sampleReport(), { trades: inFolder('t.csv'), report: inFolder('run.html') })
    await staged.discard()
    expect(readdirSync(folder)).toEqual([])
  })

  it('leave nothing when one of them cannot be written', async () => {
    writeFileSync(inFolder('plain'), '')
    const paths = { report: inFolder('run.html'), json: join(folder, 'plain', 'run.json') }
    await expect(stageOutputs(sampleReport(), paths)).rejects.toThrow(/run\.json: cannot write the JSON: /)
    expect(readdirSync(folder)).toEqual(['plain'])
  })

  it('are none when none was asked for, and JSON for stdout is no file', async () => {
    const staged = await stageOutputs(sampleReport(), { json: '-' })
    expect(staged.written).toEqual([])
  })
})
