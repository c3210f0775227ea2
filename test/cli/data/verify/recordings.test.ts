import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parquetDayWriter } from '../../../../src/adapters/parquet/day-writer.js'
import { register } from '../../../../src/cli/data/verify/run.js'
import { synthesizeDay } from '../../../../src/core/days/synthesize.js'
import { addFrames, NOON_MS, rig } from '../../../adapters/market-parquet/recorded-rows.js'
import { runCommand, temporaryFolder } from '../../../support/in-process-command.js'

const folder = temporaryFolder()
const inFolder = (...names: string[]) => join(folder.path, 'books', ...names)
const verify = (...args: string[]) => runCommand(register, ['verify', inFolder(), ...args])
const part = (number: number) => inFolder('frames', 'date=2026-01-05', `part-00${number}.parquet`)

/** Two parts of three frames, and a closing. */
async function recorded(): Promise<void> {
  const { recorder } = await rig(inFolder())
  addFrames(recorder, 3)
  await recorder.flush()
  addFrames(recorder, 3)
  recorder.add('closings', { n: recorder.nextNumber(), t_ms: NOON_MS, closed_at_ms: NOON_MS + 3 })
  await recorder.close()
}

async function findings(...args: string[]): Promise<string[]> {
  const { stdout } = await verify('--json', ...args)
  const [recording] = JSON.parse(stdout).recordings
  const of = [...recording.findings, ...recording.dates.flatMap((rows: { findings: [] }) => rows.findings)]
  return of.map(({ severity, check, message }) => `${severity} ${check}: ${message}`)
}

describe('dolphin data verify of a recording', () => {
  it('lists parts, rows, symbols and times of each table and date, and answers 0', async () => {
    await recorded()
    const { code, stdout, stderr } = await verify('--strict')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/books +diffs, a bar each 5 s\n/)
    expect(stdout).toMatch(/^frames +2026-01-05 +2 +6 +1 +12:00:00\.001 +12:00:00\.006 +0\.0\d$/m)
    expect(stdout).toMatch(/^closings +2026-01-05 +1 +1 +0 +12:00:00\.000 +12:00:00\.000 +0\.00$/m)
    expect(stdout).toMatch(/\n1 recording, 3 parts, 7 rows: 0 errors, 0 warnings, 0 remarks\n$/)
  })

  it('reads one table where its folder is given', async () => {
    await recorded()
    const { stdout } = await runCommand(register, ['verify', inFolder('frames')])
    expect(stdout).toMatch(/\n1 recording, 2 parts, 6 rows: 0 errors, 0 warnings, 0 remarks\n$/)
  })

  it('answers 1 for a part that is cut, names it, and reads the others', async () => {
    await recorded()
    truncateSync(part(1), 500)
    expect((await verify()).code).toBe(1)
    const [{ totals }] = JSON.parse((await verify('--json')).stdout).recordings
    expect(totals).toEqual({ parts: 3, rows: 4, errors: 1, warnings: 0, infos: 0 })
    expect(await findings()).toEqual([
      'error unreadable: part-001.parquet: expected the mark dolphin.crc32 near the end of a part, found none: it is cut short, or of another writer',
    ])
  })

  it('answers 1 for a part that is gone, since nothing says why its rows are missing', async () => {
    await recorded()
    rmSync(part(1))
    expect((await verify()).code).toBe(1)
    expect(await findings()).toEqual(['error missing-rows: rows 1–3 are in no part, and nothing says why'])
  })

  it('answers 1 for a part that is there twice', async () => {
    await recorded()
    copyFileSync(part(1), part(3))
    expect(await findings()).toEqual([
      'error order: row 1 comes after row 6',
      'error duplicate: there are two rows 1, and 2 more',
    ])
  })

  it('warns of what a killed process lost, which --strict takes for an error', async () => {
    await recorded()
    const life = JSON.parse(readFileSync(inFolder('alive.json'), 'utf8'))
    writeFileSync(inFolder('alive.json'), JSON.stringify({ ...life, ended: false }))
    const { recorder } = await rig(inFolder(), {}, NOON_MS + 60_000)
    addFrames(recorder, 1)
    await recorder.close()
    expect(await findings()).toEqual([
      'warning gap: what came from 2026-01-05T12:00:00.000Z to 2026-01-05T12:00:04.000Z may be lost: the process was killed before it was written',
    ])
    expect((await verify()).code).toBe(0)
    expect((await verify('--strict')).code).toBe(1)
  })

  it('checks days and recordings together', async () => {
    await recorded()
    const day = synthesizeDay({ seed: 5, start: '2026-01-01', bars: 288, assets: 6, missingRate: 0 }, 0)
    const path = join(folder.path, `${day.date}.parquet`)
    await parquetDayWriter.write(path, day)
    rmSync(part(1))
    const { code, stdout } = await runCommand(register, ['verify', path, inFolder()])
    expect(code).toBe(1)
    expect(stdout).toContain('1 day, 288 bars: 0 errors')
    expect(stdout).toContain('missing-rows')
  })

  it('refuses lists of checksums for recordings alone, whose parts hold their own', async () => {
    await recorded()
    const { code, stderr } = await verify('--checksums', 'SHA256SUMS')
    expect(code).toBe(2)
    expect(stderr).toContain('--checksums: expected days beside it, found recordings alone, whose parts hold their own')
  })
})
