import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ObservedEvents } from '../../../src/core/analysis/observed-events.js'
import { MarketBooks } from '../../../src/core/orderbook/market-books.js'
import { rowsOfEvent } from '../../../src/core/recording/event-rows.js'
import { RecordedEvents, type ToldRow } from '../../../src/core/recording/recorded-events.js'
import type { ListedContract, MarketDataEvent } from '../../../src/ports/market-data.js'
import type { LevelRows } from '../../../src/ports/vocabulary/depth.js'
import type { ObservationEvent } from '../../../src/ports/vocabulary/observation-events.js'
import { contractOf, played, STORY_START_MS, STORY_STEP_MS, STORY_SYMBOLS, story } from '../../support/market-story.js'

const BTC: ListedContract = { symbol: 'BTCUSDT', priceDecimals: 1, quantityDecimals: 3 }
const of = { symbol: 'BTCUSDT', atMs: 5_000, receivedMs: 5_007 }
const CANDLE = { openMs: 0, closeMs: 299_999, open: 10, high: 12, low: 9, close: 11, baseVolume: 2 }
const seen = { symbol: 'BTCUSDT', tsMs: 5_000 }

function observed(books: 'diffs' | 'partial', ...contracts: readonly ListedContract[]): ObservedEvents {
  const events = new ObservedEvents({ books })
  events.of({ kind: 'listed', contracts, receivedMs: 0 })
  return events
}

describe('what an observer is told', () => {
  const CASES: readonly (readonly [law: string, told: MarketDataEvent, said: ObservationEvent])[] = [
    [
      'has a trade with the side of its taker and the number of its venue',
      { kind: 'trade', ...of, side: 'SELL', price: 100.5, baseQuantity: 0.2, venueId: 77 },
      { kind: 'TRADE', ...seen, side: 'SELL', price: 100.5, baseQty: 0.2, venueId: 77 },
    ],
    [
      'has a liquidation at the average price of what was filled',
      { kind: 'liquidation', ...of, side: 'BUY', price: 99.5, orderPrice: 100, baseQuantity: 3, orderBaseQuantity: 5 },
      { kind: 'LIQUIDATION', ...seen, side: 'BUY', price: 99.5, orderPrice: 100, baseQty: 3 },
    ],
    [
      'has a liquidation of which nothing is filled as it was ordered',
      { kind: 'liquidation', ...of, side: 'BUY', price: 0, orderPrice: 100, baseQuantity: 0, orderBaseQuantity: 3 },
      { kind: 'LIQUIDATION', ...seen, side: 'BUY', price: 100, orderPrice: 100, baseQty: 3 },
    ],
    [
      'has of a mark price what there is',
      { kind: 'mark', ...of, mark: 100, index: null, fundingRate: null, nextFundingMs: null },
      { kind: 'MARK_PRICE', ...seen, markPrice: 100 },
    ],
    [
      'has a mark price with index and funding',
      { kind: 'mark', ...of, mark: 100, index: 99, fundingRate: -1e-4, nextFundingMs: 9_000 },
      { kind: 'MARK_PRICE', ...seen, markPrice: 100, indexPrice: 99, fundingRate: -1e-4, nextFundingMs: 9_000 },
    ],
    [
      'has a rate that was settled at the time of its settlement',
      { kind: 'settledFunding', ...of, rate: 2e-4 },
      { kind: 'FUNDING', ...seen, rate: 2e-4 },
    ],
    [
      'has open interest in base units',
      { kind: 'openInterest', ...of, openInterest: 12.5 },
      { kind: 'OPEN_INTEREST', ...seen, openInterest: 12.5 },
    ],
    [
      'has a candle that the exchange closed, as of its end',
      { kind: 'kline', symbol: 'BTCUSDT', receivedMs: 300_900, interval: '5m', ...CANDLE },
      { kind: 'KLINE', symbol: 'BTCUSDT', tsMs: 299_999, interval: '5m', ...CANDLE, closed: true },
    ],
  ]
  it.each(CASES)('%s', (_, told, said) => {
    expect(observed('partial', BTC).of(told)).toStrictEqual([said])
  })

  it('is nothing of what only people read', () => {
    expect(observed('partial').of({ kind: 'notice', level: 'INFO', code: 'A', message: 'a' })).toEqual([])
    expect(observed('partial').of({ kind: 'malformed', symbol: null, what: 'depth', receivedMs: 1 })).toEqual([])
  })
})

const rows = (...prices: readonly string[]): LevelRows => prices.map((price, i) => [price, `${i + 1}`] as const)
const SEVEN_BIDS = rows('99.9', '99.8', '99.7', '99.6', '99.5', '99.4', '99.3')

function depth(u: number, { b = SEVEN_BIDS, a = rows('100.0', '100.1'), pu = u - 1, symbol = 'BTCUSDT' } = {}) {
  return { kind: 'depth', symbol, eventMs: 4_000 + u, receivedMs: 5_000, frame: { U: u, u, pu, b, a } } as const
}

const lost = { kind: 'lost', symbols: ['BTCUSDT'], atMs: 1, receivedMs: 1 } as const

describe('books of best levels', () => {
  it('are told as the sums of their five best levels, fewer as they are', () => {
    expect(observed('partial', BTC).of(depth(7))).toStrictEqual([
      { kind: 'DEPTH_TOP', symbol: 'BTCUSDT', tsMs: 4_007, bidSize: 15, askSize: 3, bestBid: 99.9, bestAsk: 100 },
    ])
  })

  it('are told without the best price of a side that is empty', () => {
    expect(observed('partial', BTC).of(depth(7, { a: [] }))).toStrictEqual([
      { kind: 'DEPTH_TOP', symbol: 'BTCUSDT', tsMs: 4_007, bidSize: 15, askSize: 0, bestBid: 99.9 },
    ])
  })

  it('are not told by a frame that is old, crossed or cannot be read, nor without decimals', () => {
    const events = observed('partial', BTC)
    events.of(depth(7))
    for (const frame of [depth(7), depth(8, { b: rows('100.0') }), depth(9, { b: rows('99.99') })])
      expect(events.of(frame)).toEqual([])
    expect(events.of(depth(1, { symbol: 'ETHUSDT' }))).toEqual([])
    expect(events.counters()).toEqual({ known: 0, unknown: 1, unlisted: 1, gaps: 0, crossed: 1, malformed: 1 })
    expect(events.of(depth(10))).toHaveLength(1)
  })

  it('begin anew where they were lost: numbers may then begin anywhere', () => {
    const events = observed('partial', BTC)
    events.of(depth(7))
    expect(events.of(lost)).toEqual([])
    expect(events.of(depth(3))).toHaveLength(1)
  })
})

describe('books of changes', () => {
  const snapshot = (lastUpdateId: number): MarketDataEvent => ({
    ...{ kind: 'snapshot', symbol: 'BTCUSDT', atMs: 9_999, receivedMs: 9_999 },
    snapshot: { requestId: 4_711, lastUpdateId, bids: SEVEN_BIDS, asks: rows('100.0') },
  })

  it('are told from the snapshot on that joins their changes, whoever asked for it, at the time of the last change', () => {
    const events = observed('diffs', BTC)
    expect(events.of(depth(7, { b: [['99.9', '0']], a: [] }))).toEqual([])
    expect(events.of(snapshot(7))).toStrictEqual([
      { kind: 'DEPTH_TOP', symbol: 'BTCUSDT', tsMs: 4_007, bidSize: 20, askSize: 1, bestBid: 99.8, bestAsk: 100 },
    ])
    expect(events.of(depth(8, { b: [], a: [['100.0', '5']] }))).toMatchObject([{ askSize: 5, tsMs: 4_008 }])
  })

  it('are told no more from a gap on, or a loss, until the next snapshot', () => {
    for (const harm of [depth(9), lost]) {
      const events = observed('diffs', BTC)
      events.of(depth(7))
      events.of(snapshot(7))
      expect(events.of(harm)).toEqual([])
      expect(events.of(depth(10))).toEqual([])
      expect(events.of(snapshot(10))).toHaveLength(1)
    }
  })
})

describe('an observer of a recording', () => {
  it('is told what the observer of the live market was, book by book', () => {
    let tops = 0
    fc.assert(
      fc.property(story, fc.constantFrom('diffs' as const, 'partial' as const), (steps, books) => {
        const contracts = STORY_SYMBOLS.map(contractOf)
        const live = observed(books, ...contracts)
        const replay = new ObservedEvents({ books })
        const recorded = new RecordedEvents({ scales: Object.fromEntries(contracts.map((of) => [of.symbol, of])) })
        played(steps, {
          books: new MarketBooks({ stepMs: STORY_STEP_MS, startMs: STORY_START_MS + 1, books }),
          heard(event) {
            const told = live.of(event)
            const rows = rowsOfEvent(event).map(({ table, row }) => ({ table, row: { n: 1, ...row } }) as ToldRow)
            const again = rows.flatMap((row) => recorded.of(row)).flatMap((one) => replay.of(one))
            expect(again).toStrictEqual(told)
            tops += told.filter(({ kind }) => kind === 'DEPTH_TOP').length
          },
        })
        expect(replay.counters()).toEqual(live.counters())
      }),
      { numRuns: 50 },
    )
    expect(tops).toBeGreaterThan(500)
  })
})
