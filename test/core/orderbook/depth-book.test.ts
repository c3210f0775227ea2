import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BookEffect, DepthBook } from '../../../src/core/orderbook/depth-book.js'
import type { DepthFrame, LevelRows } from '../../../src/ports/vocabulary/depth.js'
import { RECORDED_SCALE, recordedDepth } from '../../support/recorded-depth.js'

const SCALE = { priceDecimals: 1, quantityDecimals: 3 }
const WHOLE = Number.POSITIVE_INFINITY

type Change = readonly [side: 'b' | 'a', ticks: number, lots: number]

/** Changes that never cross: bids below 1000 ticks, asks from there on. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.constant('b' as const), fc.integer({ min: 900, max: 999 }), fc.integer({ min: 0, max: 4 })),
  fc.tuple(fc.constant('a' as const), fc.integer({ min: 1000, max: 1100 }), fc.integer({ min: 0, max: 4 })),
)

function rows(changes: readonly Change[], of: 'b' | 'a'): LevelRows {
  return changes
    .filter(([side]) => side === of)
    .map(([, ticks, lots]) => [(ticks / 10).toFixed(1), (lots / 1_000).toFixed(3)] as const)
}

/** Diffs of one update a change, cut into frames at these places. */
function framesOf(changes: readonly Change[], cuts: readonly number[]): DepthFrame[] {
  const places = [...new Set([0, ...cuts.filter((cut) => cut < changes.length), changes.length])].sort((a, b) => a - b)
  return places.slice(1).map((end, i) => {
    const part = changes.slice(places[i]!, end)
    return { U: places[i]! + 1, u: end, pu: places[i]!, b: rows(part, 'b'), a: rows(part, 'a') }
  })
}

function requestIdOf(effects: readonly BookEffect[]): number | undefined {
  return effects.flatMap((effect) => (effect.type === 'requestSnapshot' ? [effect.requestId] : []))[0]
}

/** A book that was live before the first of these frames, and took them. */
function bookOf(frames: readonly DepthFrame[], bids: LevelRows = [], asks: LevelRows = []): DepthBook {
  const book = new DepthBook(SCALE)
  const requestId = requestIdOf(book.diff({ U: 0, u: 0, pu: -1, b: [], a: [] }, 0))!
  book.snapshot({ requestId, lastUpdateId: 0, bids, asks }, 0)
  for (const frame of frames) expect(book.diff(frame, 0)).toEqual([])
  return book
}

function levelsOf(book: DepthBook): unknown {
  return { u: book.updateId, bids: book.bids.best(WHOLE), asks: book.asks.best(WHOLE) }
}

describe('a book', () => {
  const changes = fc.array(change, { minLength: 1, maxLength: 120 })
  const cuts = fc.array(fc.nat(120), { maxLength: 20 })

  it('that is rebuilt from diffs is the snapshot of what they led to', () => {
    fc.assert(
      fc.property(changes, cuts, (all, at) => {
        const last = new Map<string, Change>(all.map((one) => [`${one[0]}${one[1]}`, one]))
        const left = [...last.values()].filter(([, , lots]) => lots > 0)
        const snapshot = new DepthBook(SCALE)
        const requestId = requestIdOf(
          snapshot.diff({ U: all.length, u: all.length, pu: all.length - 1, b: [], a: [] }, 0),
        )!
        snapshot.snapshot({ requestId, lastUpdateId: all.length, bids: rows(left, 'b'), asks: rows(left, 'a') }, 0)
        expect(levelsOf(bookOf(framesOf(all, at)))).toEqual(levelsOf(snapshot))
      }),
    )
  })

  it('is the same however the updates are cut into frames', () => {
    fc.assert(
      fc.property(changes, cuts, cuts, (all, one, other) => {
        expect(levelsOf(bookOf(framesOf(all, one)))).toEqual(levelsOf(bookOf(framesOf(all, other))))
      }),
    )
  })

  it('is the same whether the snapshot came early, late or in between', () => {
    fc.assert(
      fc.property(changes, cuts, fc.nat(20), fc.nat(20), (all, at, of, comes) => {
        const frames = framesOf(all, at)
        const taken = Math.min(of, frames.length - 1)
        const before = bookOf(frames.slice(0, taken))
        const text = (levels: [number, number][]): LevelRows =>
          levels.map(([ticks, lots]) => [String(ticks / 10), String(lots / 1_000)] as const)
        const snapshot = {
          lastUpdateId: before.updateId!,
          bids: text(before.bids.best(WHOLE)),
          asks: text(before.asks.best(WHOLE)),
        }
        const book = new DepthBook(SCALE)
        let requestId = 0
        for (const [i, frame] of frames.entries()) {
          requestId = requestIdOf(book.diff(frame, 0)) ?? requestId
          if (i === Math.min(comes, frames.length - 1)) book.snapshot({ ...snapshot, requestId }, 0)
        }
        expect(levelsOf(book)).toEqual(levelsOf(bookOf(frames)))
      }),
    )
  })

  it('is never crossed while it is live, and nothing that is sent makes it throw', () => {
    const text = fc.oneof(fc.constantFrom('', '-1', '1e5', 'NaN', '0', '99.95'), fc.double().map(String), fc.string())
    const good = fc.tuple(fc.integer({ min: 995, max: 1005 }), fc.integer({ min: 0, max: 3 }))
    const row = fc.oneof(
      { weight: 8, arbitrary: good.map(([ticks, lots]) => [String(ticks / 10), String(lots)]) },
      { weight: 1, arbitrary: fc.oneof(fc.tuple(text, text), fc.anything()) },
    )
    const list = fc.oneof(
      { weight: 9, arbitrary: fc.array(row, { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.anything() },
    )
    const id = fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: -1, max: 9 }) },
      { weight: 1, arbitrary: fc.anything() },
    )
    const event = fc.record({ kind: fc.nat(9), U: id, u: id, pu: id, b: list, a: list })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const book = new DepthBook({ ...SCALE, bufferedMax: 5 })
        let requestId = 0
        for (const [nowMs, { kind, U, u, pu, b, a }] of events.entries()) {
          let effects: readonly BookEffect[] = []
          const from = book.isLive && kind > 5 ? book.updateId : pu
          if (kind === 0) book.connectionChanged()
          else if (kind === 1) effects = book.snapshotFailed(requestId, nowMs)
          else if (kind < 5) effects = book.snapshot({ requestId, lastUpdateId: u, bids: b, asks: a } as never, nowMs)
          else effects = book.diff({ U, u: kind > 5 ? 10 + nowMs : u, pu: from, b, a } as never, nowMs)
          requestId = requestIdOf(effects) ?? requestId
          expect(effects.filter(({ type }) => type === 'requestSnapshot').length).toBeLessThanOrEqual(1)
          if (book.isLive && book.bids.count > 0 && book.asks.count > 0)
            expect(book.bids.bestTicks).toBeLessThan(book.asks.bestTicks)
        }
      }),
      { numRuns: 300 },
    )
  })

  it.each<[string, DepthFrame]>([
    ['an update id that is a text', { U: '1', u: 1, pu: 0, b: [], a: [] } as never],
    ['no update id before it', { U: 1, u: 1, b: [], a: [] } as never],
    ['a level that is no list', { U: 1, u: 1, pu: 0, b: [null], a: [] } as never],
    ['sides that are no lists', { U: 1, u: 1, pu: 0, b: 'ab', a: {} } as never],
    ['prices that are numbers', { U: 1, u: 1, pu: 0, b: [[99.9, 1]], a: [] } as never],
    ['an id that is before its first', { U: 2, u: 1, pu: 0, b: [], a: [] }],
  ])('is discarded by a diff with %s', (_, frame) => {
    const book = bookOf([])
    expect(book.diff(frame, 5_000)).toEqual([
      { type: 'resync', reason: 'malformed' },
      { type: 'requestSnapshot', requestId: 2, afterMs: 0 },
    ])
    expect([book.state, book.updateId, book.bids.count, book.counters.malformed]).toEqual(['SYNCING', undefined, 0, 1])
  })

  it('that waits for a snapshot forgets the diffs before a malformed one', () => {
    const book = new DepthBook(SCALE)
    book.diff({ U: 1, u: 5, pu: 0, b: [], a: [] }, 0)
    book.diff({ U: 6, u: 6, pu: 5, b: [['x', '1']], a: [] }, 0)
    book.diff({ U: 6, u: 6, pu: 5, b: [], a: [] }, 0)
    book.snapshot({ requestId: 1, lastUpdateId: 3, bids: [], asks: [] }, 0)
    expect([book.state, book.counters.snapshotsTooOld]).toEqual(['SYNCING', 1])
  })

  it('stays empty when all it has heard is malformed', () => {
    const book = new DepthBook(SCALE)
    expect(book.diff({ U: 1, u: 1, pu: 0, b: [['x', '1']], a: [] }, 0)).toEqual([])
    expect(book.state).toBe('EMPTY')
  })

  it('asks no oftener than every 30 s, however often the answer fails', () => {
    const book = new DepthBook(SCALE)
    let request = book.diff({ U: 1, u: 1, pu: 0, b: [], a: [] }, 0)
    const waitsMs: number[] = []
    for (let nowMs = 0; waitsMs.length < 10; nowMs += 100_000) {
      request = book.snapshotFailed(requestIdOf(request)!, nowMs)
      waitsMs.push(...request.flatMap((effect) => (effect.type === 'requestSnapshot' ? [effect.afterMs] : [])))
    }
    expect(waitsMs).toEqual([1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000])
  })
})

describe('the recorded book', () => {
  it('is the one that the exchange had, however its diffs are cut', () => {
    const { diffs, snapshot } = recordedDepth()
    const [whole, halved] = [new DepthBook(RECORDED_SCALE), new DepthBook(RECORDED_SCALE)]
    const take = (book: DepthBook, frame: DepthFrame) => {
      const requestId = requestIdOf(book.diff(frame, 0))
      if (requestId !== undefined) book.snapshot({ ...snapshot, requestId }, 0)
    }
    for (const frame of diffs) {
      take(whole, frame)
      const middle = frame.u - 1
      if (middle < frame.U) take(halved, frame)
      else {
        take(halved, { U: frame.U, u: middle, pu: frame.pu, b: frame.b.slice(0, 3), a: [] })
        take(halved, { U: frame.u, u: frame.u, pu: middle, b: frame.b.slice(3), a: frame.a })
      }
    }
    expect(whole.counters.applied).toBe(6_547)
    expect(halved.updateId).toBe(whole.updateId)
    expect(halved.bids.best(WHOLE)).toEqual(whole.bids.best(WHOLE))
    expect(halved.asks.best(WHOLE)).toEqual(whole.asks.best(WHOLE))
  })
})
