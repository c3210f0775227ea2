import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { parquetDayWriter } from '../../../../src/adapters/parquet/day-writer.js'
import { register } from '../../../../src/cli/data/verify/run.js'
import { type SynthSpec, synthesizeDay } from '../../../../src/core/days/synthesize.js'
import { floats, writeForeignDay } from '../../../adapters/parquet/foreign-day.js'
import { runCommand, temporaryFolder } from '../../../support/in-process-command.js'

const SPEC: SynthSpec = { seed: 5, start: '2026-01-01', bars: 288, assets: 6, missingRate: 0 }
const folder = temporaryFolder()
const inFolder = (name: string) => join(folder.path, name)
const verify = (...args: string[]) => runCommand(register, ['verify', folder.path, ...args])
const second = '2026-01-02.parquet'

beforeEach(async () => {
  for (const index of [0, 1, 2]) {
    const day = synthesizeDay(SPEC, index)
    await parquetDayWriter.write(inFolder(`${day.date}.parquet`), day)
  }
})

/** Overwrites the second day with one whose feed of five assets died at noon: a warning. */
async function damageSecondDay(): Promise<void> {
  const day = synthesizeDay(SPEC, 1)
  for (const column of day.prices.slice(1)) column.fill(Number.NaN, 144)
  await parquetDayWriter.write(inFolder(second), day)
}

describe('dolphin data verify', () => {
  it('lists clean days with their SHA-256 and answers 0, under --strict too', async () => {
    const { code, stdout, stderr } = await verify('--strict')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const sha256 = createHash('sha256')
      .update(readFileSync(inFolder(second)))
      .digest('hex')
    expect(stdout).toMatch(new RegExp(`^2026-01-02 +288 +6 +\\d+\\.\\d\\d +ok +${sha256}$`, 'm'))
    expect(stdout).toMatch(/\n3 days, 864 bars: 0 errors, 0 warnings, 0 remarks\n$/)
  })

  it('takes the folder of a scanner that records days, whose list of them is named like that of a market, for days', async () => {
    writeFileSync(inFolder('recording.json'), JSON.stringify({ schema: 'dolphin.recording/1', days: {} }))
    const { code, stdout, stderr } = await verify()
    rmSync(inFolder('recording.json'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/\n3 days, 864 bars: 0 errors, 0 warnings, 0 remarks\n$/)
  })

  it('answers 0 with warnings and 1 with warnings under --strict, and gathers equal ones of many columns', async () => {
    await damageSecondDay()
    const { code, stdout } = await verify()
    expect(code).toBe(0)
    expect(stdout).toContain(
      '5 columns: ETHUSDT row 144: no price on 50 % of bars, none after row 143; likewise SOLUSDT',
    )
    expect((await verify('--strict')).code).toBe(1)
  })

  it('names a numeric column that is no price, unless it is chosen, and every symbol that a day lacks', async () => {
    const columns = [floats('vel_div', [0]), floats('Unnamed: 0', [1]), floats('ETHUSDT', [1])]
    writeForeignDay(inFolder(second), columns)
    const message =
      'other-column           Unnamed: 0: no price by its name, left out; --assets says which columns are prices'
    const { stdout } = await verify()
    expect(stdout).toContain(`  warning  ${message}\n`)
    expect(stdout).toContain('without BTCUSDT, SOLUSDT, XRPUSDT, BNBUSDT, DOGEUSDT, there on 2026-01-01')
    expect((await verify('--assets', 'Unnamed: 0,ETHUSDT')).stdout).not.toContain('other-column')
    expect((await verify('--assets', 'BTC,,ETH')).stderr).toContain('--assets: expected names of columns, each once')
  })

  it('reports an unreadable file with its hash, checks the others, and answers 1', async () => {
    writeFileSync(inFolder(second), 'PAR1 is not enough')
    const { code, stdout } = await verify('--json')
    expect(code).toBe(1)
    const { passed, totals, days } = JSON.parse(stdout)
    expect({ passed, totals }).toEqual({
      passed: false,
      totals: { days: 3, bars: 576, errors: 1, warnings: 0, infos: 0 },
    })
    expect(days[1].findings[0]).toMatchObject({ severity: 'error', check: 'unreadable' })
    expect(days[1].sha256).toBe(createHash('sha256').update('PAR1 is not enough').digest('hex'))
    expect(days.map((day: { findings: unknown[] }) => day.findings.length)).toEqual([0, 1, 0])
  })

  it('lists everything that it finds in a day whose times are in disorder', async () => {
    const day = synthesizeDay(SPEC, 1)
    day.timestampNs![7] = day.timestampNs![6]!
    day.timestampNs![20] = day.timestampNs![2]!
    day.prices[1]!.fill(Number.NaN, 144)
    day.prices[2]![100] = -1
    await parquetDayWriter.write(inFolder(second), day)
    const { code, stdout } = await verify('--json')
    expect(code).toBe(1)
    const { days, totals } = JSON.parse(stdout)
    expect(totals).toMatchObject({ days: 3, bars: 864 })
    expect(days[1].findings).toMatchObject([
      {
        check: 'timestamp-order',
        message: expect.stringContaining('expected times that rise from row to row, found 2026-01-02T00:'),
        row: 7,
        count: 2,
      },
      { check: 'price-missing', row: 144 },
      { check: 'price-invalid', row: 100 },
    ])
  })

  it('finds a missing date', async () => {
    rmSync(inFolder(second))
    expect((await verify()).stdout).toContain('no file for 2026-01-02')
  })

  it('writes checksums that it then confirms, and finds changed, absent and unlisted files', async () => {
    const list = inFolder('SHA256SUMS')
    await verify('--write-checksums', list)
    const lines = readFileSync(list, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => line.slice(64))).toEqual([
      '  2026-01-01.parquet',
      '  2026-01-02.parquet',
      '  2026-01-03.parquet',
    ])
    expect((await verify('--checksums', list, '--strict')).code).toBe(0)

    await damageSecondDay()
    const changed = await verify('--checksums', list)
    expect(changed.code).toBe(1)
    expect(changed.stdout).toContain(`expected SHA-256 ${lines[1]!.slice(0, 64)}, found`)

    rmSync(inFolder(second))
    const absent = await verify('--checksums', list)
    expect(absent.code).toBe(1)
    expect(absent.stdout).toContain('listed and not among the files given')

    writeFileSync(list, `${lines[0]}\n`)
    const unlisted = await verify('--checksums', list)
    expect(unlisted.code).toBe(0)
    expect(unlisted.stdout).toContain('not in the list of checksums')
  })

  it.each([
    [['nowhere'], 'nowhere: a day file or a folder of them expected'],
    [['--max-jump', 'x'], '--max-jump: expected a share above 0 such as 0.2, found "x"'],
    [['--checksums', 'nowhere'], 'nowhere: cannot read the checksums: there is no such file'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await verify(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })

  it('writes no checksums over a day', async () => {
    const before = readFileSync(inFolder(second))
    const { code, stderr } = await verify('--write-checksums', inFolder(second))
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`--write-checksums: ${inFolder(second)} is one of the days to be read`),
    })
    expect(readFileSync(inFolder(second))).toEqual(before)
  })

  it('refuses a list of checksums that is none, by line', async () => {
    const list = inFolder('SHA256SUMS')
    writeFileSync(list, '\nabc  2026-01-01.parquet\n')
    const { code, stderr } = await verify('--checksums', list)
    expect(code).toBe(2)
    expect(stderr).toContain(`${list}:2: expected a SHA-256 in hex, two blanks and a file name`)
  })
})
