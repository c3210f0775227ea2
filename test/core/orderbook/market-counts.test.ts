import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MarketBooks } from '../../../src/core/orderbook/market-books.js'
import { MarketCounts } from '../../../src/core/orderbook/market-counts.js'
import type { MarketDataEvent } from '../../../src/ports/market-data.js'
import type { LevelRows } from '../../../src/ports/vocabulary/depth.js'
import { contractOf, STORY_START_MS as START_MS, STORY_STEP_MS as STEP_MS } from '../../support/market-story.js'

const SYMBOLS = ['AUSDT', '__proto__', 'constructor']
const good = { U: 1, u: 1, pu: 0, b: [['99.9', '1']], a: [['100.0', '1']] } as const

function booksOf(kind: 'diffs' | 'partial'): MarketBooks {
  const books = new MarketBooks({ stepMs: STEP_MS, startMs: START_MS, books: kind })
  for (const symbol of SYMBOLS) books.list(contractOf(symbol))
  return books
}

const hostileNumber = fc.oneof(
  fc.constantFrom<unknown>(Number.NaN, 1e308, -1, 2 ** 53, 2 ** 60, -0, '1', null, undefined, 1.5, [1], {}),
  fc.integer({ min: 0, max: 20 }),
)
const hostileText = fc.oneof(
  fc.constantFrom<unknown>('NaN', '1e999', '-1', '', ' 1', '0', '99.95', '9'.repeat(400), '__proto__', 5, null, ['1']),
  fc.string(),
)
const hostileRows = fc.oneof(
  fc.array(fc.oneof(fc.tuple(hostileText, hostileText), fc.anything()), { maxLength: 5 }),
  fc.constantFrom<unknown>(
    [
      ['100.0', '1'],
      ['100.0', '2'],
      ['100.0', '0'],
    ],
    [[['100.0', '1']]],
    'ab',
    null,
    {},
  ),
  fc.constant([['99.9', '1']]),
)
const symbol = fc.oneof(fc.constantFrom<unknown>(...SYMBOLS, 'toString', '', null, 7, 'ZUSDT'), fc.string())
const stamp = fc.oneof(hostileNumber, fc.integer({ min: START_MS - 10_000, max: START_MS + 60_000 }))
const frame = fc.oneof(
  fc.record({ U: hostileNumber, u: hostileNumber, pu: hostileNumber, b: hostileRows, a: hostileRows }),
  fc.anything(),
)
const snapshot = fc.oneof(
  fc.record({
    requestId: fc.integer({ min: 0, max: 4 }),
    lastUpdateId: hostileNumber,
    bids: hostileRows,
    asks: hostileRows,
  }),
  fc.anything(),
)
const times = { atMs: stamp, receivedMs: stamp }
const hostile = fc.oneof(
  fc.record({ kind: fc.constant('depth'), symbol, eventMs: stamp, receivedMs: stamp, frame }),
  fc.record({ kind: fc.constant('snapshot'), symbol, ...times, snapshot }),
  fc.record({ kind: fc.constant('snapshotFailed'), symbol, requestId: hostileNumber }),
  fc.record({ kind: fc.constant('lost'), symbols: fc.array(symbol), ...times }),
  fc.record({ kind: fc.constant('liquidation'), symbol, price: hostileNumber, baseQuantity: hostileNumber, ...times }),
  fc.record({ kind: fc.constant('malformed'), symbol, what: fc.string(), receivedMs: stamp }),
  fc.record({ kind: fc.constantFrom('mark', 'openInterest', 'listed', 'notice') }),
)

describe('what cannot be read', () => {
  it('never throws, and leaves bars that are numbers', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('diffs' as const, 'partial' as const),
        fc.array(hostile, { maxLength: 60 }),
        (kind, all) => {
          const books = booksOf(kind)
          for (const [i, event] of all.entries()) {
            books.handle(event as unknown as MarketDataEvent, i)
            for (const symbol of SYMBOLS) books.sample(symbol)
            for (const bar of books.closeUntil(START_MS + i * 400)) {
              for (const { value } of bar.assets)
                for (const figure of Object.values({ ...value, fills: 0 })) expect(figure).not.toBeNaN()
            }
          }
          expect([...books.takeChanged()].filter((of) => !SYMBOLS.includes(of))).toEqual([])
        },
      ),
      { numRuns: 300 },
    )
  })

  it.each<[string, object]>([
    ['depth', { frame: { ...good, u: Number.NaN } }],
    ['depth', { frame: { ...good, u: 2 ** 60 } }],
    ['depth', { frame: { ...good, b: [['1e2', '1']] } }],
    ['depth', { frame: { ...good, b: [[['99.9', '1']]] } }],
    ['depth', { frame: null }],
    ['depth', { frame: { ...good, b: Array<LevelRows[number]>(1_000_000).fill(['99.9', '1']) } }],
    ['stamp', { eventMs: Number.NaN }],
    ['stamp', { eventMs: 2 ** 53 }],
    ['stamp', { eventMs: START_MS + STEP_MS + 3_600_001 }],
    ['liquidation', { kind: 'liquidation', price: -1, baseQuantity: -1, atMs: START_MS }],
    ['liquidation', { kind: 'liquidation', price: 1e300, baseQuantity: 1e300, atMs: START_MS }],
    ['snapshot', { kind: 'snapshot', atMs: START_MS, snapshot: 'none' }],
    ['aggTrade', { kind: 'malformed', what: 'aggTrade' }],
    ['__proto__', { kind: 'malformed', what: '__proto__' }],
  ])('is counted as %s (%#)', (kind, of) => {
    for (const books of [booksOf('diffs'), booksOf('partial')]) {
      const event = { kind: 'depth', symbol: '__proto__', eventMs: START_MS, frame: good, ...of }
      books.handle(event as unknown as MarketDataEvent, 0)
      expect(Object.entries(books.counters().malformed)).toEqual([[kind, 1]])
      expect(books.counters().live).toBe(0)
    }
  })

  it('does not keep later changes from counting by a stamp far ahead', () => {
    const books = booksOf('partial')
    const at = (eventMs: number, u: number) =>
      books.handle({ kind: 'depth', symbol: 'AUSDT', eventMs, receivedMs: 0, frame: { ...good, u } }, 0)
    at(1e15, 1)
    at(START_MS, 2)
    expect(books.closeUntil(START_MS + STEP_MS)[0]!.assets[0]!.value?.mid).toBe(99.95)
  })

  it('of a symbol that is not listed is counted, and nothing else is done', () => {
    const books = booksOf('diffs')
    for (const symbol of ['ZUSDT', 'toString', ''])
      expect(books.handle({ kind: 'depth', symbol, eventMs: START_MS, receivedMs: 0, frame: good }, 0)).toEqual([])
    expect(books.counters()).toMatchObject({ unlisted: 3, frames: 0, malformed: {} })
  })

  it('has a hundred names of its own and no more', () => {
    const counts = new MarketCounts()
    for (let i = 0; i < 1_000; i++) counts.malformed(`kind ${i % 200}`)
    const { malformed } = counts.over([])
    expect(Object.keys(malformed).length).toBe(101)
    expect([malformed['kind 99'], malformed['kind 100'], malformed.other]).toEqual([5, undefined, 500])
  })
})
