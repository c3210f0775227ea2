import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelCascades } from '../../../src/core/analysis/cascade-labels.js'
import { CASCADE_RULES, type CascadeRules } from '../../../src/core/analysis/cascade-rules.js'
import { recordedCascades, wantedMarks } from '../../../src/core/analysis/recorded-cascades.js'
import { RecordedFeeds } from '../../../src/core/analysis/recorded-feeds.js'

const STEP_MS = 10_000

/** An hour of open interest that falls now and then, with liquidations and a mark each second. */
const markets = fc.record({
  changes: fc.array(fc.constantFrom(0, 0, 0, 0, -0.02, -0.06, -0.1, 0.19), { minLength: 360, maxLength: 360 }),
  forced: fc.array(fc.integer({ min: 0, max: 3_599_999 }), { minLength: 60, maxLength: 120 }),
  withoutMarks: fc.array(fc.integer({ min: 0, max: 3_599 }), { maxLength: 30 }),
})

describe('cascades of recorded markets', () => {
  test('are those that all of the marks would give, though most marks are not kept', () => {
    let [labelled, kept, given] = [0, 0, 0]
    fc.assert(
      fc.property(markets, ({ changes, forced, withoutMarks }) => {
        const interest: number[] = [1_000]
        for (const change of changes) interest.push(Math.max(1, Number((interest.at(-1)! * (1 + change)).toFixed(2))))
        const missing = new Set(withoutMarks)
        const marks = Array.from({ length: 5_400 }, (_, second) => second).filter((second) => !missing.has(second))
        const price = (second: number) => 100 + Math.round(1_000 * Math.sin(second / 200)) / 250
        const feeds = feedsOf({ interest, forced })
        const wanted = wantedMarks(feeds.bySymbol.get('A')!, CASCADE_RULES)
        feeds.want('A', wanted)
        for (const second of marks) feeds.mark(markRow(second * 1_000, price(second)), { ofFunding: false })
        const all = labelCascades({
          coin: 'A',
          openInterest: { tsMs: interest.map((_, i) => i * STEP_MS), figures: interest },
          liquidations: forced,
          marks: { tsMs: marks.map((second) => second * 1_000), figures: marks.map(price) },
        })
        const found = recordedCascades(feeds, CASCADE_RULES)
        expect({ ...found, cascades: found.cascades.map(({ liquidatedUsd: _, ...label }) => label) }).toEqual({
          cascades: all.labels,
          unpriced: all.unpriced,
        })
        labelled += all.labels.length
        kept += feeds.bySymbol.get('A')!.marks.length
        given += marks.length
      }),
      { numRuns: 60 },
    )
    expect(labelled).toBeGreaterThan(60)
    expect(kept).toBeLessThan(given)
  })

  test('are numbered in time over all symbols, with what was liquidated in them', () => {
    const feeds = new RecordedFeeds()
    for (const [symbol, atMs] of [
      ['B', 600_000],
      ['A', 900_000],
      ['C', 600_000],
    ] as const)
      plant(feeds, symbol, atMs)
    const { cascades, unpriced } = recordedCascades(feeds, CASCADE_RULES)
    expect(unpriced).toBe(0)
    expect(cascades.map(({ cascadeId, coin, liquidatedUsd }) => [cascadeId, coin, liquidatedUsd])).toEqual([
      [1, 'B', 500],
      [2, 'C', 500],
      [3, 'A', 500],
    ])
  })

  test.each<[string, Partial<CascadeRules>, number]>([
    ['a fall of exactly the fraction', { dropFrac: '0.12' }, 1],
    ['a fall of less', { dropFrac: '0.1201' }, 0],
    ['a fall that takes as long as the window', { withinMs: 20_000 }, 1],
    ['a fall that takes longer', { withinMs: 19_999 }, 0],
    ['as many liquidations as asked for', { liquidationsMin: 2 }, 1],
    ['fewer', { liquidationsMin: 3 }, 0],
    ['marks as old as allowed', { markStaleMs: 1_000 }, 1],
  ])('by rules of their own, %s: %j makes %d', (_, rules, count) => {
    const feeds = new RecordedFeeds()
    plant(feeds, 'A', 600_000)
    const found = recordedCascades(feeds, { ...CASCADE_RULES, ...rules })
    expect(found.cascades).toHaveLength(count)
  })

  test('by other rules have other waves and outcomes', () => {
    const feeds = new RecordedFeeds()
    plant(feeds, 'A', 600_000)
    const of = (rules: Partial<CascadeRules>) => recordedCascades(feeds, { ...CASCADE_RULES, ...rules }).cascades[0]!
    expect(of({}).waveCount).toBe(1)
    expect(of({ waveGapMs: 4_000 }).waveCount).toBe(2)
    expect(of({ waveGapMs: 4_000, waveSizeMin: 2 }).waveCount).toBe(0)
    expect(of({}).outcome).toBe('REVERSAL')
    expect(of({ neutralFrac: '0.02' }).outcome).toBe('NEUTRAL')
  })
})

test('a liquidation without a price of its fill counts at the price of its order', () => {
  const feeds = new RecordedFeeds()
  feeds.liquidation({ ...FORCED, symbol: 'A', T_ms: 1, price: 0, order_price: 9, base_qty: 2 })
  expect(feeds.bySymbol.get('A')?.liquidations).toEqual([{ tsMs: 1, price: 9, valueUsd: 18, side: 'SELL' }])
})

const FORCED = { n: 1, received_ms: 0, side: 'SELL' } as const

function markRow(ms: number, mark: number, symbol = 'A') {
  return { n: 1, E_ms: ms, symbol, mark, index: null, funding_rate: null, next_funding_ms: null }
}

function feedsOf({ interest, forced }: { readonly interest: readonly number[]; readonly forced: readonly number[] }) {
  const feeds = new RecordedFeeds()
  for (const [i, open_interest] of interest.entries())
    feeds.openInterest({ n: 1, t_ms: i * STEP_MS, symbol: 'A', open_interest })
  for (const T_ms of forced)
    feeds.liquidation({ ...FORCED, T_ms, symbol: 'A', price: 100, order_price: 100, base_qty: 1 })
  return feeds
}

/** 12 % gone in 20 s with liquidations 5 and 10 s after the start; the price falls by 2 % in 20 s and comes half back. */
function plant(feeds: RecordedFeeds, symbol: string, atMs: number): void {
  for (const [afterMs, open_interest] of [
    [-10_000, 900],
    [0, 1_000],
    [10_000, 930],
    [20_000, 880],
    [30_000, 880],
  ] as const)
    feeds.openInterest({ n: 1, t_ms: atMs + afterMs, symbol, open_interest })
  for (const [afterMs, base_qty] of [
    [5_000, 2],
    [10_000, 3],
  ] as const)
    feeds.liquidation({ ...FORCED, T_ms: atMs + afterMs, symbol, price: 100, order_price: 100, base_qty })
  feeds.want(symbol, wantedMarks(feeds.bySymbol.get(symbol)!, { ...CASCADE_RULES, dropFrac: '0.05' }))
  for (const [afterMs, mark] of [
    [-1_000, 100],
    [19_000, 98],
    [319_000, 99],
  ] as const)
    feeds.mark(markRow(atMs + afterMs, mark, symbol), { ofFunding: false })
}
