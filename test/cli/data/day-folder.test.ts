import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { register as registerBuild } from '../../../src/cli/data/build/run.js'
import { holdFolder } from '../../../src/cli/data/day-folder.js'
import { register as registerSynth } from '../../../src/cli/data/synth/run.js'
import { EXIT } from '../../../src/cli/shell/exit-codes.js'
import { runCommand, temporaryFolder } from '../../support/in-process-command.js'
import { until } from '../../support/until.js'

const folder = temporaryFolder()
const at = (...names: string[]) => join(folder.path, ...names)
const LOCK = '.dolphin-data.lock'

afterEach(() => {
  vi.useRealTimers()
})

describe('a folder of days', () => {
  it.each([
    ['build', () => runCommand(registerBuild, ['build', '--klines', at('prices.csv'), '--out', at('days')])],
    ['synth', () => runCommand(registerSynth, ['synth', '--out', at('days'), '--days', '1'])],
  ])('has one writer: data %s beside another run is refused, and told who holds it since when', async (_, run) => {
    writeFileSync(at('prices.csv'), 'timestamp,symbol,close\n1746814680000,BTCUSDT,103000\n')
    const held = await holdFolder(at('days'))
    const { code, stderr } = await run()
    expect(code).toBe(EXIT.failed)
    const since = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z'
    expect(stderr).toMatch(
      new RegExp(
        `${at('days')}: another process \\(process ${process.pid} on ${hostname()}, since ${since}\\) writes days into this folder`,
      ),
    )
    expect(readdirSync(at('days'))).toEqual([LOCK])
    await held.release()
    expect(existsSync(at('days'))).toBe(false)
  })

  it('is freed by a run that is refused, made or not', async () => {
    writeFileSync(at('bad.csv'), 'timestamp,symbol,close\nnever,BTCUSDT,1\n')
    const build = () => runCommand(registerBuild, ['build', '--klines', at('bad.csv'), '--out', at('days')])
    expect((await build()).code).toBe(EXIT.dataRefused)
    expect(existsSync(at('days'))).toBe(false)
    mkdirSync(at('days'))
    expect((await build()).code).toBe(EXIT.dataRefused)
    expect(readdirSync(at('days'))).toEqual([])
  })

  it('that is a file is refused', async () => {
    writeFileSync(at('days'), '')
    await expect(holdFolder(at('days'))).rejects.toThrow(
      `${at('days')}: cannot be made a folder: a folder of its path is a file`,
    )
  })

  it('that another machine has taken over is lost', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const held = await holdFolder(at('days'))
    writeFileSync(at('days', LOCK), JSON.stringify({ pid: 1, host: 'elsewhere' }))
    vi.advanceTimersByTime(10_000)
    vi.useRealTimers()
    await until(() => held.lost.aborted)
    expect(() => held.lost.throwIfAborted()).toThrow('another process has taken the folder over')
    await held.release()
    expect(readdirSync(at('days'))).toEqual([LOCK])
  })

  it('loses what a killed run left of its own files, and nothing of anyone else', async () => {
    mkdirSync(at('days', '.dolphin-klines-a1b2c3'), { recursive: true })
    const own = ['2025-05-09.parquet', 'build.json', 'build-state.json', 'synth.json'].map(
      (name) => `.${name}.0a1b2c3d4e5f.tmp`,
    )
    const others = ['.notes.0a1b2c3d4e5f.tmp', '.notes.tmp', '2025-05-09.parquet']
    for (const name of [...own, ...others]) writeFileSync(at('days', name), '')
    await (await holdFolder(at('days'))).release()
    expect(readdirSync(at('days')).sort()).toEqual(others.sort())
  })
})
