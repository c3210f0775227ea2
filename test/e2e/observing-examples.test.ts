import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BacktestReport } from '../../src/ports/vocabulary/report.js'
import { CASCADE_BARS, CASCADES_AT_S, writeCascadeDay, writeCascadeRecording } from '../support/cascade-market.js'
import { dolphin } from './dolphin.js'

let cwd: string
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'dolphin-observing-'))
  await writeCascadeDay(join(cwd, 'days'))
  await writeCascadeRecording(join(cwd, 'recording'))
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const SNIPER = ['--strategy', 'example:cascade-sniper']
const OBSERVED = [...SNIPER, '--observe', 'recording']
const run = (...args: readonly string[]) => dolphin(args, { cwd })

describe('an example in a backtest', () => {
  test('enters after each planted cascade once that is taken in, and earns from the way back', async () => {
    const { code, stdout, stderr } = await run('backtest', 'days', ...OBSERVED, '--json', '--quiet')
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const { trades, ownStrategy, settings } = JSON.parse(stdout) as BacktestReport
    expect(trades).toHaveLength(CASCADES_AT_S.length)
    for (const [i, { direction, asset, entryBar }] of trades.entries()) {
      expect([direction, asset]).toEqual([1, 'BTCUSDT'])
      expect(entryBar * 5 - CASCADES_AT_S[i]!).toBeGreaterThan(4)
      expect(entryBar * 5 - CASCADES_AT_S[i]!).toBeLessThanOrEqual(30)
    }
    expect(ownStrategy).toMatchObject({ file: 'example:cascade-sniper' })
    expect(settings.observe).toMatch(/^[0-9a-f]{64}$/)
  })

  test('is said to be one wherever it is shown', async () => {
    const { stdout } = await run('backtest', 'days', ...OBSERVED, '--quiet', '--report', 'run.html')
    expect(stdout).toContain('not the champion, but an example: nobody has shown that it earns anything')
    expect(readFileSync(join(cwd, 'run.html'), 'utf8')).toContain('an example: nobody has shown that it earns anything')
    const help = await run('backtest', '--help')
    expect(help.stdout.replaceAll(/\s+/g, ' ')).toContain('or an example, which is not for trading')
  })

  test('decides nothing on later bars, whatever they bring', async () => {
    const { code, stdout } = await run('backtest', 'days', ...OBSERVED, '--quiet', '--causality-check')
    expect(stdout).toMatch(/none of them used a later bar/)
    expect(code).toBe(0)
  })

  test('sees nothing where its recording tells nothing, and that is said', async () => {
    await writeCascadeRecording(join(cwd, 'late'), 900)
    const { code, stdout, stderr } = await run('backtest', 'days', ...SNIPER, '--observe', 'late', '--json', '--quiet')
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as BacktestReport).trades).toHaveLength(1)
    expect(stderr).toContain('--observe late: nothing is known at 181 of 360 bars: it tells of 2026-01-01T00:15:00Z to')
  })
})

test('an example enters within the cascades that dolphin data synth plants, and in each of its symbol', async () => {
  const made = ['--out', 'made', '--days', '1', '--assets', '10', '--recorded', 'BTCUSDT', '--cascades', '2', '--quiet']
  expect((await run('data', 'synth', ...made, '--liquidations', '--trade-rate', '0.2')).code).toBe(0)
  const { code, stdout } = await run('backtest', 'made', ...SNIPER, '--observe', 'made/recording', '--json', '--quiet')
  expect(code).toBe(0)
  const { trades } = JSON.parse(stdout) as BacktestReport
  const planted = JSON.parse(readFileSync(join(cwd, 'made', 'recording', 'planted.json'), 'utf8')) as Planted
  const entered = planted.cascades.map(
    ({ startMs, endMs }) => trades.filter(({ entryTimeMs: at }) => at! > startMs && at! <= endMs + 60_000).length,
  )
  expect(entered).toHaveLength(2)
  for (const entries of entered) expect(entries).toBeGreaterThan(0)
  expect(entered.reduce((sum, entries) => sum + entries, 0)).toBe(trades.length)
})

interface Planted {
  readonly cascades: readonly { readonly startMs: number; readonly endMs: number }[]
}

describe('a strategy of somebody’s own that observes', () => {
  test('is shown the primitives that it names, behind its guard too, and decides the same in both', async () => {
    writeFileSync(join(cwd, 'own.mjs'), OWN)
    const own = ['--strategy', 'own.mjs', '--observe', 'recording']
    const bulk = await run('backtest', 'days', ...own, '--json', '--quiet', '--fills', 'bar-price')
    expect(bulk.code).toBe(0)
    expect((JSON.parse(bulk.stdout) as BacktestReport).trades).toHaveLength(CASCADES_AT_S.length)
    const session = await run('paper', '--days', 'days', ...own, '--fills', 'bar-price', '--out', 'own', '--quiet')
    expect(session.code).toBe(0)
    const compared = await run('compare', 'own')
    expect(compared.stdout).toContain('2 trades in both, 0 missed, 0 extra')
  })
})

/** Buys what is liquidated, and sells it two bars later. */
const OWN = `class Own {
  constructor({ id }) { this.id = id; this.bars = 0; this.state = 'flat' }
  onBar(bar) {
    const [symbol] = bar.symbols
    const { primitives } = bar.observation?.symbols[symbol] ?? { primitives: {} }
    const strangers = Object.keys(primitives).filter((name) => name !== 'symbol' && name !== 'liquidationBurst')
    if (strangers.length > 0) throw new Error('was shown ' + strangers)
    const common = { strategyId: this.id, symbol, authority: 1, timestampMs: bar.timestampMs, price: bar.prices[0] }
    if (this.state === 'held') return ++this.bars < 30 ? [] : [{ ...common, type: 'EXIT', reason: 'HELD' }]
    if (this.state === 'asked' || primitives.liquidationBurst === undefined) return []
    this.state = 'asked'
    return [{ ...common, type: 'ENTRY', direction: 1, notionalUsd: 1000, reason: 'BURST' }]
  }
  onFill({ leg, complete }) { this.state = leg === 'entry' ? 'held' : complete ? 'flat' : 'held'; this.bars = 0 }
  onEntryDropped() { this.state = 'flat' }
  snapshot() { return { bars: this.bars, state: this.state } }
  restore({ bars, state }) { this.bars = bars; this.state = state }
}
export default { name: 'own', observation: ['liquidationBurst'], create: (context) => new Own(context) }
`

describe('an example in a session of recorded days', () => {
  test('trades what its backtest trades, and its journal leads to the same again', async () => {
    const traded = await run(
      'paper',
      '--days',
      'days',
      ...OBSERVED,
      '--fills',
      'bar-price',
      '--out',
      'session',
      '--json',
    )
    expect(traded.stderr).not.toMatch(/Error|CRITICAL/)
    expect(traded.code).toBe(0)
    const summary = JSON.parse(traded.stdout) as { readonly trades: number; readonly bars: number }
    expect(summary).toMatchObject({ bars: CASCADE_BARS })
    const replayed = await run('journal', 'replay', 'session/journal/decision', '--whole')
    expect(replayed.code).toBe(0)
    const compared = await run('compare', 'session')
    expect(compared.stdout).toContain('2 trades in both, 0 missed, 0 extra')
    expect(compared.code).toBe(0)
  })
})

test('an example trades what scanners publish of recorded days, with what was observed by each scan', async () => {
  const onGrid = ['--grid', 'embedded', '--fills', 'bar-price', '--out', 'scanned', '--quiet']
  expect((await run('paper', '--days', 'days', ...OBSERVED, ...onGrid)).code).toBe(0)
  expect((await run('compare', 'scanned')).stdout).toContain('2 trades in both, 0 missed, 0 extra')
})

describe('an example is refused', () => {
  test.each([
    [
      'without what it observes',
      ['backtest', 'days', ...SNIPER],
      /^error: --observe: expected a recorded market, which example:cascade-sniper observes, found none$/m,
    ],
    [
      'by another name',
      ['backtest', 'days', '--strategy', 'example:sniper'],
      /^error: --strategy: expected a file, example:cascade-sniper or example:geometry, found "example:sniper"/m,
    ],
    [
      'with an option of the champion',
      ['backtest', 'days', ...OBSERVED, '--direction', 'long'],
      /is the champion's, and does not go with --strategy/,
    ],
    [
      'where money is traded',
      ['trade', '--environment', 'LIVE', '--out', 'money', ...SNIPER, '--observe', 'live'],
      /expected no example where money is traded, found example:cascade-sniper/,
    ],
    [
      'with the market of now on days of before',
      ['backtest', 'days', ...SNIPER, '--observe', 'live'],
      /^error: --observe: expected a recorded market: live goes with dolphin paper --live$/m,
    ],
    [
      'by the champion, who observes nothing',
      ['backtest', 'days', '--observe', 'recording'],
      /^error: --observe: goes with a strategy that observes the market: the champion observes nothing$/m,
    ],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await run(...args)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})
