import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MarketBooks, type MarketBooksBar } from '../../../src/core/orderbook/market-books.js'
import type { BookKind } from '../../../src/core/orderbook/market-features.js'
import { ReplayedBooks, type ReplayedRow } from '../../../src/core/orderbook/replayed-books.js'
import type { FrameRow, MarketRecorder } from '../../../src/ports/market-recording.js'
import { BookRecording } from '../../../src/runtime/services/order-book/book-recording.js'
import {
  contractOf,
  played,
  STORY_START_MS,
  STORY_STEP_MS,
  STORY_SYMBOLS,
  type StoryStep,
  story,
} from '../../support/market-story.js'

const SCALES = Object.fromEntries(STORY_SYMBOLS.map((symbol) => [symbol, contractOf(symbol)]))
const FACTS = { stepMs: STORY_STEP_MS, books: 'diffs' as const, scales: SCALES }
const kind = fc.constantFrom<BookKind[]>('diffs', 'partial')

/** Books that are recorded while they live: their bars, and what was written. */
function recorded(steps: readonly StoryStep[], kind: BookKind): { bars: MarketBooksBar[]; rows: ReplayedRow[] } {
  const rows: ReplayedRow[] = []
  let n = 0
  const recorder = {
    nextNumber: () => ++n,
    scale: () => {},
    // What is written has been text.
    add: (table: string, row: object) => rows.push({ table, row: JSON.parse(JSON.stringify(row)) } as ReplayedRow),
  } as Partial<MarketRecorder> as MarketRecorder
  const books = new MarketBooks({ stepMs: STORY_STEP_MS, startMs: STORY_START_MS + 1, books: kind })
  const recording = new BookRecording({ recorder, marksEveryMs: 1, warn: () => expect.unreachable() })
  recording.started(STORY_START_MS + 1)
  const bars = played(steps, {
    books,
    heard(event) {
      if (books.wasTaken) recording.taken(event, (symbol) => books.book(symbol) !== undefined)
    },
    listing: (contract, of) => recording.listing(contract, of),
    closed: (bar, atMs) => recording.bar(bar, atMs),
  })
  return { bars, rows: rows.filter(({ table }) => table in REPLAYED) }
}

const REPLAYED = { frames: 0, liquidations: 0, closings: 0, listings: 0 }

function replayed(rows: readonly ReplayedRow[], { books = 'diffs' as BookKind, hasClosings = true }): MarketBooksBar[] {
  const replay = new ReplayedBooks({ facts: { ...FACTS, books }, hasClosings })
  return rows.flatMap((row) => replay.take(row))
}

describe('a recorded market that is played again', () => {
  it('has the bars that it had, bit for bit', () => {
    let withFeatures = 0
    fc.assert(
      fc.property(story, kind, (steps, books) => {
        const { bars, rows } = recorded(steps, books)
        expect(replayed(rows, { books })).toStrictEqual(bars)
        for (const { assets } of bars)
          withFeatures += assets.filter(({ features }) => features.imbalanceMa5 !== undefined).length
      }),
      { numRuns: 150 },
    )
    expect(withFeatures).toBeGreaterThan(1_000)
  })

  it('begins anew where its recorder did', () => {
    fc.assert(
      fc.property(story, kind, (steps, books) => {
        const { bars, rows } = recorded(steps, books)
        expect(replayed([...rows, ...rows], { books })).toStrictEqual([...bars, ...bars])
      }),
      { numRuns: 20 },
    )
  })
})

const at = (row: Partial<FrameRow> & { readonly E_ms: number }): ReplayedRow => ({
  table: 'frames',
  row: { n: 0, received_ms: row.E_ms, symbol: 'AUSDT', U: null, u: null, pu: null, bids: null, asks: null, ...row },
})

describe('a recording that was made elsewhere', () => {
  const levels = { bids: [['99.9', '1']], asks: [['100.0', '1']] } as const
  const rows = [
    at({ E_ms: STORY_START_MS, U: 1, u: 2, pu: 0, bids: [], asks: [] }),
    at({ E_ms: STORY_START_MS, u: 2, ...levels }),
    at({ E_ms: STORY_START_MS + 2_000, U: 3, u: 3, pu: 2, bids: [['99.9', '3']], asks: [] }),
    at({ E_ms: STORY_START_MS + 3_000, U: 4, u: 4, pu: 3, bids: [], asks: [] }),
  ]
  const imbalances = (bars: readonly MarketBooksBar[]) => bars.map(({ assets }) => assets[0]?.value?.imbalance)
  const mine = (99.9 * 3 - 100) / (99.9 * 3 + 100)

  it('closes each bar before the first frame that is stamped at or after its end', () => {
    const bars = replayed(rows, { hasClosings: false })
    expect(bars.map(({ endMs }) => endMs - STORY_START_MS)).toEqual([1_000, 2_000, 3_000])
    expect(imbalances(bars)[2]).toBeCloseTo(mine, 12)
    expect(imbalances(bars).slice(0, 2)).toEqual([(99.9 - 100) / 199.9, (99.9 - 100) / 199.9])
  })

  it('has no bars of a symbol whose decimals it does not say', () => {
    const strange = rows.map(({ row }) => at({ ...(row as FrameRow), symbol: '__proto__' }))
    expect(replayed(strange, { hasClosings: false }).flatMap(({ assets }) => assets)).toEqual([])
  })

  it('takes a snapshot that nobody waits for as none', () => {
    const { E_ms } = rows[0]!.row as FrameRow
    const replay = new ReplayedBooks({ facts: FACTS, hasClosings: false })
    for (const row of [at({ E_ms, u: 2, ...levels }), ...rows]) replay.take(row)
    expect(replay.books!.counters().books.snapshotsIgnored).toBe(1)
    expect(replay.books!.book('AUSDT')!.updateId).toBe(4)
  })
})
