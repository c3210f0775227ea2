import { describe, expect, test } from 'vitest'
import { Backtest } from '../../../src/core/backtest/backtest.js'
import { type Decision, decisionsOf, firstDivergence, kindOf } from '../../../src/core/backtest/decisions.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { entryRecord, marketOf } from '../../support/markets.js'

describe('decisions', () => {
  const entry = entryRecord({ entryBar: 3 })
  const at = (bar: number, fields: object = {}): Decision => ({
    bar,
    kind: 'entry',
    record: { ...entry, entryBar: bar, ...fields },
  })

  test('a closed trade is an entry and an exit, an open position an entry, the end of the data nothing', () => {
    const run = runOf(200)
    const decisions = decisionsOf(run)
    expect(decisions.map(({ bar, kind }) => [bar, kind])).toEqual([
      ...run.trades.flatMap((trade) => [
        [trade.entryBar, 'entry'],
        [trade.exitBar, 'exit'],
      ]),
      ...(run.openPosition === undefined ? [] : [[run.openPosition.entryBar, 'entry']]),
    ])
    const [first] = run.trades
    const ended = decisionsOf({ trades: [{ ...first!, reason: 'END_OF_DATA' }], openPosition: undefined })
    expect(ended).toEqual([decisions[0]])
    expect(decisions[0]!.record).not.toHaveProperty('net')
  })

  test('a refused entry lies between the others in time, and each decision has a kind', () => {
    const run = runOf(10)
    const decisions = decisionsOf(run)
    expect(run.refusals.length).toBeGreaterThan(0)
    expect(decisions.map(({ bar }) => bar)).toEqual(decisions.map(({ bar }) => bar).sort((a, b) => a - b))
    expect(decisions.filter(({ kind }) => kind === 'refusal').map(({ record }) => record)).toEqual(run.refusals)
    const kinds = new Set(decisions.map((decision) => Object.values(kindOf(decision)).join(' ')))
    expect([...kinds]).toEqual(expect.arrayContaining(['entry  -1', 'exit MAX_HOLD -1', 'refusal VOLATILITY -1']))
  })

  test.each<[string, Decision[], Decision[], number, number | undefined]>([
    ['equal runs do not diverge', [at(3), at(9)], [at(3), at(9)], 10, undefined],
    ['what differs after the bar does not count', [at(3), at(9)], [at(3), at(8, { notional: 7 })], 7, undefined],
    ['another field of the record counts', [at(3)], [at(3, { notional: 7 })], 3, 3],
    ['the sign of a zero counts', [at(3, { velDiv: 0 })], [at(3, { velDiv: -0 })], 3, 3],
    ['a decision that vanishes counts', [at(3), at(9)], [at(3)], 9, 9],
    ['a decision that appears counts', [at(3)], [at(3), at(5)], 9, 5],
    ['a decision that moves counts where it comes first', [at(6)], [at(4)], 9, 4],
    ['the bar itself is included', [at(3)], [], 3, 3],
  ])('%s', (_, baseline, probe, throughBar, expected) => {
    expect(firstDivergence(baseline, probe, throughBar)?.bar).toBe(expected)
  })
})

/** A lively market's run, which keeps its refusals unless positions are held for long. */
function runOf(maxHoldBars: number): Backtest {
  const market = marketOf({
    seed: 1,
    dayBars: [260, 260, 260],
    assets: 5,
    holes: 0.3,
    orderBook: false,
    timestamps: true,
    parameters: { lookback: 30, max_hold_bars: maxHoldBars, min_irp_alignment: 0.1, use_asset_selection: true },
    initialCapital: 25_000,
  })
  const run = new Backtest({
    strategy: 'test',
    direction: -1,
    posture: 'APEX',
    initialCapital: 25_000,
    parameters: { ...DEFAULT_PARAMETERS, ...market.parameters },
    keepRefusals: maxHoldBars < 100,
  })
  for (const { columns } of market.days) run.addDay(columns, '')
  return run
}
