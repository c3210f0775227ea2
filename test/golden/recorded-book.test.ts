import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { BookSide } from '../../src/core/orderbook/book-side.js'
import { DepthBook } from '../../src/core/orderbook/depth-book.js'
import { RECORDED_SCALE, recordedDepth } from '../support/recorded-depth.js'

/** Best quotes after each applied diff: SHA-256 of their table as it was rebuilt apart from this code, 445,856 bytes. */
const BEST_QUOTES = 'df135ecc474afba8eb970df8887faeb5f3186858e2477afae62bd3abdaf03796'
const DIFFS = 6_547

interface Seen {
  /** A row after each diff that was applied. */
  readonly quotes: string[]
  /** After the last diff of each second, as JSON. */
  readonly top20: string[]
}

let seen: Seen | undefined

function replayed(): Seen {
  if (seen !== undefined) return seen
  seen = { quotes: [], top20: [] }
  const { diffs, snapshot } = recordedDepth()
  const book = new DepthBook(RECORDED_SCALE)
  for (const [i, { E, ...frame }] of diffs.entries()) {
    const { applied } = book.counters
    for (const effect of book.diff(frame, 0))
      if (effect.type === 'requestSnapshot') book.snapshot({ ...snapshot, requestId: effect.requestId }, 0)
    if (!book.isLive || book.counters.applied === applied) continue
    const { bids, asks } = book
    const best = [...levels(bids, 1)[0]!, ...levels(asks, 1)[0]!]
    seen.quotes.push([frame.u, E, ...best, bids.count, asks.count].join())
    if (second(diffs[i + 1]?.E) === second(E)) continue
    seen.top20.push(JSON.stringify({ E, u: frame.u, bids: levels(bids, 20), asks: levels(asks, 20) }))
  }
  return seen
}

function second(E = Number.NaN): number {
  return Math.floor(E / 1_000)
}

function levels(side: BookSide, count: number): [price: string, quantity: string][] {
  return side.best(count).map(([ticks, lots]) => [(ticks / 100).toFixed(2), (lots / 1_000).toFixed(3)])
}

function expectedTop20(): string[] {
  const file = new URL('../../fixtures/orderbook/btcusdt-2024-08-09-top20.jsonl.br', import.meta.url)
  return brotliDecompressSync(readFileSync(fileURLToPath(file)))
    .toString()
    .trim()
    .split('\n')
}

describe('the recorded book of BTCUSDT', () => {
  it('has after each of its 6,547 diffs the best quotes, and as many levels, as expected', () => {
    const rows = replayed().quotes
    expect(rows[0]).toBe('5123107853551,1723161256509,61800.20,2.909,61800.30,1.072,1005,1003')
    expect(rows.at(-1)).toBe('5123135475514,1723161601105,61659.70,1.486,61659.80,0.981,5018,4578')
    expect(rows).toHaveLength(DIFFS)
    const table = ['u,E,bid,bid_qty,ask,ask_qty,n_bids,n_asks', ...rows, ''].join('\n')
    expect(createHash('sha256').update(table).digest('hex')).toBe(BEST_QUOTES)
  })

  it('has at the end of each of its 346 seconds the best 20 levels of each side as expected', () => {
    expect(replayed().top20).toHaveLength(346)
    expect(replayed().top20).toEqual(expectedTop20())
  })
})
