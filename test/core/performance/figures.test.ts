import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { figures as figuresOf, sharpeOf } from '../../../src/core/performance/figures.js'
import { closeTo, goldenUnit } from '../../support/golden.js'

interface Case {
  readonly name: string
  readonly initial: number
  readonly nets_per_day: number[][]
  readonly figures: {
    roi: number
    profit_factor: number | null
    win_rate: number
    max_drawdown: number
    sharpe: number
    trades: number
    wins: number
    daily_returns: number[]
    trade_returns: number[]
  }
}

const golden = goldenUnit<{ cases: Case[] }>('figures')

test.each(golden.cases)('golden: $name', ({ initial, nets_per_day, figures }) => {
  const found = figuresOf(initial, nets_per_day)
  expect([found.trades, found.wins]).toEqual([figures.trades, figures.wins])
  if (figures.profit_factor === null) expect(found.profitFactor).toBeNull()
  else expect(closeTo(found.profitFactor ?? Number.NaN, figures.profit_factor), 'profit factor').toBe(true)
  const pairs: [string, number, number][] = [
    // A difference of two capitals near 1: its last digits are those of 1.
    ['roi', 1 + found.roi, 1 + figures.roi],
    ['win rate', found.winRate, figures.win_rate],
    ['max drawdown', found.maxDrawdown, figures.max_drawdown],
    ['sharpe', found.sharpe, figures.sharpe],
    ...figures.daily_returns.map((value, i): [string, number, number] => [`day ${i}`, found.dailyReturns[i]!, value]),
    ...figures.trade_returns.map((value, i): [string, number, number] => [`trade ${i}`, found.tradeReturns[i]!, value]),
  ]
  for (const [what, value, expected] of pairs) {
    expect(closeTo(value, expected), `${what}: found ${value}, expected ${expected}`).toBe(true)
  }
  expect(found.dailyReturns).toHaveLength(figures.daily_returns.length)
  expect(found.tradeReturns).toHaveLength(figures.trade_returns.length)
})

const nets = fc.array(
  fc.array(
    fc.integer({ min: -20, max: 20 }).map((cents) => cents / 4),
    { maxLength: 8 },
  ),
)

describe('laws', () => {
  test('figures do not depend on the currency unit', () => {
    fc.assert(
      fc.property(nets, (days) => {
        const scaled = figuresOf(
          4000,
          days.map((day) => day.map((net) => net * 4)),
        )
        expect(scaled).toEqual(figuresOf(1000, days))
      }),
    )
  })

  test('how trades are spread over days changes the daily returns and nothing else about the trades', () => {
    fc.assert(
      fc.property(nets, (days) => {
        const { dailyReturns: _, sharpe: __, ...whole } = figuresOf(1000, days)
        const { dailyReturns: ___, sharpe: ____, ...oneDay } = figuresOf(1000, [days.flat()])
        expect(oneDay).toEqual(whole)
      }),
    )
  })

  test('the drawdown is the largest fall from any earlier capital', () => {
    fc.assert(
      fc.property(nets, (days) => {
        const path = [1000]
        for (const net of days.flat()) path.push(path.at(-1)! + net)
        const falls = path.flatMap((high, i) => path.slice(i).map((low) => (high - low) / high))
        expect(closeTo(figuresOf(1000, days).maxDrawdown, Math.max(...falls))).toBe(true)
      }),
    )
  })

  test('a net of zero is no win, and equal days have no Sharpe ratio however they round', () => {
    expect(figuresOf(1000, [[0]]).wins).toBe(0)
    expect(sharpeOf([0.1, 0.1, 0.1])).toBe(0)
    expect(sharpeOf([0.1])).toBe(0)
    expect(sharpeOf([0, 1e-200])).toBe(0)
    expect(sharpeOf([0.1, 0.2])).toBeCloseTo(3 * Math.sqrt(365), 9)
  })

  test('after ruin a day returns nothing', () => {
    expect(figuresOf(100, [[-150], [10]]).dailyReturns).toEqual([-1.5, 0])
    expect(figuresOf(100, [[-100], [10]]).dailyReturns).toEqual([-1, 0])
  })
})
