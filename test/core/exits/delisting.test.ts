import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPrice } from '../../../src/base/price.js'
import { DELISTED_BARS, delistedRow, pricelessAfter, pricelessThrough } from '../../../src/core/exits/delisting.js'
import { type Market, marketOf, marketShape, play, runText } from '../../support/markets.js'

const CLOSE = { delisting: 'close' } as const

/** Runs of prices and of holes, some of them long enough for a delisting. */
const columns = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 260 })), { minLength: 1, maxLength: 6 })
  .map((runs) => Float64Array.from(runs.flatMap(([priced, rows]) => Array<number>(rows).fill(priced ? 1 : Number.NaN))))

describe('the run of bars without a price', () => {
  test('grows by each of them, and a price ends it', () => {
    expect(pricelessAfter(3, Number.NaN)).toBe(4)
    expect(pricelessAfter(3, 0)).toBe(4)
    expect(pricelessAfter(3, 1)).toBe(0)
  })

  test('is found in a column without looking at each row, as if each had been looked at', () => {
    let found = 0
    fc.assert(
      fc.property(columns, fc.nat(300), fc.nat(DELISTED_BARS - 1), (column, start, before) => {
        const from = Math.min(start, column.length)
        const to = column.length
        let run = before
        let row = from
        for (; row < to; row++) {
          run = pricelessAfter(run, column[row]!)
          if (run >= DELISTED_BARS) break
        }
        if (row < to) found++
        expect(delistedRow(column, { from, to, before })).toBe(row)
      }),
    )
    expect(found).toBeGreaterThan(20)
  })

  test('at the end of some rows is that of their last bars', () => {
    fc.assert(
      fc.property(columns, fc.nat(300), (column, before) => {
        const run = Array.from(column).reduce((bars, price) => pricelessAfter(bars, price), before)
        expect(pricelessThrough(column, { from: 0, to: column.length, before })).toBe(run)
      }),
    )
  })
})

/** Days whose files say what they have; every other asset has no price for the second half of a day and what follows. */
function listed(market: Market): Market {
  const days = market.days.map((day, i) => {
    const { columns } = day
    const from = i % 3 === 0 ? columns.bars / 2 : i % 3 === 1 ? 0 : columns.bars
    const isGone = (row: number, asset: number) => asset % 2 === 0 && row >= from
    const prices = columns.prices.map((column, asset) =>
      column.map((price, row) => (isGone(row, asset) ? Number.NaN : price)),
    )
    return { ...day, events: [], columns: { ...columns, prices }, start: { ...day.start, assets: columns.assets } }
  })
  const parameters = { ...market.parameters, max_hold_bars: 400, fixed_tp_pct: 5, stop_pct: 10, vd_enabled: false }
  return { ...market, days, parameters }
}

describe('where a delisting closes, on any market', () => {
  test('a delisted position had no price at its exit, for 120 bars or in the file of the day', () => {
    let delisted = 0
    fc.assert(
      fc.property(marketShape, (shape) => {
        const market = listed(marketOf(shape))
        for (const trade of play({ ...market, rules: CLOSE }).trades) {
          if (trade.reason !== 'DELISTED') continue
          delisted++
          const prices = pricesOf(market, trade.asset)
          const { price: last, bar: lastBar } = lastPriced(prices, trade.exitBar)
          expect(isPrice(prices[trade.exitBar]!.price)).toBe(false)
          expect(trade.exitPrice).toBe(last * (1 - trade.direction * 0.0005))
          const isGone = prices[trade.exitBar]!.row === 0 && !prices[trade.exitBar]!.isListed
          if (!isGone) expect(trade.exitBar - lastBar).toBeGreaterThanOrEqual(Math.min(DELISTED_BARS, trade.barsHeld))
        }
      }),
      { numRuns: 250 },
    )
    expect(delisted).toBeGreaterThan(2)
  })

  test('in bulk or row by row, restored from JSON before any bar, the run is the same', () => {
    fc.assert(
      fc.property(marketShape, fc.array(fc.nat(450), { maxLength: 12 }), (shape, restoreAt) => {
        const market: Market = { ...listed(marketOf(shape)), rules: CLOSE }
        const expected = runText(play(market, { mode: 'rows' }))
        expect(runText(play(market))).toBe(expected)
        expect(runText(play(market, { restoreAt }))).toBe(expected)
        expect(runText(play(market, { mode: 'rows', restoreAt, modeAfterRestore: 'bulk' }))).toBe(expected)
      }),
      { numRuns: 150 },
    )
  })

  test('a run without a delisting trades like the run that waits, to the last digit', () => {
    let equal = 0
    fc.assert(
      fc.property(marketShape, (shape) => {
        const market = marketOf(shape)
        const run = play({ ...market, rules: CLOSE })
        if (run.trades.some(({ reason }) => reason === 'DELISTED')) return
        equal++
        const plain = play(market)
        expect(JSON.stringify([run.trades, run.days, run.openPosition])).toBe(
          JSON.stringify([plain.trades, plain.days, plain.openPosition]),
        )
      }),
      { numRuns: 150 },
    )
    expect(equal).toBeGreaterThan(100)
  })
})

interface PricedBar {
  readonly price: number
  readonly row: number
  readonly isListed: boolean
}

function pricesOf({ days }: Market, asset: string): PricedBar[] {
  return days.flatMap(({ columns: { assets, prices, bars } }) => {
    const column = prices[assets.indexOf(asset)]
    return Array.from({ length: bars }, (_, row) => ({
      price: column?.[row] ?? Number.NaN,
      row,
      isListed: column !== undefined,
    }))
  })
}

function lastPriced(prices: readonly PricedBar[], before: number): { readonly price: number; readonly bar: number } {
  for (let bar = before - 1; ; bar--) if (isPrice(prices[bar]!.price)) return { price: prices[bar]!.price, bar }
}
