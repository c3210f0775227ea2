import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { BarOrderBook } from '../../../src/core/orderbook/bar-order-book.js'
import { ChampionStrategy } from '../../../src/core/strategy/champion.js'
import type { AssetBook, BarBooks } from '../../../src/ports/order-book.js'
import type { StrategyBar } from '../../../src/ports/strategy.js'
import { playChampion, settled } from '../../support/champion-play.js'
import { marketOf, marketShape } from '../../support/markets.js'

const DEEP: AssetBook = {
  imbalanceMa5: -0.2,
  persistence: 0.9,
  withdrawalVelocity: 0,
  depthQuality: 1,
  fillProbability: 0.5,
}
const CALM = { cascadeCount: 0, regimeSignal: 0 }
const booksOf = (rows: BarBooks['rows'], macro = CALM): BarBooks => ({ macro, rows })

function champion() {
  const parameters = { ...DEFAULT_PARAMETERS, use_asset_selection: false, lookback: 0 }
  const settings = { id: 'blue', parameters, direction: -1 as const, initialCapital: 10_000 }
  const strategy = new ChampionStrategy({ ...settings, orderBook: new BarOrderBook() })
  let bar = 0
  const barOf = (more: Partial<StrategyBar>): StrategyBar => ({
    ...{ bar, timestampMs: 5_000 * bar, symbols: ['ETHUSDT', 'BTCUSDT'], prices: Float64Array.of(10, 100) },
    ...{ velDiv: -0.03, volOk: true, posture: 'APEX' },
    ...(bar++ === 0 ? { day: { date: '2026-01-01', boost: 1.5, beta: 0.8 } } : {}),
    ...more,
  })
  return { strategy, barOf, next: (more: Partial<StrategyBar> = {}) => strategy.onBar(barOf(more)) }
}

const ENTERED = { direction: -1, leg: 'entry', price: 100, quantity: 1, feesUsd: 0, fundingUsd: 0 } as const

describe('the champion on books that come with each bar', () => {
  test('trades what it trades on the same books in a table, though a bar brings only what it may look at', () => {
    let trades = 0
    let otherwise = 0
    fc.assert(
      fc.property(marketShape, fc.constantFrom<-1 | 1>(-1, 1), (shape, direction) => {
        const market = settled(marketOf({ ...shape, timestamps: true }), direction)
        const expected = playChampion(market, direction, 'table')
        expect(playChampion(market, direction, 'bars')).toEqual(expected)
        trades += expected.length
        const { orderBook: _, ...without } = market
        if (JSON.stringify(playChampion(without, direction)) !== JSON.stringify(expected)) otherwise++
      }),
      { numRuns: 150 },
    )
    expect(trades).toBeGreaterThan(20)
    // Books that changed nothing would prove nothing.
    expect(otherwise).toBeGreaterThan(5)
  })

  test.each<[string, BarBooks | undefined, number]>([
    ['its own is known: an entry', booksOf({ BTCUSDT: DEEP }), 1],
    ['its own is not known, whatever else is: none', booksOf({ ETHUSDT: DEEP }), 0],
    ['none is known: none', booksOf({}), 0],
    ['the bar brings nothing at all: none', undefined, 0],
    ['its own stands against it: none', booksOf({ BTCUSDT: { ...DEEP, imbalanceMa5: 0.5 } }), 0],
  ])('of the books %s', (_, books, entries) => {
    expect(champion().next(books === undefined ? {} : { books })).toHaveLength(entries)
  })

  test('sizes by the books of the day’s first bar (OB-4) and of the market (OB-3)', () => {
    const sizeOf = (books: BarBooks): number => champion().next({ books, velDiv: -0.03 })[0]!.notionalUsd!
    const plain = sizeOf(booksOf({ BTCUSDT: { ...DEEP, imbalanceMa5: 0 } }))
    const withdrawing = { ...DEEP, imbalanceMa5: 0, withdrawalVelocity: -0.5 }
    expect(sizeOf(booksOf({ BTCUSDT: withdrawing }, { cascadeCount: 0, regimeSignal: 1 }))).not.toBe(plain)
    expect(sizeOf(booksOf({ BTCUSDT: { ...DEEP, imbalanceMa5: -0.15 } }))).toBeGreaterThan(plain)
  })

  test('asks for all of them where it may enter and where a day begins, else for those it may leave by', () => {
    const { strategy, barOf, next } = champion()
    expect(strategy.booksNeeded(barOf({ velDiv: 0 }))).toBe('all')
    next({ velDiv: 0, day: { date: '2026-01-01' } })
    expect(strategy.booksNeeded(barOf({ velDiv: 0 }))).toBe('none')
    expect(strategy.booksNeeded(barOf({ velDiv: Number.NaN }))).toBe('none')
    expect(strategy.booksNeeded(barOf({ velDiv: -0.03 }))).toBe('all')
    next({ books: booksOf({ BTCUSDT: DEEP }) })
    expect(strategy.booksNeeded(barOf({ velDiv: 0 }))).toEqual(['BTCUSDT'])
    strategy.onFill({ ...ENTERED, symbol: 'BTCUSDT', complete: true, reason: 'SIGNAL' })
    expect(strategy.booksNeeded(barOf({ velDiv: 0 }))).toEqual(['BTCUSDT'])
  })

  test('leaves sooner where the market is in a cascade (OB-5), and not at all for want of a book', () => {
    const heldFor = (books: BarBooks | undefined): number => {
      const { strategy, next } = champion()
      next({ books: booksOf({ BTCUSDT: DEEP }) })
      strategy.onFill({ ...ENTERED, symbol: 'BTCUSDT', complete: true, reason: 'SIGNAL' })
      for (let bars = 1; ; bars++)
        if (next({ velDiv: 0, ...(books && { books }) }).some(({ type }) => type === 'EXIT')) return bars
    }
    const plain = heldFor(undefined)
    expect(plain).toBe(DEFAULT_PARAMETERS.max_hold_bars)
    expect(heldFor(booksOf({}))).toBe(plain)
    expect(heldFor(booksOf({}, { cascadeCount: 1, regimeSignal: 0 }))).toBe(Math.floor(plain / 2))
  })

  test('without books in its settings asks for none', () => {
    const parameters = { ...DEFAULT_PARAMETERS, lookback: 0 }
    const strategy = new ChampionStrategy({ id: 'blue', parameters, direction: -1, initialCapital: 10_000 })
    expect(strategy.booksNeeded(champion().barOf({}))).toBe('none')
  })
})
