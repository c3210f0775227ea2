import { describe, expect, it } from 'vitest'
import { MarketBooks } from '../../../src/core/orderbook/market-books.js'
import type { MarketDataEvent } from '../../../src/ports/market-data.js'
import type { DepthFrame, LevelRows } from '../../../src/ports/vocabulary/depth.js'
import { contractOf, STORY_START_MS as START_MS, STORY_STEP_MS as STEP_MS } from '../../support/market-story.js'

const BIDS: LevelRows = [['99.9', '1']]
const ASKS: LevelRows = [['100.0', '1']]

function diff(ids: { U: number; u: number; pu: number }, { b = [], a = [] }: { b?: LevelRows; a?: LevelRows } = {}) {
  return { ...ids, b, a }
}

function depth(frame: DepthFrame, { symbol = 'AUSDT', eventMs = START_MS } = {}): MarketDataEvent {
  return { kind: 'depth', symbol, eventMs, receivedMs: eventMs, frame }
}

function snapshotOf(requestId: number, { lastUpdateId = 1, bids = BIDS, asks = ASKS, atMs = START_MS } = {}) {
  const snapshot = { requestId, lastUpdateId, bids, asks }
  return { kind: 'snapshot', symbol: 'AUSDT', atMs, receivedMs: atMs, snapshot } as const
}

function booksOf(kind: 'diffs' | 'partial' = 'diffs', symbols = ['AUSDT']): MarketBooks {
  const books = new MarketBooks({ stepMs: STEP_MS, startMs: START_MS, books: kind })
  for (const symbol of symbols) books.list(contractOf(symbol))
  return books
}

/** Books of changes of which the first is live since the start, at update 1. */
function liveBooks(symbols?: string[]): MarketBooks {
  const books = booksOf('diffs', symbols)
  expect(books.handle(depth(diff({ U: 1, u: 1, pu: 0 })), 0)).toEqual([
    { kind: 'askSnapshot', symbol: 'AUSDT', requestId: 1, afterMs: 0 },
  ])
  expect(books.handle(snapshotOf(1), 0)).toEqual([])
  expect(books.book('AUSDT')).toMatchObject({ isLive: true, updateId: 1 })
  return books
}

const partial = (u: number, eventMs = START_MS) => depth({ U: u, u, pu: u - 1, b: BIDS, a: ASKS }, { eventMs })
const lost = (atMs: number) => ({ kind: 'lost', symbols: ['AUSDT', 'ZUSDT'], atMs, receivedMs: atMs }) as const

describe('the books of a market', () => {
  it('say that a snapshot is to be asked for, and when a book has to begin anew', () => {
    const books = liveBooks()
    expect(books.handle(depth(diff({ U: 9, u: 9, pu: 8 })), 5_000)).toEqual([
      { kind: 'resync', symbol: 'AUSDT', reason: 'gap' },
      { kind: 'askSnapshot', symbol: 'AUSDT', requestId: 2, afterMs: 0 },
    ])
    expect(books.requestId('AUSDT')).toBe(2)
    const failed = { kind: 'snapshotFailed', symbol: 'AUSDT', requestId: 2, receivedMs: 0, message: '' } as const
    expect(books.handle(failed, 5_000)).toEqual([
      { kind: 'askSnapshot', symbol: 'AUSDT', requestId: 3, afterMs: 1_000 },
    ])
    expect(books.counters()).toMatchObject({ live: 0, resyncs: { gap: 1 }, books: { gaps: 1, snapshotsFailed: 1 } })
  })

  it.each([
    ['malformed', diff({ U: 2, u: 2, pu: 1 }, { b: [['x', '1']] })],
    ['crossed', diff({ U: 2, u: 2, pu: 1 }, { b: [['100.0', '1']] })],
    ['gap', diff({ U: 3, u: 3, pu: 2 })],
  ] as const)('are unknown from a frame on that makes them begin anew: %s', (reason, frame) => {
    const books = liveBooks()
    books.handle(depth(frame, { eventMs: START_MS + 400 }), 0)
    expect(books.counters().resyncs).toEqual({ gap: 0, crossed: 0, malformed: 0, [reason]: 1 })
    expect(books.sample('AUSDT')).toBeUndefined()
    // 400 ms of a second are less than half of it.
    expect(books.closeUntil(START_MS + STEP_MS)[0]!.assets[0]!.value).toBeUndefined()
  })

  it('answer every frame that only changes a book by one and the same empty list', () => {
    const books = liveBooks()
    const answers = [2, 3, 4].map((u) => books.handle(depth(diff({ U: u, u, pu: u - 1 })), 0))
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toEqual([])
  })

  it('are unknown after a loss until they are whole again', () => {
    const books = liveBooks()
    books.handle(lost(START_MS + 400), 0)
    expect([books.wasTaken, books.book('AUSDT')!.isLive, books.requestId('AUSDT')]).toEqual([true, false, undefined])
    expect(books.closeUntil(START_MS + STEP_MS)[0]!.assets[0]!.value).toBeUndefined()
    const eventMs = START_MS + STEP_MS
    expect(books.handle(depth(diff({ U: 7, u: 7, pu: 6 }), { eventMs }), 9_000)).toMatchObject([
      { kind: 'askSnapshot', requestId: 2 },
    ])
    books.handle(snapshotOf(2, { lastUpdateId: 7, atMs: eventMs }), 9_000)
    expect(books.closeUntil(START_MS + 2 * STEP_MS)[0]!.assets[0]!.value?.mid).toBe(99.95)
  })

  it('of best levels are unknown after a loss until the next frame', () => {
    const books = booksOf('partial')
    books.handle(partial(5), 0)
    books.handle(lost(START_MS + 100), 0)
    expect(books.sample('AUSDT')).toBeUndefined()
    books.handle(partial(1, START_MS + 300), 0)
    expect(books.sample('AUSDT')?.mid).toBe(99.95)
  })

  it('of best levels are unknown after a bad frame until the next good one, and say so', () => {
    const books = booksOf('partial')
    books.handle(partial(1), 0)
    expect(books.handle(depth({ U: 2, u: 2, pu: 1, b: ASKS, a: ASKS }), 0)).toEqual([
      { kind: 'resync', symbol: 'AUSDT', reason: 'crossed' },
    ])
    books.handle(partial(3), 0)
    expect(books.handle(depth({ U: 4, u: 4, pu: 3, b: [['x', '1']], a: ASKS }), 0)).toEqual([
      { kind: 'resync', symbol: 'AUSDT', reason: 'malformed' },
    ])
    expect(books.counters()).toMatchObject({ malformed: { depth: 1 }, resyncs: { gap: 0, crossed: 1, malformed: 1 } })
  })

  it('make marked bars of best levels, and no market-wide figures of them', () => {
    const [whole, best] = [booksOf('diffs'), booksOf('partial')]
    const liquidation = { kind: 'liquidation', symbol: 'AUSDT', side: 'SELL', price: 1e6, orderPrice: 1 } as const
    for (const books of [whole, best])
      books.handle({ ...liquidation, baseQuantity: 1, atMs: START_MS, receivedMs: START_MS }, 0)
    const macros = [whole, best].map((books) => {
      const [bar] = books.closeUntil(START_MS + STEP_MS)
      return [bar!.books, bar!.macro.cascadeCount, books.macroAt(START_MS + STEP_MS).cascadeCount]
    })
    expect(macros).toEqual([
      ['diffs', 1, 1],
      ['partial', 0, 0],
    ])
  })

  it('count a liquidation as its price times what was filled', () => {
    const cascades = [100_000, 100_001].map((price) => {
      const books = booksOf()
      const order = { symbol: 'AUSDT', side: 'BUY', price, orderPrice: 2 * price, baseQuantity: 1 } as const
      books.handle({ kind: 'liquidation', ...order, atMs: START_MS + 5, receivedMs: 0 }, 0)
      return books.closeUntil(START_MS + STEP_MS)[0]!.macro.cascadeCount
    })
    expect(cascades).toEqual([0, 1])
  })

  it('tell what has changed once, and what is not known any more', () => {
    const books = liveBooks(['AUSDT', 'BUSDT'])
    expect([...books.takeChanged()]).toEqual(['AUSDT'])
    expect([...books.takeChanged()]).toEqual([])
    books.handle(depth(diff({ U: 1, u: 1, pu: 0 })), 0)
    expect([...books.takeChanged()]).toEqual([])
    books.handle(depth(diff({ U: 2, u: 2, pu: 1 })), 0)
    books.handle(depth(diff({ U: 3, u: 3, pu: 2 })), 0)
    expect([...books.takeChanged()]).toEqual(['AUSDT'])
    books.handle(lost(START_MS), 0)
    expect([...books.takeChanged()]).toEqual(['AUSDT'])
    books.handle(lost(START_MS), 0)
    expect([...books.takeChanged()]).toEqual([])
  })

  it('tell nothing of a change of a symbol that has left since', () => {
    const books = liveBooks()
    books.drop('AUSDT')
    expect([...books.takeChanged()]).toEqual([])
    expect([books.book('AUSDT'), books.sample('AUSDT'), books.requestId('AUSDT')]).toEqual(Array(3).fill(undefined))
  })

  it.each<[string, MarketDataEvent]>([
    ['a frame', depth(diff({ U: 2, u: 2, pu: 1 }))],
    ['a frame that is old', depth(diff({ U: 1, u: 1, pu: 0 }))],
    ['a frame that cannot be read', depth(diff({ U: 2, u: 1, pu: 1 }))],
  ])('take %s', (_, event) => {
    const books = liveBooks()
    books.handle(event, 0)
    expect(books.wasTaken).toBe(true)
  })

  it.each<[string, MarketDataEvent]>([
    ['a frame of a symbol that is not listed', depth(diff({ U: 2, u: 2, pu: 1 }), { symbol: 'ZUSDT' })],
    ['a frame without a time', depth(diff({ U: 2, u: 2, pu: 1 }), { eventMs: Number.NaN })],
    ['a snapshot that nobody waits for', snapshotOf(1)],
    ['the loss of others', { kind: 'lost', symbols: ['ZUSDT'], atMs: START_MS, receivedMs: 0 }],
    ['what could not be read', { kind: 'malformed', symbol: 'AUSDT', what: 'depth', receivedMs: 0 }],
    ['an open interest', { kind: 'openInterest', symbol: 'AUSDT', openInterest: 1, atMs: 0, receivedMs: 0 }],
  ])('do not take %s', (_, event) => {
    const books = liveBooks()
    books.handle(event, 0)
    expect(books.wasTaken).toBe(false)
    expect(books.book('AUSDT')).toMatchObject({ isLive: true, updateId: 1 })
  })

  it('take the snapshot that is waited for when it can be read', () => {
    const books = booksOf()
    books.handle(depth(diff({ U: 1, u: 1, pu: 0 })), 0)
    for (const [event, isTaken] of [
      [snapshotOf(2), false],
      [snapshotOf(1, { bids: [['x', '1']] }), false],
      [snapshotOf(1), false],
      [snapshotOf(2), true],
    ] as const) {
      books.handle(event, 0)
      expect(books.wasTaken).toBe(isTaken)
    }
    expect(books.counters().malformed).toEqual({ snapshot: 1 })
  })
})

describe('a symbol', () => {
  it('joins with the open bar, late as it is, and begins anew when it comes again', () => {
    const books = liveBooks()
    books.handle(depth(diff({ U: 2, u: 2, pu: 1 }, { b: [['99.9', '3']] }), { eventMs: START_MS + 10 }), 0)
    expect(books.closeUntil(START_MS + STEP_MS)[0]!.assets.map(({ symbol }) => symbol)).toEqual(['AUSDT'])
    expect([books.list(contractOf('BUSDT')), books.list(contractOf('BUSDT'))]).toEqual([true, false])
    expect([books.drop('AUSDT'), books.drop('AUSDT'), books.list(contractOf('AUSDT'))]).toEqual([true, false, true])
    const [bar] = books.closeUntil(START_MS + 2 * STEP_MS)
    expect(bar!.assets.map(({ symbol, value }) => [symbol, value])).toEqual([
      ['BUSDT', undefined],
      ['AUSDT', undefined],
    ])
    expect(books.counters()).toMatchObject({ listed: 2, live: 0, books: { applied: 2 } })
  })

  it('begins anew when its decimals are others', () => {
    const books = liveBooks()
    expect(books.list({ ...contractOf('AUSDT'), priceDecimals: 2 })).toBe(true)
    expect(books.book('AUSDT')).toMatchObject({ isLive: false, priceDecimals: 2 })
  })

  it('is dark with its tenth bar without a frame, counted from its listing, and back with the next frame', () => {
    const books = booksOf('partial', ['AUSDT', 'BUSDT'])
    const dark: unknown[] = []
    for (let bar = 1; bar <= 25; bar++) {
      if (bar === 3) books.list(contractOf('CUSDT'))
      if (bar <= 4) books.handle(partial(bar), 0)
      if (bar === 20) {
        const told = [partial(20), partial(21)].map((frame) => books.handle(frame, 0))
        expect(told).toEqual([[{ kind: 'dark', symbol: 'AUSDT', signal: 'DATA_BACK' }], []])
      }
      for (const of of books.closeUntil(START_MS + bar * STEP_MS)[0]!.dark) dark.push([bar, of.symbol, of.signal])
    }
    expect(dark).toEqual([
      [10, 'BUSDT', 'STALE_DATA'],
      [12, 'CUSDT', 'STALE_DATA'],
      [14, 'AUSDT', 'STALE_DATA'],
    ])
  })
})
