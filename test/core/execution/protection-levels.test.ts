import { describe, expect, test } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { protectionLevels, protectionProblem } from '../../../src/core/execution/protection-levels.js'
import type { OrderSide } from '../../../src/ports/vocabulary/orders.js'
import { Bench, INSTRUMENT, SETTINGS } from './bench-of-one.js'

const SIDES = ['BUY', 'SELL'] as const
const TICKS = ['0.00000001', '0.0001', '0.01', '0.1', '0.5', '1', '5', '100']
const PRICES = ['0.00000004', '0.0007', '0.013', '0.37', '1', '9.9', '100', '60000.05', '1000000']
const FRACTIONS = ['0.00001', '0.0095', '0.0133', '0.1', '0.5', '0.999', '1', '1.33', '20']

/** Every side × tick × price × fraction of the take-profit × fraction of the stop. */
const GRID = SIDES.flatMap((side) =>
  TICKS.flatMap((tickSize) =>
    PRICES.flatMap((price) =>
      FRACTIONS.flatMap((takeProfit) =>
        FRACTIONS.map((catastrophicStop) => ({ side, tickSize, price, takeProfit, catastrophicStop })),
      ),
    ),
  ),
)

describe('an entry that could not be protected', () => {
  test('is told from one that could, over a grid of ticks, prices and fractions', () => {
    let fine = 0
    for (const { side, tickSize, price, ...fractions } of GRID) {
      const entryPrice = new Exact(price)
      const entry = { side, entryPrice, tickSize }
      const where = JSON.stringify({ side, tickSize, price, ...fractions })
      const problem = protectionProblem(fractions, entry)
      const profit = entryPrice.times(fractions.takeProfit)
      const loss = entryPrice.times(fractions.catastrophicStop)
      const isCoarse = profit.lessThan(tickSize) || loss.lessThan(tickSize)
      const { takeProfitPrice, stopPrice } = protectionLevels(fractions, entry)
      const isBelowZero = !(Number(takeProfitPrice) > 0 && Number(stopPrice) > 0)
      expect(problem !== undefined, where).toBe(isCoarse || isBelowZero)
      if (problem !== undefined) continue
      fine++
      const sign = side === 'BUY' ? 1 : -1
      const gained = new Exact(takeProfitPrice).minus(entryPrice).times(sign)
      const lost = entryPrice.minus(stopPrice).times(sign)
      expect(gained.gte(profit) && gained.lessThan(profit.times(2)), where).toBe(true)
      expect(lost.greaterThan(0) && lost.lte(loss), where).toBe(true)
    }
    expect(fine).toBeGreaterThan(500)
    expect(GRID.length - fine).toBeGreaterThan(500)
  })

  test.each<[string, OrderSide, string, string, string, string]>([
    [
      'BUY at 10, tick 1',
      'BUY',
      '1',
      '10',
      '0.0133',
      'the tick 1 is coarser than the way to the take-profit, 0.133 USD',
    ],
    ['SELL at 4, tick 0.5', 'SELL', '0.5', '4', '0.2', 'the tick 0.5 is coarser than the way to the catastrophic stop'],
    ['SELL for 133 %', 'SELL', '0.01', '3', '1.33', 'the take-profit would lie at -0.99 USD'],
  ])('%s: says why, by name', (_, side, tickSize, price, takeProfit, said) => {
    const entry = { side, entryPrice: new Exact(price), tickSize }
    expect(protectionProblem({ takeProfit, catastrophicStop: '0.1' }, entry)).toContain(said)
  })

  test('is refused before anything is asked or ordered', () => {
    const bench = Bench.ready({ ...SETTINGS, instruments: [INSTRUMENT], takeProfit: '0.00001' })
    bench.enter()
    bench.advance(500)
    const [result] = bench.heardOf('ENTRY_RESULT')
    expect(result).toMatchObject({ outcome: 'NOT_FILLED', reason: 'REJECT_RISK_LIMIT' })
    expect(result!.detail).toMatch(/^\w+: the tick .* is coarser than the way to the take-profit, 0\.001 USD from 100$/)
    expect(bench.heardOf('ENTRY_INTENT')).toEqual([])
    expect(bench.venue.orders.size).toBe(0)
  })
})
