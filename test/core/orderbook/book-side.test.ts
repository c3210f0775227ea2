import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BookSide } from '../../../src/core/orderbook/book-side.js'

type Level = readonly [ticks: number, lots: number]
type Step =
  | { readonly kind: 'set'; readonly level: Level }
  | { readonly kind: 'replace'; readonly levels: readonly Level[] }
  | { readonly kind: 'value'; readonly ticks: number }
  | { readonly kind: 'clear' }

const level = (ticksMax: number) =>
  fc.tuple(fc.integer({ min: 1, max: ticksMax }), fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 })))

const step = (ticksMax: number): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 20, arbitrary: level(ticksMax).map((of): Step => ({ kind: 'set', level: of })) },
    {
      weight: 6,
      arbitrary: fc.integer({ min: 0, max: ticksMax * 2 }).map((half): Step => ({ kind: 'value', ticks: half / 2 })),
    },
    {
      weight: 1,
      arbitrary: fc.array(level(ticksMax), { maxLength: 200 }).map((levels): Step => ({ kind: 'replace', levels })),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'clear' }) },
  )

/** Steps on a side and on a plain map. */
function holds(side: 'bids' | 'asks', steps: readonly Step[], scale = 1): void {
  const book = new BookSide(side)
  const model = new Map<number, number>()
  const sorted = () => [...model].sort(([a], [b]) => (side === 'bids' ? b - a : a - b))
  const set = ([ticks, lots]: Level) =>
    lots === 0 ? model.delete(ticks) : model.set(ticks, lots * scale) !== undefined
  for (const one of steps) {
    if (one.kind === 'clear') {
      book.clear()
      model.clear()
    } else if (one.kind === 'set') expect(book.set(one.level[0], one.level[1] * scale)).toBe(set(one.level))
    else if (one.kind === 'replace') {
      const numbers = Float64Array.from(one.levels.flatMap(([ticks, lots]) => [ticks, lots * scale]))
      book.replace(numbers, numbers.length)
      model.clear()
      for (const of of one.levels) set(of)
    } else {
      const within = sorted().filter(([ticks]) => (side === 'bids' ? ticks >= one.ticks : ticks <= one.ticks))
      const exact = within.reduce((sum, [ticks, lots]) => sum + BigInt(ticks) * BigInt(lots), 0n)
      const found = book.valueWithin(one.ticks)
      if (exact <= BigInt(Number.MAX_SAFE_INTEGER)) expect(found === 0 ? 0 : found).toBe(Number(exact))
      else expect(Math.abs(found / Number(exact) - 1)).toBeLessThan(1e-12)
    }
    expect(book.count).toBe(model.size)
  }
  expect(book.best(Number.POSITIVE_INFINITY)).toEqual(sorted())
  if (model.size === 0) expect(book.top).toBe(-1)
  else expect([book.bestTicks, book.worstTicks]).toEqual([sorted()[0]![0], sorted().at(-1)![0]])
}

describe.each(['bids', 'asks'] as const)('a side of %s', (side) => {
  it.each([12, 90, 5_000])('is what a sorted map of the same %i prices is', (ticksMax) => {
    fc.assert(fc.property(fc.array(step(ticksMax), { maxLength: 900, size: 'max' }), (steps) => holds(side, steps)))
  })

  it('sums values up again where they were beyond what is exact', () => {
    const scale = 1_125_899_906_842_624
    fc.assert(fc.property(fc.array(step(12), { maxLength: 200 }), (steps) => holds(side, steps, scale)))
  })

  it('is exact again once what was beyond float64 is gone', () => {
    const book = new BookSide(side)
    const [huge, small] = [1_000_000_007, 7]
    const worst = side === 'bids' ? small : huge
    book.set(huge, 9_000_000_001)
    book.set(small, 3)
    book.valueWithin(worst)
    book.set(huge, 0)
    expect(book.valueWithin(worst)).toBe(21)
  })

  it('is written without a search when its levels come the best first, and is the same side', () => {
    const levels = Array.from({ length: 100 }, (_, i): Level => [side === 'bids' ? 500 - i : 500 + i, i + 1])
    const [one, other] = [new BookSide(side), new BookSide(side)]
    one.replace(Float64Array.from(levels.flat()), 200)
    other.replace(Float64Array.from([...levels].reverse().flat()), 200)
    expect(one.best(100)).toEqual(levels)
    expect(other.best(100)).toEqual(levels)
  })

  it('closes up when most of its places are vacant, and keeps its levels', () => {
    const book = new BookSide(side)
    for (let ticks = 1; ticks <= 1_000; ticks++) book.set(ticks, ticks)
    const within = side === 'bids' ? 900 : 101
    const before = book.valueWithin(within)
    for (let ticks = 102; ticks < 900; ticks++) book.set(ticks, 0)
    expect(book.count).toBe(202)
    expect(book.top).toBeLessThan(600)
    expect(book.valueWithin(within)).toBe(before)
    expect(book.best(1_000).map(([ticks]) => ticks)).toEqual(
      side === 'bids' ? [...range(1_000, 900), ...range(101, 1)] : [...range(1, 101), ...range(900, 1_000)],
    )
  })
})

function range(from: number, to: number): number[] {
  const sign = Math.sign(to - from)
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => from + sign * i)
}
