import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { register } from '../../../../src/cli/data/synth/run.js'
import { register as registerVerify } from '../../../../src/cli/data/verify/run.js'
import { runCommand, temporaryFolder } from '../../../support/in-process-command.js'
import { until } from '../../../support/until.js'

const folder = temporaryFolder()
const inFolder = (...names: string[]) => join(folder.path, ...names)
const recorded = (...more: string[]) => {
  const market = ['--days', '1', '--bars', '1440', '--assets', '2', '--recorded', 'ETHUSDT', '--trade-rate', '0.05']
  return runCommand(register, ['synth', '--out', inFolder('days'), ...market, '--liquidations', ...more])
}
const planted = () => JSON.parse(readFileSync(inFolder('days', 'recording', 'planted.json'), 'utf8'))

/** Every file below a folder with its bytes. */
function contentsOf(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((file) => join(file.parentPath, file.name)).sort()
  return Object.fromEntries(paths.map((file) => [file.slice(path.length + 1), readFileSync(file).toString('base64')]))
}

describe('dolphin data synth --liquidations', () => {
  it('records days that verify without a finding, and says what was planted', async () => {
    const { code, stdout, stderr } = await recorded('--days', '2', '--json')
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const { recording, plant, days } = JSON.parse(stdout)
    expect(plant).toEqual({ symbols: ['ETHUSDT'], cascadesPerDay: 3, tradesPerSecond: 0.05 })
    expect(recording).toMatchObject({ folder: inFolder('days', 'recording'), isNew: true, symbols: 1, cascades: 6 })
    expect(days).toHaveLength(2)
    expect(planted()).toMatchObject({ schema: 'dolphin.planted/1', plant, days: 2, rows: recording.rows })
    expect(planted().cascades).toHaveLength(6)

    const verified = await runCommand(registerVerify, ['verify', recording.folder, '--strict', '--json'])
    expect(verified.code).toBe(0)
    const [found] = JSON.parse(verified.stdout).recordings
    expect(found.totals).toMatchObject({ rows: recording.rows, errors: 0, warnings: 0, infos: 0 })
    const tables = ['frames', 'funding', 'liquidations', 'listings', 'marks', 'open_interest', 'trades']
    expect([...new Set(found.dates.map(({ table }: { table: string }) => table))].sort()).toEqual(tables)
  })

  it('gives the same bytes again, and keeps what is there', async () => {
    await recorded()
    const first = contentsOf(inFolder('days'))
    expect(JSON.parse((await recorded('--json')).stdout)).toMatchObject({ made: 0, recording: { isNew: false } })
    expect(contentsOf(inFolder('days'))).toEqual(first)
    rmSync(inFolder('days'), { recursive: true })
    await recorded()
    expect(contentsOf(inFolder('days'))).toEqual(first)
  })

  it('makes the recording of more days anew, with the days before as they were', async () => {
    await recorded()
    const [first] = planted().cascades
    const { stdout } = await recorded('--days', '2', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ made: 1, kept: 1, recording: { isNew: true, cascades: 6 } })
    expect(planted().cascades[0]).toEqual(first)
  })

  it('begins anew after Ctrl-C, and leaves no half of a recording', async () => {
    const run = recorded('--days', '3')
    await until(() => existsSync(inFolder('days', '.recording.making')))
    process.emit('SIGINT')
    const { code, stderr } = await run
    expect(code).toBe(130)
    expect(stderr).toContain('Interrupted before the recording was whole; the same command makes it.')
    expect(readdirSync(inFolder('days')).filter((name) => name.includes('recording'))).toEqual([])
    expect(JSON.parse((await recorded('--days', '3', '--json')).stdout)).toMatchObject({
      made: 0,
      recording: { isNew: true },
    })
  })

  it.each([
    [
      ['--missing-rate', '0.1'],
      '--missing-rate: expected 0 with --liquidations: a market that is recorded lacks no prices',
    ],
    [['--cascades', '13'], '--cascades: expected an integer from 0 to 12, found "13"'],
    [['--trade-rate', '-1'], '--trade-rate: expected a number from 0 to 20, found "-1"'],
    [['--recorded', 'SOLUSDT'], '--recorded: expected symbols of the 2 assets, found "SOLUSDT"'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await recorded(...options)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('refuses options of a recording without one', async () => {
    const args = ['synth', '--out', inFolder('days'), '--cascades', '2', '--recorded', 'BTCUSDT']
    const { code, stderr } = await runCommand(register, args)
    expect(code).toBe(2)
    expect(stderr).toContain('--cascades: expected --liquidations with it')
    expect(stderr).toContain('--recorded: expected --liquidations with it')
  })

  it('refuses days of a market without cascades, and one with others', async () => {
    await recorded()
    const { code, stderr } = await recorded('--cascades', '5')
    expect(code).toBe(2)
    expect(stderr).toContain('liquidations of ETHUSDT (3 cascades a day, 0.05 trades a second), not liquidations of')
    expect((await recorded('--cascades', '5', '--force', '--json')).code).toBe(0)
    expect(planted().cascades).toHaveLength(5)
  })

  it('replaces no folder that is none of its recordings, even when forced', async () => {
    mkdirSync(inFolder('mine'))
    writeFileSync(inFolder('mine', 'notes.txt'), 'keep')
    for (const more of [[], ['--force']]) {
      const { code, stderr } = await recorded('--recording', inFolder('mine'), ...more)
      expect(code).toBe(2)
      expect(stderr).toContain('expected a recording of a synthetic market, found no planted.json')
    }
    expect(readFileSync(inFolder('mine', 'notes.txt'), 'utf8')).toBe('keep')
    const around = await recorded('--recording', folder.path)
    expect(around.stderr).toContain('--recording: expected another folder than that of the days or one around it')
  })
})
