import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MarketBooks, type MarketBooksBar } from '../../../src/core/orderbook/market-books.js'
import type { AssetBar } from '../../../src/core/orderbook/market-features.js'
import type { LevelRows } from '../../../src/ports/vocabulary/depth.js'
import {
  contractOf,
  type LevelChange,
  levelChange,
  levelRows,
  STORY_START_MS as START_MS,
  STORY_STEP_MS as STEP_MS,
} from '../../support/market-story.js'

const SYMBOLS = ['AUSDT', 'BUSDT', 'CUSDT']

/** Changes of the books of some symbols, all at once. */
interface Change {
  readonly laterMs: number
  readonly of: number
  readonly levels: readonly LevelChange[]
}

const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    laterMs: fc.nat(700),
    of: fc.nat(SYMBOLS.length - 1),
    levels: fc.array(levelChange, { minLength: 1, maxLength: 8 }),
  }),
  { minLength: 100, maxLength: 400, size: 'max' },
)

/** Where the frames of a change are cut. */
type Cut = (change: Change) => readonly number[]
const WHOLE: Cut = () => []

/** A market of which every book is live; each starts with the levels that it has by then. */
class Market {
  readonly bars: MarketBooksBar[] = []
  private readonly books: MarketBooks
  private readonly levels: readonly Map<string, LevelChange>[]
  private readonly lastIds = SYMBOLS.map(() => 1)

  constructor({ symbols = SYMBOLS, startMs = START_MS, lots = 1, levels = SYMBOLS.map(() => START_LEVELS) } = {}) {
    this.books = new MarketBooks({ stepMs: STEP_MS, startMs, books: 'diffs' })
    this.levels = levels.map((of) => new Map(of))
    this.lots = lots
    for (const symbol of symbols) this.books.list(contractOf(symbol))
    for (const [place, symbol] of SYMBOLS.entries()) {
      this.frame(place, { U: 1, u: 1, pu: 0, levels: [], atMs: startMs })
      const snapshot = { requestId: this.books.requestId(symbol)!, lastUpdateId: 1, ...this.shown(place) }
      this.books.handle({ kind: 'snapshot', symbol, atMs: startMs, receivedMs: startMs, snapshot }, 0)
    }
  }

  private readonly lots: number

  take({ of, levels }: Change, atMs: number, cuts: readonly number[]): void {
    this.close(atMs)
    const places = [...new Set([0, ...cuts.filter((cut) => cut < levels.length), levels.length])].sort((a, b) => a - b)
    for (const [i, end] of places.slice(1).entries()) {
      const part = levels.slice(places[i]!, end)
      const pu = this.lastIds[of]!
      this.lastIds[of] = pu + part.length
      this.frame(of, { U: pu + 1, u: this.lastIds[of]!, pu, levels: part, atMs })
    }
    for (const level of levels) this.levels[of]!.set(`${level[0]}${level[1]}`, level)
  }

  close(untilMs: number): void {
    this.bars.push(...this.books.closeUntil(untilMs))
  }

  /** A market that begins with the books that this one has. */
  again(startMs: number): Market {
    return new Market({ startMs, levels: this.levels.map((of) => new Map(of)) })
  }

  private shown(place: number): { bids: LevelRows; asks: LevelRows } {
    const there = [...this.levels[place]!.values()].filter(([, , lots]) => lots > 0)
    return { bids: this.rows(there, 'b'), asks: this.rows(there, 'a') }
  }

  private rows(levels: readonly LevelChange[], side: 'b' | 'a'): LevelRows {
    return levelRows(
      levels.map(([of, ticks, lots]) => [of, ticks, lots * this.lots] as const),
      side,
    )
  }

  private frame(
    place: number,
    of: { U: number; u: number; pu: number; levels: readonly LevelChange[]; atMs: number },
  ): void {
    const { U, u, pu, levels, atMs } = of
    const frame = { U, u, pu, b: this.rows(levels, 'b'), a: this.rows(levels, 'a') }
    const symbol = SYMBOLS[place]!
    this.books.handle({ kind: 'depth', symbol, eventMs: atMs, receivedMs: atMs, frame }, 0)
  }
}

const START_LEVELS = new Map<string, LevelChange>([
  ['b984', ['b', 984, 20]],
  ['a1016', ['a', 1_016, 20]],
])

/** Some frames a second, for so long that windows fill. */
function barsOf(all: readonly Change[], market = new Market(), cut = WHOLE): MarketBooksBar[] {
  let atMs = START_MS
  for (const change of all) {
    atMs += change.laterMs
    market.take(change, atMs, cut(change))
  }
  market.close(atMs + STEP_MS)
  return market.bars
}

function bySymbol({ assets }: MarketBooksBar): Record<string, AssetBar> {
  return Object.fromEntries(assets.map((asset) => [asset.symbol, asset]))
}

describe('features', () => {
  it('are the same, bit for bit, however updates of one time are cut into frames', () => {
    const cuts = fc.array(fc.nat(8), { maxLength: 4 })
    fc.assert(
      fc.property(changes, cuts, (all, at) => {
        expect(barsOf(all, new Market(), () => at)).toStrictEqual(barsOf(all))
      }),
      { numRuns: 40 },
    )
  })

  it('are the same, bit for bit, in whatever order the symbols joined', () => {
    fc.assert(
      fc.property(changes, fc.shuffledSubarray(SYMBOLS, { minLength: SYMBOLS.length }), (all, symbols) => {
        const [one, other] = [barsOf(all), barsOf(all, new Market({ symbols }))]
        expect(other.map(bySymbol)).toStrictEqual(one.map(bySymbol))
        expect(other.map(({ macro }) => macro)).toStrictEqual(one.map(({ macro }) => macro))
      }),
      { numRuns: 40 },
    )
  })

  it('are the same, bit for bit, after a restart at the end of a bar, once their windows are full again', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 30 }), (all, bars) => {
        const startMs = START_MS + bars * STEP_MS
        const before = new Market()
        let [atMs, taken] = [START_MS, 0]
        while (taken < all.length && atMs + all[taken]!.laterMs < startMs) {
          atMs += all[taken]!.laterMs
          before.take(all[taken++]!, atMs, [])
        }
        before.close(startMs)
        const after = before.again(startMs)
        for (const change of all.slice(taken)) {
          atMs += change.laterMs
          for (const market of [before, after]) market.take(change, atMs, [])
        }
        for (const market of [before, after]) market.close(atMs + STEP_MS)
        const old = before.bars.slice(bars)
        expect(after.bars.length).toBe(old.length)
        for (const [i, bar] of after.bars.entries()) {
          for (const [place, { value, features }] of bar.assets.entries()) {
            const was = old[i]!.assets[place]!
            // Of the first bar it is not known what it began with.
            expect(value).toStrictEqual(i === 0 ? { ...was.value, fills: undefined } : was.value)
            if (i >= 4) expect(features.imbalanceMa5).toBe(was.features.imbalanceMa5)
            if (i >= 9) expect(features.imbalancePersistence).toBe(was.features.imbalancePersistence)
            if (i >= 5) expect(features.withdrawalVelocity).toBe(was.features.withdrawalVelocity)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('of imbalance and quality are the same when all quantities are multiplied', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 2, max: 1_000 }), (all, lots) => {
        const [one, many] = [barsOf(all), barsOf(all, new Market({ lots }))]
        for (const [i, bar] of one.entries()) {
          for (const [place, { value, features }] of bar.assets.entries()) {
            const scaled = many[i]!.assets[place]!
            expect(scaled.value!.depthUsd).toBeCloseTo(value!.depthUsd * lots, 4)
            expect(scaled.value!.imbalance).toBeCloseTo(value!.imbalance, 10)
            for (const figure of ['imbalanceMa5', 'depthQuality', 'withdrawalVelocity', 'fillProbability'] as const) {
              const was = features[figure]
              if (was === undefined) expect(scaled.features[figure]).toBeUndefined()
              else expect(scaled.features[figure]).toBeCloseTo(was, 10)
            }
          }
        }
      }),
      { numRuns: 20 },
    )
  })
})
