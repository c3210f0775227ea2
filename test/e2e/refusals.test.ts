import { copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parquetDayWriter } from '../../src/adapters/parquet/day-writer.js'
import { leaveTime, until } from '../support/until.js'
import { DAYS, dolphin, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()
const inFolder = (name: string) => join(folder.path, name)

function write(name: string, text: string): string {
  writeFileSync(inFolder(name), text)
  return inFolder(name)
}

describe('a wrong command line runs nothing, says why, and exits with 2', () => {
  it.each<[string, () => string[], string]>([
    ['no days', () => [], 'error: <days…>: expected a folder or files'],
    [
      'a folder that is not there',
      () => ['/nowhere'],
      '/nowhere: a day file or a folder of them expected, found nothing there',
    ],
    [
      'a date that is none',
      () => [DAYS, '--from', '2026-02-30'],
      '--from: expected a date YYYY-MM-DD, found "2026-02-30", which is not in the calendar\n',
    ],
    [
      'a period without days',
      () => [DAYS, '--from', '2030-01-01'],
      'error: no day from 2030-01-01 on; the files cover 2025-05-09 to 2025-06-03\n',
    ],
    [
      'an unknown key',
      () => [DAYS, '--set', 'fractoin=1'],
      "--set fractoin=1: unknown key 'fractoin'; did you mean 'sizing.fraction'?\n",
    ],
    [
      'a wrong value',
      () => [DAYS, '--set', 'fraction=abc'],
      '--set fraction=abc: expected a number from 0 to 1, found "abc"\n',
    ],
    [
      'a wrong gate',
      () => [DAYS, '--vol-gate', 'sixty'],
      `--vol-gate: expected 'warmup', a volatility of at least 0 (such as 0.0004) or a percentile from p0 to p100, found "sixty"\n`,
    ],
    [
      'a missing configuration',
      () => [DAYS, '--config', '/nowhere/x.yml'],
      '/nowhere/x.yml: cannot read the configuration: there is no such file\n',
    ],
    [
      'a missing factors file',
      () => [DAYS, '--factors', '/nowhere/f.csv'],
      '/nowhere/f.csv: cannot read it: there is no such file\n',
    ],
    [
      'a wrong factor',
      () => [DAYS, '--factors', write('f.csv', 'date,fng\n2025-05-09,high\n')],
      ':2:12: fng: expected a number or an empty cell, found "high"\n',
    ],
    [
      'an order book that is no JSON',
      () => [DAYS, '--order-book', write('ob.json', '{')],
      'ob.json:1:2: cannot read an order book: ',
    ],
    [
      'an order book of another form',
      () => [DAYS, '--order-book', write('ob.json', '{}')],
      'ob.json: assets: expected an array, found nothing\n',
    ],
    [
      'trading rules of another form',
      () => [DAYS, '--fills', 'bar-price', '--instruments', write('i.json', '[]')],
      'i.json: expected an object, found []\n',
    ],
    [
      'a mistyped key in a configuration',
      () => [DAYS, '--config', write('x.yml', 'strategy: x\ndirection: short\nsizing:\n  fractoin: 1\n')],
      "x.yml:4:3: sizing.fractoin: unknown key; did you mean 'fraction'?\n",
    ],
    [
      'trades over one of the days',
      () => [inFolder('2025-05-09.parquet'), '--trades', inFolder('2025-05-09.parquet')],
      'is one of the days to be read\n',
    ],
    [
      'trades over a day outside the period',
      () => {
        copyFileSync(join(DAYS, '2025-05-10.parquet'), inFolder('2025-05-10.parquet'))
        return [folder.path, '--to', '2025-05-09', '--trades', inFolder('2025-05-10.parquet')]
      },
      '/2025-05-10.parquet is one of the days to be read\n',
    ],
    [
      'trades over a day that is reached by another path',
      () => {
        symlinkSync(folder.path, inFolder('link'))
        return [inFolder('2025-05-09.parquet'), '--trades', inFolder('link/2025-05-09.parquet')]
      },
      '/link/2025-05-09.parquet is one of the days to be read\n',
    ],
    [
      'a file over the one it is made from',
      () => [DAYS, '--factors', write('f.csv', 'date\n'), '--trades', inFolder('f.csv')],
      'f.csv is the file --factors is to read\n',
    ],
    [
      'a report over a folder',
      () => {
        mkdirSync(inFolder('x.html'))
        return [DAYS, '--report', inFolder('x.html'), '--trades', inFolder('x.csv')]
      },
      'x.html: cannot write the report: it is a folder\n',
    ],
    [
      'an alias of nothing in a configuration',
      () => [DAYS, '--config', write('x.yml', 'strategy: x\ndirection: short\nsizing: *base\n')],
      "x.yml:3:9: unknown alias '*base'\n",
    ],
    [
      'a report into a file',
      () => [DAYS, '--report', join(write('plain', ''), 'x.html')],
      'x.html: cannot write the report: ',
    ],
  ])('%s', async (_, args, message) => {
    copyFileSync(join(DAYS, '2025-05-09.parquet'), inFolder('2025-05-09.parquet'))
    const { code, stdout, stderr } = await dolphin(['backtest', ...args()])
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('    at ')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('data that is refused', () => {
  /** Two good days and a broken one between them. */
  function oneBrokenDay(): string {
    const days = inFolder('days')
    mkdirSync(days)
    for (const date of ['2025-05-09', '2025-05-11'])
      copyFileSync(join(DAYS, `${date}.parquet`), join(days, `${date}.parquet`))
    writeFileSync(join(days, '2025-05-10.parquet'), 'PAR1 but not really')
    return days
  }

  it('stops the run with 3, writes nothing and names the file', async () => {
    const { code, stdout, stderr } = await dolphin(['backtest', oneBrokenDay(), '--report', inFolder('run.html')])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/^refused: .*2025-05-10\.parquet.*: expected .*, found .*\n/)
    expect(stderr).toContain('--keep-going')
    expect(readdirSync(folder.path)).toEqual(['days'])
  })

  it('is left out with --keep-going, loudly', async () => {
    const { code, stdout, stderr } = await dolphin(['backtest', oneBrokenDay(), '--keep-going'])
    expect(code).toBe(0)
    expect(stdout).toContain('2 days')
    expect(stdout).toContain('1 day left out: the figures do not cover them')
    expect(stderr).toMatch(/^WARNING 1 of 3 days refused and left out:\n.*2025-05-10\.parquet/)
  })

  it('that is all there is gives 3 even with --keep-going', async () => {
    writeFileSync(inFolder('2025-05-10.parquet'), 'nothing')
    const { code, stdout, stderr } = await dolphin(['backtest', folder.path, '--keep-going', '--json'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('Every day was refused')
  })

  it('with timestamps of another day is refused by file and row', async () => {
    copyFileSync(join(DAYS, '2025-05-10.parquet'), inFolder('2025-05-20.parquet'))
    const { code, stderr } = await dolphin(['backtest', folder.path])
    expect(code).toBe(3)
    expect(stderr).toMatch(/2025-05-20\.parquet, column 'timestamp', row \d+: expected .*2025-05-20/)
  })
})

describe('Ctrl-C', () => {
  /** Enough days that no machine is through with them before it is interrupted; without timestamps, one file serves all. */
  async function endlessDays(): Promise<string> {
    const days = inFolder('days')
    mkdirSync(days)
    const bars = 17_280
    const prices = Array.from({ length: 40 }, (_, asset) =>
      Float64Array.from({ length: bars }, (_, bar) => 100 + asset + Math.sin(bar / (7 + asset))),
    )
    const template = inFolder('template.parquet')
    await parquetDayWriter.write(template, {
      date: '2026-01-01',
      bars,
      velDiv: Float64Array.from({ length: bars }, (_, bar) => 0.06 * Math.sin(bar / 50)),
      eigen: {},
      assets: prices.map((_, asset) => (asset === 0 ? 'BTCUSDT' : `A${asset}USDT`)),
      prices,
    })
    for (let i = 0; i < 2000; i++) {
      const date = new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10)
      symlinkSync(template, join(days, `${date}.parquet`))
    }
    return days
  }

  it.each([
    ['stops between two days, writes and prints nothing half, and exits with 130', 1, []],
    ['does so when no other thread reads', 1, ['--workers', '0']],
    ['twice exits at once with 130', 2, []],
  ])('%s', async (_, times, extra) => {
    const days = await endlessDays()
    const outputs = [
      '--report',
      inFolder('run.html'),
      '--trades',
      inFolder('trades.csv'),
      '--json',
      inFolder('run.json'),
    ]
    const { code, stdout, stderr } = await dolphin(
      ['backtest', days, ...outputs, ...extra, '--cache', inFolder('cache')],
      {
        during(child) {
          void until(() => existsSync(inFolder('cache/columns'))).then(async () => {
            for (let i = 0; i < times; i++) {
              child.kill('SIGINT')
              await leaveTime(2)
            }
          })
        },
      },
    )
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    if (times === 1) {
      expect(stderr).toMatch(
        /^Stopping at the end of this day\. .*\nInterrupted after \d+ of 2,000 days; nothing was written\.\n$/,
      )
    }
    const left = readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
    // A thread may be stopped while it fills the cache, which passes over what is incomplete.
    expect(left.filter((name) => name.endsWith('.tmp') && !name.startsWith('cache'))).toEqual([])
    for (const name of ['run.html', 'trades.csv', 'run.json']) expect(left).not.toContain(name)
  })

  it('twice leaves no half day of data synth', async () => {
    const days = inFolder('days')
    const size = ['--days', '400', '--bars', '17280', '--assets', '60']
    const { code } = await dolphin(['data', 'synth', '--out', days, ...size], {
      during(child) {
        void until(() => existsSync(days) && readdirSync(days).some((name) => name.endsWith('.tmp'))).then(async () => {
          child.kill('SIGINT')
          await leaveTime(2)
          child.kill('SIGINT')
        })
      },
    })
    expect(code).toBe(130)
    expect(readdirSync(days).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})
