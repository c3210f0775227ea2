import { describe, expect, it } from 'vitest'
import { MarketBooks } from '../../../../src/core/orderbook/market-books.js'
import { ReplayedBooks } from '../../../../src/core/orderbook/replayed-books.js'
import type { DepthFrame, LevelRows } from '../../../../src/ports/vocabulary/depth.js'
import { BookRecording } from '../../../../src/runtime/services/order-book/book-recording.js'
import { MemoryRecorder } from '../../../support/memory-recorder.js'

const START_MS = Date.UTC(2026, 0, 6)
const SCALE = { priceDecimals: 2, quantityDecimals: 3 }
/** `JSON.parse` reads it, and `JSON.stringify` cannot write it. */
const DEEP = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown

describe('levels that no exchange should send', () => {
  const SIDE: LevelRows = [['100', '1']]
  it.each<[string, unknown]>([
    ['a number', [7]],
    ['none', [null]],
    ['nested deeply', [DEEP]],
    ['a price alone', [['99']]],
    ['nested deeply behind its quantity', [['99', '1', DEEP]]],
    ['no list', 'x'],
  ])('of which a row is %s are recorded as what makes the same of the book again', (_, bids) => {
    const books = new MarketBooks({ stepMs: 5_000, startMs: START_MS, books: 'partial' })
    books.list({ symbol: 'AUSDT', ...SCALE })
    const recorder = new MemoryRecorder()
    const recording = new BookRecording({ recorder, marksEveryMs: 1, warn: () => {} })
    const replay = new ReplayedBooks({
      facts: { stepMs: 5_000, books: 'partial', scales: { AUSDT: SCALE } },
      hasClosings: true,
    })
    for (const [i, b] of [[['98', '2']], bids, bids].entries()) {
      const frame = { U: i, u: i, pu: 0, b, a: SIDE } as unknown as DepthFrame
      const event = { kind: 'depth', symbol: 'AUSDT', eventMs: START_MS + i, receivedMs: START_MS + i, frame } as const
      books.handle(event, START_MS + i)
      expect(books.wasTaken).toBe(true)
      recording.taken(event, () => true)
      const row = JSON.parse(JSON.stringify(recorder.of('frames').at(-1)))
      replay.take({ table: 'frames', row })
      const [live, again] = [books.book('AUSDT')!, replay.books!.book('AUSDT')!]
      expect([again.isLive, again.bids.best(9), again.asks.best(9)]).toEqual([
        live.isLive,
        live.bids.best(9),
        live.asks.best(9),
      ])
    }
    expect(replay.books!.counters().malformed).toEqual(books.counters().malformed)
  })
})
