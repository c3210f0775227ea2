import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  equityAt,
  exhaustionFloor,
  isExhausted,
  liquidationExit,
  MAINTENANCE_MARGIN,
} from '../../../src/core/exits/liquidation.js'
import type { Direction } from '../../../src/ports/vocabulary/market.js'
import { entryRecord, type Market, marketOf, marketShape, play, runText } from '../../support/markets.js'

const CROSS = { liquidation: 'cross' } as const
const directions = fc.constantFrom<Direction>(-1, 1)
const usd = fc.double({ min: 1e-3, max: 1e9, noNaN: true })

describe('an account behind a position of 1,000 USD, entered at 100', () => {
  const SHORT = entryRecord({ direction: -1 })
  const LONG = entryRecord({ direction: 1 })

  test.each([
    ['a short that doubles has used up 1,000', SHORT, 200, 1000, 0, true],
    ['a short has half a percent of its notional left', SHORT, 199.5, 1000, 5, true],
    ['a short has a little more', SHORT, 199.4, 1000, 6, false],
    ['a long without leverage that loses nearly everything', LONG, 0.4, 1000, 4, true],
    ['a long at ten times its capital', LONG, 90.4, 100, 4, true],
    ['a long at ten times its capital, a little above', LONG, 90.6, 100, 6, false],
  ])('%s', (_, entry, price, capital, equity, isUsedUp) => {
    expect(equityAt(price, entry, capital)).toBeCloseTo(equity, 9)
    expect(isExhausted(price, entry, capital)).toBe(isUsedUp)
  })

  test('its end takes all there is, at the price where equity is zero, and costs nothing more', () => {
    const exit = liquidationExit(SHORT, { capital: 1500, price: 400 })
    expect(exit).toEqual({
      exitPrice: 250,
      pnlPctRaw: -1.5,
      entryFee: 0,
      exitFee: 0,
      net: -1500,
      slippageUsd: 0,
      refundUsd: 0,
      edgeUsd: 0,
    })
    expect(equityAt(exit.exitPrice, SHORT, 1500)).toBe(0)
  })

  test('where no price makes equity zero, the exit is said at the bar’s price', () => {
    expect(liquidationExit(LONG, { capital: 1001, price: 0.1 })).toMatchObject({ exitPrice: 0.1, net: -1001 })
  })

  test('a return above the floor is never the end of an account', () => {
    fc.assert(
      fc.property(directions, usd, usd, usd, usd, (direction, entryPrice, price, notional, capital) => {
        const entry = entryRecord({ direction, entryPrice, notional })
        const pnlPct = (direction * (price - entryPrice)) / entryPrice
        if (pnlPct > exhaustionFloor(entry, capital)) expect(isExhausted(price, entry, capital)).toBe(false)
        if (pnlPct < MAINTENANCE_MARGIN - (1 + 1e-6) * (capital / notional) - 1e-6) {
          expect(isExhausted(price, entry, capital)).toBe(true)
        }
      }),
    )
    expect(exhaustionFloor(entryRecord({ notional: 0 }), 100)).toBe(Number.NEGATIVE_INFINITY)
  })
})

/** No stop, and prices that jump to six times or a sixth in the middle of each day. */
function risky(market: Market): Market {
  const days = market.days.map((day) => {
    const { columns } = day
    const jump = (price: number, row: number, asset: number) =>
      row < columns.bars / 2 ? price : asset % 2 === 0 ? price * 6 : price / 6
    const prices = columns.prices.map((column, asset) => column.map((price, row) => jump(price, row, asset)))
    return { ...day, columns: { ...columns, prices } }
  })
  return { ...market, days, parameters: { ...market.parameters, stop_pct: 10, max_hold_bars: 120 } }
}

describe('where an account can be used up, on any market', () => {
  test('capital never falls below zero, is exactly zero after a liquidation, and nothing is entered after one', () => {
    let liquidations = 0
    fc.assert(
      fc.property(marketShape, (shape) => {
        const { trades, snapshot, openPosition } = play({ ...risky(marketOf(shape)), rules: CROSS })
        for (const [i, trade] of trades.entries()) {
          expect(trade.capitalAfter).toBeGreaterThanOrEqual(0)
          if (trade.reason !== 'LIQUIDATION') continue
          liquidations++
          expect([trade.net, trade.capitalAfter, trade.fees]).toEqual([-trade.capitalBefore, 0, 0])
          expect([i, snapshot.capital, openPosition]).toEqual([trades.length - 1, 0, undefined])
        }
      }),
      { numRuns: 400 },
    )
    expect(liquidations).toBeGreaterThan(10)
  })

  test('in bulk or row by row, restored from JSON before any bar, the run is the same', () => {
    fc.assert(
      fc.property(marketShape, fc.array(fc.nat(450), { maxLength: 12 }), (shape, restoreAt) => {
        const market: Market = { ...risky(marketOf(shape)), rules: CROSS }
        const expected = runText(play(market, { mode: 'rows' }))
        expect(runText(play(market))).toBe(expected)
        expect(runText(play(market, { restoreAt }))).toBe(expected)
      }),
      { numRuns: 150 },
    )
  })

  test('a run without a liquidation is the run that knows none, byte for byte', () => {
    let equal = 0
    fc.assert(
      fc.property(marketShape, (shape) => {
        const market = marketOf(shape)
        const run = play({ ...market, rules: CROSS })
        if (run.trades.some(({ reason }) => reason === 'LIQUIDATION')) return
        equal++
        expect(runText(run)).toBe(runText(play(market)))
      }),
      { numRuns: 150 },
    )
    expect(equal).toBeGreaterThan(100)
  })
})
