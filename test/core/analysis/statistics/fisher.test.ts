import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fisherExact } from '../../../../src/core/analysis/statistics/fisher.js'

type Table = readonly [a: number, b: number, c: number, d: number]

const count = (max: number) => fc.integer({ min: 0, max })
const small = fc.tuple(count(14), count(14), count(14), count(14))
const large = fc.tuple(count(6_000), count(6_000), count(6_000), count(6_000))

describe("Fisher's exact test", () => {
  test('agrees with whole-number arithmetic over all tables with the same sums', () => {
    fc.assert(
      fc.property(small, (table) => {
        const exact = byEnumeration(table)
        expect(Math.abs(pOf(table) - exact)).toBeLessThanOrEqual(1e-12 * exact)
      }),
      { numRuns: 300 },
    )
  })

  test('lies between 0 and 1, and is the same with groups or counts swapped', () => {
    fc.assert(
      fc.property(large, ([a, b, c, d]) => {
        const p = pOf([a, b, c, d])
        expect(p).toBeGreaterThanOrEqual(0)
        expect(p).toBeLessThanOrEqual(1)
        for (const other of [
          [c, d, a, b],
          [b, a, d, c],
          [a, c, b, d],
        ] as const)
          expect(Math.abs(pOf(other) - p)).toBeLessThanOrEqual(1e-9 * p)
      }),
    )
  })

  test('never grows as the first group gets further above its share, sums kept', () => {
    fc.assert(
      fc.property(fc.tuple(count(3_000), count(3_000)), ([size, otherSize]) => {
        const supporting = Math.floor((size + otherSize) / 2)
        const from = Math.ceil((supporting * size) / Math.max(1, size + otherSize)) + 1
        let before = 1
        for (let x = from; x <= Math.min(size, supporting); x += 1 + Math.floor(size / 40)) {
          const p = pOf([x, size - x, supporting - x, otherSize - supporting + x])
          expect(p).toBeLessThanOrEqual(before * (1 + 1e-9))
          before = p
        }
      }),
      { numRuns: 40 },
    )
  })

  test.each<[Table, number]>([
    [[3, 1, 1, 3], 34 / 70],
    [[0, 0, 0, 0], 1],
    [[5, 0, 7, 0], 1],
    [[0, 9, 0, 4], 1],
    [[10, 0, 0, 10], 2 / 184_756],
  ])('of %j is %d', (table, expected) => {
    expect(pOf(table)).toBeCloseTo(expected, 12)
  })

  test('has eleven digits where all of one group support and none of the other, below 1e-290', () => {
    const exact = 2 / choose(972, 486)
    expect(exact).toBeLessThan(1e-289)
    expect(Math.abs(pOf([486, 0, 0, 486]) / exact - 1)).toBeLessThan(1e-11)
  })

  test('refuses counts that are none', () => {
    expect(() => pOf([1, -1, 2, 2])).toThrow('counts are whole numbers')
    expect(() => pOf([1, 0.5, 2, 2])).toThrow('counts are whole numbers')
  })
})

function pOf([a, b, c, d]: Table): number {
  return fisherExact({ first: { supporting: a, others: b }, second: { supporting: c, others: d } })
}

function byEnumeration([a, b, c, d]: Table): number {
  const [size, otherSize, supporting] = [a + b, c + d, a + c]
  const ways = (x: number) => bigChoose(size, x) * bigChoose(otherSize, supporting - x)
  const observed = ways(a)
  let asRare = 0n
  for (let x = 0; x <= Math.min(size, supporting); x++) {
    if (supporting - x > otherSize) continue
    if (ways(x) <= observed) asRare += ways(x)
  }
  return Number(asRare) / Number(bigChoose(size + otherSize, supporting))
}

function bigChoose(n: number, k: number): bigint {
  let ways = 1n
  for (let i = 1; i <= k; i++) ways = (ways * BigInt(n - k + i)) / BigInt(i)
  return ways
}

function choose(n: number, k: number): number {
  return Number(bigChoose(n, k))
}
