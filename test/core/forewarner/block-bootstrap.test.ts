import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bootstrapPaths } from '../../../src/core/forewarner/block-bootstrap.js'
import { Xoshiro128 } from '../../../src/core/numeric/xoshiro128.js'
import { closeTo } from '../../support/golden.js'

const DESIGN = { trades: 50, blockLength: 5, drawdownLimit: 0.3 }

/** Trade by trade, as defined, over the same draws. */
function literalPaths(growth: readonly number[], design: typeof DESIGN, seed: number, count: number) {
  const random = new Xoshiro128(seed)
  const finals: number[] = []
  const drawdowns: number[] = []
  for (let path = 0; path < count; path++) {
    const curve = [1]
    for (let block = 0; block < design.trades / design.blockLength; block++) {
      const first = Math.floor((random.uint32() / 2 ** 32) * growth.length)
      for (let step = 0; step < design.blockLength; step++) {
        curve.push(curve.at(-1)! * growth[(first + step) % growth.length]!)
      }
    }
    finals.push(curve.at(-1)!)
    const falls = curve.map((capital, i) => 1 - capital / Math.max(...curve.slice(0, i + 1)))
    drawdowns.push(Math.max(...falls))
  }
  return { finals, drawdowns }
}

// Growth of odd digits, so that no fall is within rounding of the limit itself.
const growth = fc.array(
  fc.double({ min: 0.8, max: 1.25, noNaN: true }).map((g) => g * 0.9993127),
  { minLength: 1, maxLength: 40 },
)
const seed = fc.nat(1e6)

function run(list: readonly number[], from: number, count: number, design = DESIGN) {
  const finals = new Float64Array(count)
  const catastrophic = bootstrapPaths(Float64Array.from(list), design, new Xoshiro128(from), finals)
  return { catastrophic, finals: [...finals] }
}

describe('laws', () => {
  test('paths by blocks are the paths trade by trade', () => {
    fc.assert(
      fc.property(growth, seed, (list, from) => {
        const { catastrophic, finals } = run(list, from, 40)
        const literal = literalPaths(list, DESIGN, from, 40)
        for (const [path, final] of finals.entries()) expect(closeTo(final, literal.finals[path]!)).toBe(true)
        expect(catastrophic).toBe(literal.drawdowns.filter((fall) => fall > 0.3).length)
      }),
    )
  })

  test('ruin is final, and a catastrophe', () => {
    const { catastrophic, finals } = run([1.2, 0, 1.3], 1, 30)
    expect(catastrophic).toBe(30)
    expect(finals).toEqual(new Array(30).fill(0))
  })

  test('a single trade makes every path the same', () => {
    expect(run([1.01], 3, 10).finals).toEqual(new Array(10).fill(run([1.01], 4, 1).finals[0]))
    expect(run([0.994], 3, 10).catastrophic).toBe(0)
    expect(run([0.992], 3, 10).catastrophic).toBe(10)
  })

  test('a fall of exactly the limit is not beyond it, within a block or across two', () => {
    const half = { trades: 2, blockLength: 2, drawdownLimit: 0.5 }
    expect(run([0.5, 1], 1, 20, half).catastrophic).toBe(0)
    expect(run([0.5, 1], 1, 20, { ...half, drawdownLimit: 0.4999 }).catastrophic).toBe(20)
    expect(run([0.75], 1, 20, { trades: 2, blockLength: 1, drawdownLimit: 0.4375 }).catastrophic).toBe(0)
    expect(run([0.75], 1, 20, { trades: 2, blockLength: 1, drawdownLimit: 0.4374 }).catastrophic).toBe(20)
  })

  test('every trade is as likely as any other to begin a block', () => {
    const shares = Array.from({ length: 7 }, (_, i) => 1 + i / 10)
    const { finals } = run(shares, 9, 70_000, { trades: 1, blockLength: 1, drawdownLimit: 0.3 })
    for (const share of shares) {
      const drawn = finals.filter((final) => final === share).length
      expect(Math.abs(drawn - 10_000)).toBeLessThan(500)
    }
  })

  test('a block wraps from the last trade to the first', () => {
    const { finals } = run([1, 1, 1.5], 5, 200, { trades: 3, blockLength: 3, drawdownLimit: 0.3 })
    expect(finals).toEqual(new Array(200).fill(1.5))
  })
})

test.each([
  [[], DESIGN, /trades to draw from/],
  [[1], { ...DESIGN, trades: 51 }, /whole number of blocks/],
])('a bootstrap of %j is refused', (list, design, message) => {
  expect(() => run(list, 1, 1, design)).toThrow(message)
})
