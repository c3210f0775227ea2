import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { present } from '../../src/base/present.js'
import { loadStrategy } from '../../src/config/strategy-module.js'
import { checkCausality } from '../../src/core/backtest/causality.js'
import { StrategyBacktest } from '../../src/core/backtest/strategy-backtest.js'
import { DEFAULT_PARAMETERS } from '../../src/core/engine/parameters.js'
import type { DayColumns } from '../../src/ports/days.js'
import { FIXTURE_DAYS, readDays } from '../support/price-tables.js'

let days: readonly DayColumns[]
beforeAll(async () => {
  days = await readDays(FIXTURE_DAYS)
})

const example = (name: string) => fileURLToPath(new URL(`../../examples/strategies/${name}.mjs`, import.meta.url))

async function runOf(name: string, set: readonly string[] = []) {
  const strategy = await loadStrategy(example(name), set)
  return (over: readonly DayColumns[], twinBars?: number) => {
    const backtest = new StrategyBacktest({
      strategy: strategy.id,
      direction: 1,
      posture: 'APEX',
      initialCapital: 25_000,
      parameters: { ...DEFAULT_PARAMETERS, close_at_end: true },
      create: () => strategy.create(25_000),
      ...present({ twinBars }),
    })
    for (const day of over) backtest.addDay(day, '00')
    return backtest
  }
}

const finished = (backtest: StrategyBacktest) => backtest.finish({ engineVersion: '0', codeHash: '', settings: {} })

describe('an example of a strategy', () => {
  test.each([
    ['buy-and-hold', [], { trades: 1, finalCapital: '25834.74' }],
    ['momentum', [], { trades: 286, finalCapital: '17507.74' }],
    ['momentum', ['lookback=1440', 'hold=720'], { trades: 47, finalCapital: '21792.16' }],
  ])('%s %j gives the same figures on the bundled days every time', async (name, set, golden) => {
    const backtest = (await runOf(name, set))(days)
    const { trades, finalCapital } = finished(backtest)
    expect({ trades: trades.length, finalCapital: finalCapital.toFixed(2) }).toEqual(golden)
    expect(backtest.nondeterminism).toBeUndefined()
  })

  test('buy-and-hold gives what every report is held against', async () => {
    const report = finished((await runOf('buy-and-hold'))(days))
    expect(report.finalCapital).toBe(report.baseline!.finalCapital)
  })

  test.each([['buy-and-hold'], ['momentum']])('%s looks at its bars alone', async (name) => {
    const run = await runOf(name)
    const verdict = checkCausality({ days: days.slice(0, 2), run: (over) => run(over, 0), cuts: 24, seed: 3 })
    expect(verdict.decisions).toBeGreaterThan(0)
    expect(verdict.violations).toEqual([])
  })

  test.each([['buy-and-hold'], ['momentum']])('%s goes on from its snapshot, and refuses another', async (name) => {
    const { create } = await loadStrategy(example(name))
    const { assets, prices, timestampNs, velDiv } = days[1]!
    const bar = (row: number) => ({
      bar: row,
      timestampMs: Number(timestampNs![row]! / 1_000_000n),
      symbols: assets,
      prices: Float64Array.from(prices, (column) => column[row]!),
      velDiv: velDiv[row]!,
      volOk: true,
      posture: 'APEX' as const,
    })
    const before = create(25_000)
    for (let row = 0; row < 400; row++) before.onBar(bar(row))
    const after = create(25_000)
    after.restore(JSON.parse(JSON.stringify(before.snapshot())))
    for (let row = 400; row < 800; row++) expect(after.onBar(bar(row))).toEqual(before.onBar(bar(row)))
    expect(() => after.restore({})).toThrow(/\$\./)
  })
})
