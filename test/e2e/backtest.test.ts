import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import type { CausalityVerdict } from '../../src/core/backtest/causality.js'
import type { BacktestReport } from '../../src/ports/vocabulary/report.js'
import { closeTo, goldenDir } from '../support/golden.js'
import { DAYS, dolphin, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()
const inFolder = (name: string) => join(folder.path, name)

async function jsonOf(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await dolphin(['backtest', DAYS, '--json', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

describe('dolphin backtest on the bundled days', () => {
  it('makes the golden run’s trades', async () => {
    const golden = JSON.parse(readFileSync(join(goldenDir(), 'real-may-2025', 'expected.json'), 'utf8'))
    const report = JSON.parse(await jsonOf([])) as BacktestReport
    expect(report.trades).toHaveLength(golden.trades.length)
    for (const [i, trade] of report.trades.entries()) {
      const expected = golden.trades[i]
      expect([trade.asset, trade.entryBar, trade.exitBar, trade.reason]).toEqual([
        expected.asset,
        expected.entry_bar,
        expected.exit_bar,
        expected.reason,
      ])
      expect(closeTo(trade.net, expected.net, 1e-9)).toBe(true)
    }
  })

  it('writes JSON, trades and a report, says where, and leaves nothing else', async () => {
    const outputs = [
      '--json',
      inFolder('run.json'),
      '--trades',
      inFolder('trades.csv'),
      '--report',
      inFolder('run.html'),
    ]
    const { code, stdout, stderr } = await dolphin(['backtest', DAYS, ...outputs])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const name of ['run.json', 'trades.csv', 'run.html']) expect(stdout).toContain(inFolder(name))
    expect(readdirSync(folder.path).toSorted()).toEqual(['run.html', 'run.json', 'trades.csv'])

    expect(readFileSync(inFolder('run.json'), 'utf8')).toBe(await jsonOf([]))
    const report = JSON.parse(readFileSync(inFolder('run.json'), 'utf8')) as BacktestReport
    expect(readFileSync(inFolder('trades.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(report.trades.length + 1)
  })

  it('writes the same trades as Parquet as in the report', async () => {
    const path = inFolder('trades.parquet')
    const report = JSON.parse(await jsonOf(['--trades', path])) as BacktestReport
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) })
    expect(rows).toHaveLength(report.trades.length)
    for (const [i, row] of rows.entries()) {
      const trade = report.trades[i]!
      expect(row).toMatchObject({
        asset: trade.asset,
        reason: trade.reason,
        entry_bar: BigInt(trade.entryBar),
        net: trade.net,
        is_extreme: trade.isExtreme,
      })
    }
  })

  it('warns loudly when the factors are of another time', async () => {
    const factors = inFolder('factors.csv')
    writeFileSync(factors, 'date,dvol_btc\n2026-01-05,60\n')
    const { code, stderr } = await dolphin(['backtest', DAYS, '--factors', factors, '--to', '2025-05-11'])
    expect(code).toBe(0)
    expect(stderr).toContain('WARNING --factors has no row for any day from 2025-05-09 to 2025-05-11.')
  })

  it('gives the same bytes whatever the number of workers, with and without a cache, cold and warm', async () => {
    const cache = ['--cache', inFolder('cache')]
    const first = await jsonOf(['--workers', '0'])
    const others = [['--workers', '1'], ['--workers', '2'], cache, cache, [...cache, '--workers', '0']]
    for (const args of others) expect(await jsonOf(args)).toBe(first)
  })

  it('runs the days of a period only', async () => {
    const report = JSON.parse(await jsonOf(['--from', '2025-05-12', '--to', '2025-05-14'])) as BacktestReport
    expect(report.days.map((day) => day.date)).toEqual(['2025-05-12', '2025-05-13', '2025-05-14'])
  })

  it('an override marks the run research, everywhere and by itself', async () => {
    const { code, stdout, stderr } = await dolphin(['backtest', DAYS, '--set', 'fraction=0.15', '--capital', '1000'])
    expect(code).toBe(0)
    expect(stderr).toBe(
      'Overrides (fraction=0.15, run.initial_capital=1000) differ from the champion: this run is marked research.\n',
    )
    expect(stdout).toMatch(/RESEARCH +not the champion: 1 parameter changed\n +fraction: 0.2 -> 0.15/)
    const report = JSON.parse(await jsonOf(['--capital', '1000'])) as BacktestReport
    expect(report).toMatchObject({ research: false, initialCapital: 1000, drift: [] })
  })

  it('a configuration that drifts refuses to start, and starts when it is declared research', async () => {
    const config = inFolder('mine.yml')
    writeFileSync(config, 'strategy: mine\ndirection: short\nsizing:\n  fraction: 0.15\n')
    const refused = await dolphin(['backtest', DAYS, '--config', config])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain(`${config}:4:13: sizing.fraction: 0.15 drifts from the champion's 0.2\n`)
    const report = JSON.parse(await jsonOf(['--config', config, '--research'])) as BacktestReport
    expect(report).toMatchObject({ research: true, strategy: 'mine', drift: ['fraction: 0.2 -> 0.15'] })
  })

  it('LONG is another run than SHORT, with the champion’s parameters', async () => {
    const long = JSON.parse(await jsonOf(['--config', 'configs/green.yml'])) as BacktestReport
    expect(long).toMatchObject({ strategy: 'green', direction: 1, research: false })
    expect(long.trades.every((trade) => trade.direction === 1)).toBe(true)
    const byOption = JSON.parse(await jsonOf(['--direction', 'long'])) as BacktestReport
    expect(byOption.trades).toEqual(long.trades)
  })

  it('factors, a volatility gate and a posture are recorded and shown', async () => {
    writeFileSync(inFolder('f.csv'), 'date,funding_btc,dvol_btc\n2025-05-12,-0.0002,90\n')
    const args = ['--factors', inFolder('f.csv'), '--vol-gate', 'p60', '--posture', 'stalker']
    const report = JSON.parse(await jsonOf(args)) as BacktestReport
    expect(report.settings).toMatchObject({ vol_gate: 'p60', beta_policy: 'expanding', posture: 'STALKER' })
    expect(report.days.find((day) => day.date === '2025-05-12')!.boostStart).toBeCloseTo(1 + 0.5 * Math.log(3), 12)
    const { stdout } = await dolphin(['backtest', DAYS, ...args])
    expect(stdout).toContain('breaker boosted 1 of 26 days · posture STALKER · volatility gate p60')
  })

  it('the causality check holds for what the engine does, and finds a table that looks ahead', async () => {
    const rows = Array.from({ length: 45 }, (_, i) => {
      const date = new Date(Date.UTC(2025, 3, 20 + i)).toISOString().slice(0, 10)
      return `${date},-0.0002,85,${((i * 37) % 45) - 22}`
    })
    writeFileSync(inFolder('f.csv'), `date,funding_btc,dvol_btc,w750\n${rows.join('\n')}\n`)
    const args = ['backtest', DAYS, '--factors', inFolder('f.csv'), '--vol-gate', 'p60', '--causality-check', '12']
    const held = await dolphin(args)
    expect(held.code).toBe(0)
    expect(held.stdout).toMatch(
      /Causality +12 of [\d,]+ decisions probed: none of them used a later bar\n.*\n +12 cuts, /,
    )
    const violated = await dolphin([...args, '--beta-policy', 'full-sample'])
    expect(violated.code).toBe(1)
    expect(violated.stdout).toMatch(
      /Causality +VIOLATED under [1-6] of 6 futures: decisions changed with what came after them\n/,
    )
    expect(violated.stdout).toMatch(/ bar [\d,]+ entry \w+: \w+ \S+ -> \S+\n +with [a-z ]+ after row \d+ of 2025-/)
  })

  it('the verdict is in the JSON, with how much of each kind and asset was probed', async () => {
    const days = ['--from', '2025-05-10', '--to', '2025-05-12']
    const { causality } = JSON.parse(await jsonOf([...days, '--quiet', '--causality-check'])) as {
      causality: CausalityVerdict
    }
    expect(causality).toMatchObject({ isSteppedToo: true, seed: 42, violations: [] })
    expect(causality.probed).toBe(causality.decisions)
    for (const list of [causality.kinds, causality.assets]) {
      expect(list.every(({ probed, decisions }) => probed === decisions && decisions > 0)).toBe(true)
    }
    expect(causality.kinds).toContainEqual(expect.objectContaining({ kind: 'entry', reason: null, direction: -1 }))
  })

  it('a recorded order book takes the place of the random edge', async () => {
    const run = join(goldenDir(), 'orderbook')
    const { code, stdout } = await dolphin([
      'backtest',
      join(run, 'days'),
      '--order-book',
      join(run, 'ob.json'),
      '--json',
    ])
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as BacktestReport).rngDraws).toBe(0)
  })

  it('orders filled at bar prices cost nothing, and every output says so', async () => {
    const args = ['backtest', DAYS, '--from', '2025-05-12', '--to', '2025-05-13', '--fills', 'bar-price']
    const { code, stdout } = await dolphin([...args, '--json'])
    expect(code).toBe(0)
    const report = JSON.parse(stdout) as BacktestReport
    expect(report.fills).toBe('bar-price')
    expect(report.settings.instruments).toMatch(/^[0-9a-f]{64}$/)
    expect(report.trades.length).toBeGreaterThan(0)
    const { gross, net, slippage, entryFees, exitFees, edge } = report.costs
    expect([net, slippage, entryFees, exitFees, edge, report.rngDraws]).toEqual([gross, 0, 0, 0, 0, 0])
    const summary = await dolphin([...args, '--causality-check', '--exhaustive'])
    expect(summary.stdout).toMatch(/COST-FREE +whole lots filled at bar prices/)
    expect(summary.stdout).toMatch(/Causality +([\d,]+) of \1 decisions probed: none of them used a later bar/)
  })
})
