import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Scanner } from '../../../src/core/eigen/scanner.js'
import type { Scan, WindowScan } from '../../../src/ports/vocabulary/scan.js'
import { priceStream, STREAM_KINDS, type Stream } from '../../support/price-streams.js'

const stamp = { scanNumber: 1, timestampNs: 1n }
const STEPS = 170

const stream = fc
  .record({
    kind: fc.constantFrom(...STREAM_KINDS),
    symbols: fc.integer({ min: 10, max: 14 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    gaps: fc.constantFrom(0, 2e-4),
    halts: fc.constantFrom(0, 2e-3),
  })
  .map(({ kind, symbols, seed, gaps, halts }) => priceStream(kind, { symbols, steps: STEPS, seed }, { gaps, halts }))

function scanAll(rows: Stream): Scan[] {
  const scanner = new Scanner(
    Array.from(rows[0]!, (_, i) => `S${i}`),
    'float64',
  )
  return rows.map((row) => scanner.push(row, stamp)!)
}

/** Whether two λmax can be the same number, given their bounds; both undefined counts. */
function agree(a: WindowScan, b: WindowScan): boolean {
  if (Number.isNaN(a.lambdaMax) || Number.isNaN(b.lambdaMax)) return Object.is(a.lambdaMax, b.lambdaMax)
  return Math.abs(a.lambdaMax - b.lambdaMax) <= a.lambdaMaxBound + b.lambdaMaxBound
}

const firstTwo = (scan: Scan) => scan.windows.slice(0, 2)

describe('laws of a scan', () => {
  it('1 ≤ λmax ≤ number of symbols, rotation in 0 … 1, loadings of unit length and not negative in sum', () => {
    fc.assert(
      fc.property(stream, (rows) => {
        for (const scan of scanAll(rows)) {
          for (const { lambdaMax, lambdaMaxBound, rotation, symbols } of firstTwo(scan)) {
            if (Number.isNaN(lambdaMax)) continue
            expect(lambdaMax).toBeGreaterThanOrEqual(1 - lambdaMaxBound)
            expect(lambdaMax).toBeLessThanOrEqual(symbols + lambdaMaxBound)
            expect(rotation < 0 || rotation > 1).toBe(false)
          }
          const loadings = scan.loadings.filter((value) => !Number.isNaN(value))
          if (loadings.length === 0) continue
          const squares = loadings.reduce((sum, value) => sum + value * value, 0)
          expect(Math.abs(squares - 1)).toBeLessThan(1e-12)
          expect(loadings.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(-1e-12)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('prices in another currency unit change nothing beyond rounding', () => {
    fc.assert(
      fc.property(stream, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (rows, factor) => {
        // A power of two changes no bit of any return; another factor rounds each price once, which moves a return by
        // 2^−52: far beyond the bounds, which know the prices as given.
        const doubled = scanAll(rows.map((row) => row.map((price, i) => price * 2 ** (i - 5))))
        const scaled = scanAll(rows.map((row) => row.map((price) => price * factor)))
        scanAll(rows).forEach((scan, step) => {
          expect(doubled[step]!.windows).toEqual(scan.windows)
          firstTwo(scan).forEach((window, index) => {
            const other = scaled[step]!.windows[index]!
            if (Number.isNaN(window.lambdaMax) || other.symbols !== window.symbols) return
            expect(Math.abs(other.lambdaMax - window.lambdaMax)).toBeLessThan(1e-6)
          })
        })
      }),
      { numRuns: 15 },
    )
  })

  it('symbols in another order: the same eigenvalues, the loadings in that order', () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 9 }), (rows, turn) => {
        const symbols = rows[0]!.length
        const from = (i: number) => (i + turn) % symbols
        const permuted = scanAll(rows.map((row) => row.map((_, i) => row[from(i)]!)))
        scanAll(rows).forEach((scan, step) => {
          const other = permuted[step]!
          firstTwo(scan).forEach((window, index) => {
            expect(agree(window, other.windows[index]!)).toBe(true)
          })
          other.loadings.forEach((value, i) => {
            expect(Number.isNaN(value)).toBe(Number.isNaN(scan.loadings[from(i)]!))
          })
        })
        const [last, lastPermuted] = [scanAll(rows).at(-1)!, permuted.at(-1)!]
        const product = last.loadings.reduce(
          (sum, _, i) => sum + (lastPermuted.loadings[i]! * last.loadings[from(i)]! || 0),
          0,
        )
        // Where two eigenvalues nearly meet the vector is a matter of rounding; blocks and independent come close.
        if (last.windows[0].symbols >= 10) expect(Math.abs(product)).toBeGreaterThan(0.99)
      }),
      { numRuns: 15 },
    )
  })

  it('a symbol twice: λmax does not fall, and the twins load the same', () => {
    fc.assert(
      fc.property(stream, (rows) => {
        const doubled = scanAll(rows.map((row) => Float64Array.of(...row, row[3]!)))
        scanAll(rows).forEach((scan, step) => {
          const other = doubled[step]!
          firstTwo(scan).forEach((window, index) => {
            if (Number.isNaN(window.lambdaMax)) return
            const { lambdaMax, lambdaMaxBound } = other.windows[index]!
            expect(lambdaMax + lambdaMaxBound).toBeGreaterThanOrEqual(window.lambdaMax - window.lambdaMaxBound)
          })
          const [one, two] = [other.loadings[3]!, other.loadings.at(-1)!]
          expect(Number.isNaN(one) ? Number.isNaN(two) : Math.abs(one - two) < 1e-7).toBe(true)
        })
      }),
      { numRuns: 15 },
    )
  })

  it('the same series everywhere, up or down: λmax is the number of symbols', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 10, max: 20 }), (seed, symbols) => {
        const [path] = [priceStream('market', { symbols: 1, steps: 60, seed })]
        // Powers of two keep the returns of all symbols the same to the bit.
        const rows = path.map((row) => Float64Array.from({ length: symbols }, (_, i) => row[0]! * 2 ** i))
        for (const { windows } of scanAll(rows).slice(50)) {
          expect(Math.abs(windows[0].lambdaMax - symbols)).toBeLessThanOrEqual(windows[0].lambdaMaxBound)
          expect(windows[0].lambdaMaxBound).toBeLessThan(1e-10)
          expect(windows[0].rotation > 1e-20).toBe(false)
        }
      }),
      { numRuns: 20 },
    )
  })
})
