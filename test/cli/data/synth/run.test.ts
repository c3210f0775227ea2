import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findDayFiles, parquetDays } from '../../../../src/adapters/parquet/parquet-days.js'
import { register } from '../../../../src/cli/data/synth/run.js'
import { synthesizeDay } from '../../../../src/core/days/synthesize.js'
import { runCommand, temporaryFolder } from '../../../support/in-process-command.js'
import { until } from '../../../support/until.js'

const folder = temporaryFolder()
const inFolder = (name: string) => join(folder.path, name)
const small = (...more: string[]) => {
  const args = ['synth', '--out', inFolder('days'), '--days', '3', '--bars', '96', '--assets', '4', ...more]
  return runCommand(register, args)
}
const days = () => readdirSync(inFolder('days')).sort()
const bytesOf = (name: string) => readFileSync(join(inFolder('days'), name))

describe('dolphin data synth', () => {
  it('writes days that read back as they were synthesized, and a manifest with their hashes', async () => {
    const { code, stdout } = await small('--seed', '9', '--missing-rate', '0.05', '--json')
    expect(code).toBe(0)
    expect(days()).toEqual(['2026-01-01.parquet', '2026-01-02.parquet', '2026-01-03.parquet', 'synth.json'])
    const document = JSON.parse(stdout)
    const spec = { seed: 9, start: '2026-01-01', bars: 96, assets: 4, missingRate: 0.05 }
    expect(document).toMatchObject({ schema: 'dolphin.data-synth/1', spec, made: 3, kept: 0 })
    for (const { file, sha256 } of document.days) {
      expect(createHash('sha256').update(bytesOf(file)).digest('hex')).toBe(sha256)
    }
    let index = 0
    for await (const outcome of parquetDays.read(await findDayFiles([inFolder('days')]), {
      workers: 0,
      eigenColumns: true,
    })) {
      if ('error' in outcome) throw outcome.error
      expect(outcome.day.columns).toEqual({ ...synthesizeDay(spec, index++), path: outcome.file.path })
    }
    expect(index).toBe(3)
  })

  it('gives the same bytes again, in whatever portions', async () => {
    await small()
    const whole = days().map((name) => bytesOf(name))
    rmSync(inFolder('days'), { recursive: true })
    await small('--days', '1')
    await small('--days', '3')
    expect(days().map((name) => bytesOf(name))).toEqual(whole)
  })

  it('keeps complete days and makes lost and damaged ones again', async () => {
    await small()
    const whole = bytesOf('2026-01-02.parquet')
    rmSync(join(inFolder('days'), '2026-01-01.parquet'))
    writeFileSync(join(inFolder('days'), '2026-01-02.parquet'), whole.subarray(0, -1))
    const { stdout } = await small('--json')
    expect(JSON.parse(stdout)).toMatchObject({ made: 2, kept: 1 })
    expect(bytesOf('2026-01-02.parquet')).toEqual(whole)
  })

  it('refuses a folder of another market and says how it differs; --force replaces that market and nothing else', async () => {
    await small()
    writeFileSync(join(inFolder('days'), '2025-12-31.parquet'), 'not ours')
    const refused = await small('--seed', '43')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('the folder holds another market: seed 42, not 43')
    expect(refused.stdout).toBe('')

    const forced = await small('--seed', '43', '--days', '1', '--force', '--json')
    expect(forced.code).toBe(0)
    expect(JSON.parse(forced.stdout)).toMatchObject({ made: 1, kept: 0 })
    expect(days()).toEqual(['2025-12-31.parquet', '2026-01-01.parquet', 'synth.json'])
  })

  it.each([
    ['days of another origin', '2026-01-01.parquet', 'expected a folder without days of another origin'],
    ['a manifest that is none', 'synth.json', 'no manifest of synthetic days'],
  ])('refuses %s', async (_, name, message) => {
    await small('--days', '1')
    rmSync(join(inFolder('days'), 'synth.json'))
    writeFileSync(join(inFolder('days'), name), '{}')
    const { code, stderr } = await small()
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(bytesOf(name).toString()).toBe('{}')
  })

  it('names every wrong option at once and writes nothing', async () => {
    const { code, stderr } = await small('--seed', '-1', '--bars', '0', '--start', '2026-02-30', '--missing-rate', '2')
    expect(code).toBe(2)
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => line.replace('error: ', '')),
    ).toEqual([
      '--start: expected a calendar date YYYY-MM-DD, found "2026-02-30"',
      '--seed: expected an integer from 0 to 4294967295, found "-1"',
      '--bars: expected an integer from 1 to 86400, found "0"',
      '--missing-rate: expected a number from 0 to 0.5, found "2"',
    ])
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('stops between days on Ctrl-C, answers 130 and continues where it was', async () => {
    const whole = small('--days', '40')
    await until(() => readdirSync(folder.path).length > 0 && days().includes('synth.json'))
    process.emit('SIGINT')
    const { code, stderr } = await whole
    expect(code).toBe(130)
    expect(stderr).toMatch(/Interrupted after \d+ of 40 days; the same command continues\./)
    const written = days().filter((name) => name !== 'synth.json')
    expect(written.every((name) => /^\d{4}-\d\d-\d\d\.parquet$/.test(name))).toBe(true)
    expect(Object.keys(JSON.parse(bytesOf('synth.json').toString()).days)).toHaveLength(written.length)

    const rest = JSON.parse((await small('--days', '40', '--json')).stdout)
    expect(rest).toMatchObject({ made: 40 - written.length, kept: written.length })
  })
})
