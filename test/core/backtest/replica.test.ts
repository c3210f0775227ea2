import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { truncateAfter } from '../../../src/core/backtest/other-future.js'
import { Xoshiro128 } from '../../../src/core/numeric/xoshiro128.js'
import type { DayColumns } from '../../../src/ports/days.js'
import { causalityOf, decisionsOfRun } from '../../support/causality-of.js'
import { marketOf, marketShape } from '../../support/markets.js'
import { ENGINE_LEAKS } from '../../support/planted/engine-leaks.js'
import { RUN_LEAKS } from '../../support/planted/run-leaks.js'
import { STRATEGY_LEAKS } from '../../support/planted/strategy-leaks.js'
import { FIXTURE_DAYS, readDays } from '../../support/price-tables.js'
import { ScriptedStrategy } from '../../support/scripted-strategy.js'

/** The first bundled days, with some prices and signals missing as recorders lose them. */
let days: readonly DayColumns[]
beforeAll(async () => {
  const rng = new Xoshiro128(3)
  const holed = (column: Float64Array, share: number) =>
    column.map((value) => (rng.double() < share ? Number.NaN : value))
  days = (await readDays(FIXTURE_DAYS)).slice(0, 7).map((day) => ({
    ...day,
    eigen: {},
    velDiv: holed(day.velDiv, 0.01),
    prices: day.prices.map((column) => holed(column, 0.05)),
  }))
})

const atEveryTenth: ConstructorParameters<typeof ScriptedStrategy>[1] = ({ bar, symbols, prices }, { held }) => {
  const [symbol, price] = [symbols[0]!, prices[0]!]
  if (bar % 10 > 0 || !(price > 0)) return []
  if (held !== null) return [{ type: 'EXIT', symbol, price, reason: 'TENTH' }]
  return [{ type: 'ENTRY', symbol, direction: 1, notionalUsd: 1_000, price, reason: 'TENTH' }]
}

describe('by default a leak is found', () => {
  test.each([...ENGINE_LEAKS, ...RUN_LEAKS, ...STRATEGY_LEAKS])('where $name', async ({ plant, run = {} }) => {
    const honest = decisionsOfRun({ days, ...run })
    const undo = plant()
    try {
      const planted = { days, ...run }
      const isTableAlone = run.breaker?.betaPolicy === 'full-sample'
      if (!isTableAlone) expect(decisionsOfRun(planted), 'it acts').not.toEqual(honest)
      const { violations } = await causalityOf(planted)
      expect(violations).not.toEqual([])
    } finally {
      undo()
    }
    expect(decisionsOfRun({ days, ...run })).toEqual(honest)
  })

  test('of every kind that is planted, each under a name of its own', () => {
    const names = [...ENGINE_LEAKS, ...RUN_LEAKS, ...STRATEGY_LEAKS].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThanOrEqual(30)
  })
})

describe('without a leak nothing is found', () => {
  test.each([
    ['the champion', {}],
    ['a strategy of somebody’s own', { create: () => new ScriptedStrategy('scripted', atEveryTenth) }],
  ] as const)('in %s over days of which one has no bar', async (_, run) => {
    const [first, second, third] = days as readonly [DayColumns, DayColumns, DayColumns]
    const verdict = await causalityOf({ days: [first, truncateAfter(second, -1), third], ...run })
    expect(verdict.violations).toEqual([])
    expect(verdict.probed).toBe(verdict.decisions)
    expect(verdict.decisions).toBeGreaterThan(0)
  })

  test('on random markets, with every gate, order book, breaker, forewarner, kind of fill, rule and gap', async () => {
    const extras = fc.record({
      volGate: fc.constantFrom(
        undefined,
        { kind: 'fixed', threshold: 0.0008 } as const,
        { kind: 'percentile', percentile: 40 } as const,
      ),
      betaPolicy: fc.constantFrom(undefined, 'expanding' as const, 'fixed' as const),
      forewarned: fc.boolean(),
      atBarPrices: fc.boolean(),
      direction: fc.constantFrom<-1 | 1>(-1, 1),
      rules: fc.record({
        liquidation: fc.constantFrom('off' as const, 'cross' as const),
        delisting: fc.constantFrom('wait' as const, 'close' as const),
        onGap: fc.constantFrom('carry' as const, 'close' as const),
      }),
    })
    let probed = 0
    await fc.assert(
      fc.asyncProperty(marketShape, extras, async (shape, { volGate, betaPolicy, ...more }) => {
        const market = marketOf({ ...shape, dayBars: shape.dayBars.map((bars) => 3 * bars) })
        const rng = new Xoshiro128(7)
        const columns = market.days.map((day) => withGaps(day.columns, rng))
        const verdict = await causalityOf({
          days: columns,
          parameters: market.parameters,
          initialCapital: market.initialCapital,
          ...more,
          ...(market.orderBook && { orderBook: market.orderBook }),
          ...(volGate && { volGate }),
          ...(betaPolicy && {
            breaker: {
              factors: new Map(columns.map(({ date }) => [date, { dvolBtc: rng.between(40, 100) }])),
              w750: new Map(columns.map(({ date }) => [date, rng.between(-1, 1)])),
              betaPolicy,
              fixedThreshold: 0,
            },
          }),
        })
        expect(verdict.violations).toEqual([])
        expect(verdict.probed).toBe(verdict.decisions)
        probed += verdict.probed
      }),
      { numRuns: 60 },
    )
    expect(probed).toBeGreaterThan(1_000)
  })
})

/** The day with some bars late by more than a feed's jitter. */
function withGaps(day: DayColumns, rng: Xoshiro128): DayColumns {
  let lateNs = 0n
  const timestampNs = day.timestampNs?.map((time) => {
    if (rng.double() < 0.02) lateNs += 30_000_000_000n
    return time + lateNs
  })
  return { ...day, ...(timestampNs && { timestampNs }) }
}
