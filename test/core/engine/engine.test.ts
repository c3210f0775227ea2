import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPrice } from '../../../src/base/price.js'
import { directionConfirmation } from '../../../src/core/signal/signal.js'
import type { Posture } from '../../../src/ports/vocabulary/market.js'
import type { EntryRecord, Trade } from '../../../src/ports/vocabulary/trades.js'
import { type Market, type MarketDay, type MarketRun, marketOf, marketShape, play } from '../../support/markets.js'

/** Runs the property over random markets and insists that they traded. */
function forAllRuns(law: (market: Market, run: MarketRun) => void): void {
  let trades = 0
  fc.assert(
    fc.property(marketShape, (shape) => {
      const market = marketOf(shape)
      const run = play(market)
      trades += run.trades.length
      law(market, run)
    }),
    { numRuns: 250 },
  )
  expect(trades).toBeGreaterThan(250)
}

describe('money', () => {
  test('capital is what was there at first and every net result, in order', () => {
    forAllRuns(({ initialCapital }, { trades, snapshot }) => {
      let capital = initialCapital
      for (const trade of trades) {
        expect(trade.capitalBefore).toBe(capital)
        capital += trade.net
        expect(trade.capitalAfter).toBe(capital)
        expect(trade.fees).toBe(trade.entryFee + trade.exitFee)
      }
      expect(snapshot.capital).toBe(capital)
    })
  })

  test('each day takes over the capital of the one before, and counts its own bars, entries and exits', () => {
    forAllRuns((market, { trades, days, openPosition, snapshot }) => {
      let capital = market.initialCapital
      for (const day of days) {
        expect(day.capitalStart).toBe(capital)
        expect(day.pnl).toBe(day.capital - day.capitalStart)
        capital = day.capital
      }
      expect(snapshot.capital).toBe(capital)
      const sum = (of: 'trades' | 'entries' | 'bars') => days.reduce((total, day) => total + day[of], 0)
      expect(sum('trades')).toBe(trades.length)
      expect(sum('entries')).toBe(trades.length + (openPosition === undefined ? 0 : 1))
      expect(sum('bars')).toBe(snapshot.barIndex)
    })
  })

  test('the feedback counts every closed trade in the bucket of its entry, and the draws are one a trade without a book', () => {
    forAllRuns(({ orderBook }, { trades, snapshot }) => {
      const of = (bucket: number) => trades.filter((trade) => trade.bucket === bucket)
      const { feedback, rng } = snapshot
      expect(feedback.bucketTrades).toEqual([0, 1, 2, 3].map((bucket) => of(bucket).length))
      expect(feedback.bucketWins).toEqual([0, 1, 2, 3].map((bucket) => of(bucket).filter(({ net }) => net > 0).length))
      expect(feedback.recentWins).toEqual(trades.slice(-5).map(({ net }) => net > 0))
      expect(rng.draws).toBe(orderBook === undefined ? trades.length : 0)
      for (const trade of trades) expect(trade.rng === null).toBe(orderBook !== undefined)
    })
  })
})

describe('sizes', () => {
  test('leverage never exceeds any of its caps, and the fraction stays between 2 % and its own', () => {
    forAllRuns((market, run) => {
      const { max_leverage, abs_max_leverage, min_leverage, fraction } = market.parameters
      for (const { entry, day, row } of entriesOf(market, run)) {
        const ceiling = Math.min(max_leverage * entry.regimeSizeMult * entry.obMult, abs_max_leverage)
        const cap = postureAt(day, row) === 'STALKER' ? Math.min(ceiling, 2) : ceiling
        expect(entry.leverageCeiling).toBe(cap)
        expect(entry.leverage).toBeLessThanOrEqual(cap)
        expect(entry.leverage).toBeGreaterThanOrEqual(Math.min(min_leverage, cap))
        expect(entry.fraction).toBeGreaterThanOrEqual(0.02)
        expect(entry.fraction).toBeLessThanOrEqual(fraction)
        expect(entry.notional).toBe(capitalAt(market, run, entry.entryBar) * entry.fraction * entry.leverage)
      }
    })
  })
})

describe('positions', () => {
  test('there is at most one: entries and exits alternate, and a bar that exits never enters', () => {
    forAllRuns((_, { trades, openPosition, snapshot }) => {
      let lastExit = -1
      for (const trade of trades) {
        expect(trade.entryBar).toBeGreaterThan(lastExit)
        if (trade.reason === 'END_OF_DATA') expect(trade.exitBar).toBe(snapshot.barIndex - 1)
        else expect(trade.exitBar).toBeGreaterThan(trade.entryBar)
        expect(trade.barsHeld).toBe(trade.exitBar - trade.entryBar)
        lastExit = trade.exitBar
      }
      if (openPosition !== undefined) expect(openPosition.entryBar).toBeGreaterThan(lastExit)
    })
  })

  test('they are filled at the prices of their bars, less the slippage of the exit', () => {
    forAllRuns((market, run) => {
      for (const { entry, day, row } of entriesOf(market, run)) expect(entry.entryPrice).toBe(priceAt(day, row, entry))
      for (const trade of run.trades) {
        const { day, row } = placeOf(market, trade.exitBar)
        const price = priceAt(day, row, trade)
        const mayLackOne = trade.reason === 'HIBERNATE_HALT' || trade.reason === 'END_OF_DATA'
        if (!mayLackOne) expect(isPrice(price)).toBe(true)
        if (!isPrice(price)) continue
        const slip = trade.reason === 'STOP_LOSS' || trade.reason === 'HIBERNATE_HALT' ? 0.0005 : 0.0002
        expect(trade.exitPrice).toBe(price * (1 - trade.direction * slip))
      }
    })
  })

  test('times are those of the bars, null where a day has none', () => {
    forAllRuns((market, run) => {
      const timeOf = (bar: number) => {
        const { day, row } = placeOf(market, bar)
        const time = day.columns.timestampNs?.[row]
        return time === undefined ? null : Number(time / 1_000_000n)
      }
      for (const { entry } of entriesOf(market, run)) expect(entry.entryTimeMs).toBe(timeOf(entry.entryBar))
      for (const trade of run.trades) expect(trade.exitTimeMs).toBe(timeOf(trade.exitBar))
    })
  })
})

describe('entries', () => {
  test('there is none while a gate is closed', () => {
    forAllRuns((market, run) => {
      const { lookback, dc_lookback_bars, dc_min_magnitude_bps, dc_skip_contradicts } = market.parameters
      for (const { entry, day, row } of entriesOf(market, run)) {
        const direction = day.start.direction ?? -1
        const velDiv = day.columns.velDiv[row]!
        expect(entry.direction).toBe(direction)
        expect(entry.velDiv).toBe(velDiv)
        expect(Number.isFinite(velDiv)).toBe(true)
        expect(direction === -1 ? velDiv < -0.02 : velDiv > 0.01).toBe(true)
        expect(entry.entryBar + 1).toBeGreaterThanOrEqual(lookback)
        expect(day.volOk === undefined ? row >= 100 : day.volOk[row] === 1).toBe(true)
        expect(['APEX', 'STALKER']).toContain(postureAt(day, row))
        expect(run.days[market.days.indexOf(day)]!.mcStatus).not.toBe('RED')
        expect(capitalAt(market, run, entry.entryBar)).toBeGreaterThan(0)
        expect(entry.notional).toBeGreaterThan(0)

        const prices = validPricesThrough(market, entry.asset, entry.entryBar)
        const dc = directionConfirmation(
          direction,
          prices.at(-1 - dc_lookback_bars),
          prices.at(-1)!,
          dc_min_magnitude_bps,
        )
        expect(entry.dc).toBe(dc)
        if (dc_skip_contradicts) expect(dc).not.toBe('CONTRADICT')
      }
    })
  })

  test('a selected asset has fifty prices, its alignment and its depth; without selection it is BTCUSDT', () => {
    forAllRuns((market, run) => {
      const { use_asset_selection, min_irp_alignment } = market.parameters
      for (const { entry } of entriesOf(market, run)) {
        if (!use_asset_selection) {
          expect([entry.asset, entry.ars, entry.arsAdjusted, entry.alignment]).toEqual(['BTCUSDT', null, null, null])
          continue
        }
        const prices = validPricesThrough(market, entry.asset, entry.entryBar).slice(-50)
        expect(prices).toHaveLength(50)
        const favourable = prices.filter((price, i) => i > 0 && entry.direction * (price - prices[i - 1]!) > 0)
        expect(entry.alignment).toBe(favourable.length / 49)
        expect(entry.alignment).toBeGreaterThanOrEqual(min_irp_alignment)
        if (market.orderBook === undefined) expect(entry.arsAdjusted).toBe(entry.ars)
      }
    })
  })
})

interface PlacedEntry {
  readonly entry: EntryRecord | Trade
  readonly day: MarketDay
  readonly row: number
}

function entriesOf(market: Market, { trades, openPosition }: MarketRun): PlacedEntry[] {
  const entries: (EntryRecord | Trade)[] = openPosition === undefined ? [...trades] : [...trades, openPosition]
  return entries.map((entry) => ({ entry, ...placeOf(market, entry.entryBar) }))
}

function placeOf(market: Market, bar: number): { readonly day: MarketDay; readonly row: number } {
  let first = 0
  for (const day of market.days) {
    if (bar < first + day.columns.bars) return { day, row: bar - first }
    first += day.columns.bars
  }
  throw new Error(`bar ${bar} is beyond the market`)
}

function postureAt(day: MarketDay, row: number): Posture {
  let posture = day.start.posture ?? 'APEX'
  for (const event of day.events) if (event.kind === 'posture' && event.row <= row) posture = event.posture
  return posture
}

function capitalAt({ initialCapital }: Market, { trades }: MarketRun, bar: number): number {
  return trades.filter((trade) => trade.exitBar < bar).reduce((capital, trade) => capital + trade.net, initialCapital)
}

function priceAt({ columns }: MarketDay, row: number, { asset }: { readonly asset: string }): number {
  return columns.prices[columns.assets.indexOf(asset)]?.[row] ?? Number.NaN
}

function validPricesThrough(market: Market, asset: string, bar: number): number[] {
  const prices = market.days.flatMap((day) =>
    Array.from({ length: day.columns.bars }, (_, row) => priceAt(day, row, { asset })),
  )
  return prices.slice(0, bar + 1).filter(isPrice)
}
