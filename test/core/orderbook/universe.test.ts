import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UniverseBooks, type UniverseSnapshot, universeDocument } from '../../../src/core/orderbook/universe.js'
import type { MarketDataEvent } from '../../../src/ports/market-data.js'
import type { LevelRows } from '../../../src/ports/vocabulary/depth.js'

const START_MS = 1_767_225_600_000
const MINUTE_MS = 60_000
const SCALE = { priceDecimals: 1, quantityDecimals: 0 }

function universeOf(symbols: readonly string[]): UniverseBooks {
  const books = new UniverseBooks({ startMs: START_MS })
  for (const symbol of symbols) books.list({ symbol, ...SCALE })
  return books
}

interface Frame {
  readonly symbol?: string
  readonly atMs?: number
  /** As its time when absent: later frames are newer. */
  readonly u?: number
  readonly bid?: number
  readonly bidLots?: number
  readonly askLots?: number
}

/** One level on each side; times count from the start. */
function frameOf(frame: Frame): MarketDataEvent {
  const { symbol = 'AUSDT', atMs = 0, bid = 1_000, bidLots = 1, askLots = 1 } = frame
  const { u = atMs } = frame
  const b: LevelRows = [[(bid / 10).toFixed(1), String(bidLots)]]
  const a: LevelRows = [[((bid + 1) / 10).toFixed(1), String(askLots)]]
  const eventMs = START_MS + atMs
  return { kind: 'depth', symbol, eventMs, receivedMs: eventMs, frame: { U: u, u, pu: u - 1, b, a } }
}

function lost(symbols: string[], atMs: number): MarketDataEvent {
  return { kind: 'lost', symbols, atMs: START_MS + atMs, receivedMs: 0 }
}

/** The snapshots of the first minutes. */
function taken(books: UniverseBooks, minutes: number): UniverseSnapshot[] {
  return books.snapshotsUntil(START_MS + minutes * MINUTE_MS)
}

describe('a snapshot of the universe', () => {
  it('has each book as it was in force just before the minute, whenever it is taken', () => {
    const books = universeOf(['AUSDT'])
    books.handle(frameOf({ atMs: 59_999, bid: 1_000 }))
    books.handle(frameOf({ atMs: 60_000, bid: 1_500 }))
    books.handle(frameOf({ atMs: 119_999, bid: 2_000 }))
    books.handle(frameOf({ atMs: 150_000, bid: 3_000 }))
    const snapshots = taken(books, 3)
    expect(snapshots.map(({ atMs, assets }) => [(atMs - START_MS) / MINUTE_MS, assets[0]!.best_bid])).toEqual([
      [1, 100],
      [2, 200],
      [3, 300],
    ])
    expect(books.nextMs).toBe(START_MS + 4 * MINUTE_MS)
  })

  it('counts what comes late with an older stamp from the minute on', () => {
    const books = universeOf(['AUSDT'])
    books.handle(frameOf({ atMs: 1_000 }))
    const first = taken(books, 1)
    books.handle(frameOf({ atMs: 30_000, bid: 1_500 }))
    expect([...first, ...taken(books, 2)].map(({ assets }) => assets[0]!.best_bid)).toEqual([100, 150])
    // The frame counts from the minute on, so that it is just fresh enough at the next.
    expect(taken(books, 3)[0]!.missing).toEqual(['AUSDT'])
  })

  it('names who is missing: no book, a lost one, a bad one, or none for more than a minute', () => {
    const books = universeOf(['COLD', 'LOST', 'BAD', 'OLD', 'FRESH'])
    for (const symbol of ['LOST', 'BAD', 'OLD', 'FRESH']) books.handle(frameOf({ symbol, atMs: 0, u: 1 }))
    expect(taken(books, 1)[0]!.missing).toEqual(['COLD'])
    for (const symbol of ['LOST', 'BAD', 'FRESH']) books.handle(frameOf({ symbol, atMs: 60_001, u: 2 }))
    books.handle(lost(['LOST', 'ZUSDT'], 70_000))
    const bad = frameOf({ symbol: 'BAD', atMs: 70_000, u: 3, bidLots: -1 })
    books.handle(bad)
    const [second] = taken(books, 2)
    expect(second!.missing).toEqual(['BAD', 'COLD', 'LOST', 'OLD'])
    expect(second!.assets.map(({ symbol }) => symbol)).toEqual(['FRESH'])
    expect(books.counters()).toEqual({ frames: 8, unlisted: 0, malformed: 1 })
  })

  it('misses nobody who has left, and knows nothing of whoever comes again', () => {
    const books = universeOf(['AUSDT', 'BUSDT'])
    for (const symbol of ['AUSDT', 'BUSDT']) books.handle(frameOf({ symbol, atMs: 1 }))
    books.drop('AUSDT')
    expect(taken(books, 1)[0]!.missing).toEqual([])
    books.list({ symbol: 'AUSDT', ...SCALE })
    books.list({ symbol: 'BUSDT', ...SCALE })
    books.handle(frameOf({ symbol: 'BUSDT', atMs: 60_001 }))
    expect(taken(books, 2)[0]).toMatchObject({ missing: ['AUSDT'], assets: [{ symbol: 'BUSDT' }] })
    books.list({ symbol: 'BUSDT', ...SCALE, priceDecimals: 2 })
    expect(taken(books, 3)[0]!.missing).toEqual(['AUSDT', 'BUSDT'])
  })

  it('has a depth quality of a half for the usual asset, less than 1 for any, and 0 where there is no depth at all', () => {
    const books = universeOf(['AUSDT', 'BUSDT', 'CUSDT'])
    for (const [i, symbol] of ['AUSDT', 'BUSDT', 'CUSDT'].entries())
      books.handle(frameOf({ symbol, atMs: 1, bidLots: 10 ** i, askLots: 10 ** i }))
    const [thin, usual, deep] = taken(books, 1)[0]!.assets.map((of) => of.depth_quality)
    expect([thin, usual, deep].map((of) => of!.toFixed(4))).toEqual(['0.0909', '0.5000', '0.9091'])
    // A spread of more than 2 % leaves nothing within 1 % of mid.
    const wide = universeOf(['AUSDT'])
    const frame = { U: 1, u: 1, pu: 0, b: [['1.0', '1']], a: [['2.0', '1']] } as const
    wide.handle({ kind: 'depth', symbol: 'AUSDT', eventMs: START_MS, receivedMs: 0, frame })
    expect(taken(wide, 1)[0]!.assets[0]).toMatchObject({ depth_1pct_usd: 0, depth_quality: 0 })
  })

  it('has a fill probability from twenty windows on with the symbol at both ends, of the last 120', () => {
    const books = universeOf(['AUSDT'])
    const told: (number | null | undefined)[] = []
    for (let minute = 0; minute < 150; minute++) {
      // The ask of one window falls to the bid of the one before: a resting buy is filled. Window 10 is missed.
      if (minute !== 10) books.handle(frameOf({ atMs: minute * MINUTE_MS + 1, u: minute + 1, bid: 1_000 - minute }))
      told.push(taken(books, minute + 1)[0]!.assets[0]?.fill_probability)
    }
    // Before it there are 9 windows with both ends, and the two around it have but one.
    expect(told.findIndex((of) => typeof of === 'number')).toBe(22)
    expect(told[22]).toBe((20 + 1) / (2 * 20 + 2))
    expect(told[149]).toBe((120 + 1) / (2 * 120 + 2))
    expect(told[10]).toBeUndefined()
  })

  it('is the same in whatever order the symbols are listed, but for their order', () => {
    const symbols = ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT']
    const frame = fc.record({ of: fc.nat(3), laterMs: fc.nat(40_000), bid: fc.integer({ min: 900, max: 1_100 }) })
    fc.assert(
      fc.property(fc.array(frame), fc.shuffledSubarray(symbols, { minLength: 4 }), (frames, order) => {
        const [one, other] = [symbols, order].map((listed) => {
          const books = universeOf(listed)
          let atMs = 0
          for (const { of, laterMs, bid } of frames) {
            atMs += laterMs
            books.handle(frameOf({ symbol: symbols[of]!, atMs, u: atMs, bid }))
          }
          return books.snapshotsUntil(START_MS + atMs + 3 * MINUTE_MS).map(universeDocument)
        })
        expect(one).toEqual(other)
      }),
    )
  })

  it('is taken whatever is heard, and holds numbers', () => {
    const symbol = fc.constantFrom<unknown>('AUSDT', '__proto__', 'toString', null)
    const stamp = fc.constantFrom<unknown>(START_MS, START_MS + 1e5, Number.NaN, 1e300, -1, '5')
    const rows = fc.oneof(fc.constantFrom<unknown>([['1.0', '5']], [['1.1', '5']], 'ab', null), fc.anything())
    const id = fc.oneof(fc.constantFrom<unknown>(Number.NaN, 1e300, '1', null), fc.nat(9))
    const frame = fc.oneof(fc.anything(), fc.record({ U: fc.constant(0), u: id, b: rows, a: rows }))
    const event = fc.oneof(
      fc.record({ kind: fc.constant('depth'), symbol, eventMs: stamp, frame }),
      fc.record({ kind: fc.constant('lost'), symbols: fc.array(symbol), atMs: stamp }),
      fc.record({ kind: fc.constantFrom('malformed', 'listed', 'notice') }),
    )
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const books = universeOf(['AUSDT', '__proto__'])
        for (const [i, one] of events.entries()) {
          books.handle(one as unknown as MarketDataEvent)
          for (const { assets } of books.snapshotsUntil(START_MS + i * 20_000))
            for (const health of assets) for (const figure of Object.values(health)) expect(figure).not.toBeNaN()
        }
      }),
      { numRuns: 300 },
    )
  })
})
