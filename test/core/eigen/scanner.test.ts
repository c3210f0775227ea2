import { describe, expect, it } from 'vitest'
import { ScanInputError, Scanner } from '../../../src/core/eigen/scanner.js'
import { SCAN_WINDOWS, type Scan, type ScanPrecision } from '../../../src/ports/vocabulary/scan.js'
import { priceStream, STREAM_KINDS, type Stream } from '../../support/price-streams.js'
import { type FromScratch, scanFromScratch } from '../../support/scan-from-scratch.js'

const names = (count: number) => Array.from({ length: count }, (_, i) => `S${i}`)
const stamp = { scanNumber: 1, timestampNs: 1n }

function scanAll(rows: Stream, precision: ScanPrecision = 'float64'): Scan[] {
  const scanner = new Scanner(names(rows[0]!.length), precision)
  return rows.map((row) => scanner.push(row, stamp)!)
}

/** 1 − |cos| on the symbols of both. */
function rotation(a: FromScratch, b: FromScratch): number {
  const common = [...a.vector.keys()].filter((i) => !Number.isNaN(a.vector[i]! + b.vector[i]!))
  const dot = (x: Float64Array, y: Float64Array) => common.reduce((sum, i) => sum + x[i]! * y[i]!, 0)
  return 1 - Math.abs(dot(a.vector, b.vector)) / Math.sqrt(dot(a.vector, a.vector) * dot(b.vector, b.vector))
}

describe('a scan, step by step', () => {
  const quiet = STREAM_KINDS.map((kind) => ({ kind, title: `${kind}`, disturbances: {} }))
  const disturbed = STREAM_KINDS.map((kind) => ({
    kind,
    title: `${kind} with gaps and halts`,
    disturbances: { gaps: 2e-4, halts: 1e-3 },
  }))

  it.each([...quiet, ...disturbed])('equals the scan from scratch on $title', ({ kind, disturbances }) => {
    const rows = priceStream(kind, { symbols: 14, steps: 800, seed: 7 }, disturbances)
    const scans = scanAll(rows)
    const before: (FromScratch | undefined)[] = []
    for (const [step, scan] of scans.entries()) {
      // Every step of the first windows, a sample of the rest: the reference is slow.
      const sampled = step < 160 || step % 23 === 0 || (step + 1) % 23 === 0
      for (const [index, window] of SCAN_WINDOWS.entries()) {
        const found = scan.windows[index]!
        const expected = sampled ? scanFromScratch(rows, step, window) : undefined
        const previous = before[index]
        before[index] = expected
        if (!sampled) continue
        const at = `${kind}, step ${step}, window ${window}`
        if (expected === undefined) {
          expect(found.lambdaMax, at).toBeNaN()
          expect(found.velocity, at).toBeNaN()
          continue
        }
        expect(Math.abs(found.lambdaMax - expected.lambda), at).toBeLessThan(1e-10 * expected.lambda)
        expect(found.symbols, at).toBe(expected.vector.filter((value) => !Number.isNaN(value)).length)
        if (index === 0 && expected.gap > 0.01) {
          scan.loadings.forEach((value, i) => {
            const reference = expected.vector[i]!
            // The sign is free where the loadings cancel.
            const differs = Math.min(Math.abs(value - reference), Math.abs(value + reference))
            expect(Number.isNaN(reference) ? Number.isNaN(value) : differs < 1e-9, `${at}, loading ${i}`).toBe(true)
          })
        }
        if (previous === undefined) continue
        const velocity = (expected.lambda - previous.lambda) / previous.lambda
        expect(Math.abs(found.velocity - velocity), at).toBeLessThan(2e-10)
        if (Math.min(expected.gap, previous.gap) > 0.01) {
          expect(Math.abs(found.rotation - rotation(expected, previous)), at).toBeLessThan(1e-9)
        }
      }
    }
  })

  it('keeps every error bound below 1e-10 of λmax on all of them', () => {
    for (const kind of STREAM_KINDS) {
      for (const scan of scanAll(priceStream(kind, { symbols: 12, steps: 900, seed: 3 }))) {
        for (const { lambdaMax, lambdaMaxBound } of scan.windows) {
          expect(!(lambdaMaxBound > 1e-10 * lambdaMax), kind).toBe(true)
        }
      }
    }
  })

  it('does not drift over 100,000 scans', () => {
    const scanner = new Scanner(names(12), 'float64')
    const recent: Float64Array[] = []
    const chunk = 5_000
    for (let part = 0; part < 20; part++) {
      // Each part begins where prices are new: a jump in every symbol at once, which then leaves the windows.
      const kind = STREAM_KINDS[part % STREAM_KINDS.length]!
      let last: Scan | undefined
      for (const row of priceStream(kind, { symbols: 12, steps: chunk, seed: part })) {
        last = scanner.push(row, stamp)
        recent.push(row)
      }
      recent.splice(0, recent.length - 752)
      SCAN_WINDOWS.forEach((window, index) => {
        const expected = scanFromScratch(recent, 751, window)!
        const { lambdaMax, lambdaMaxBound } = last!.windows[index]!
        expect(Math.abs(lambdaMax - expected.lambda)).toBeLessThan(1e-11 * expected.lambda)
        expect(lambdaMaxBound).toBeLessThan(1e-10 * expected.lambda)
      })
    }
  }, 120_000)
})

describe('the fields of a scan', () => {
  const rows = priceStream('market', { symbols: 12, steps: 760, seed: 1 })
  const scans = scanAll(rows)

  it('are undefined until their window is full, velocities one scan longer', () => {
    SCAN_WINDOWS.forEach((window, index) => {
      expect(scans[window - 1]!.windows[index]!.lambdaMax).toBeNaN()
      expect(scans[window]!.windows[index]!.lambdaMax).toBeGreaterThan(1)
      expect(scans[window]!.windows[index]!.velocity).toBeNaN()
      expect(scans[window + 1]!.windows[index]!.velocity).not.toBeNaN()
    })
    expect(scans[750]!.velDiv).toBeNaN()
    expect(scans[750]!.regimeSignal).toBe(0)
    expect(scans[750]!.instabilityComposite).toBeNaN()
    expect(scans[751]!.velDiv).not.toBeNaN()
  })

  it('follow from one another', () => {
    for (const { windows, velDiv, instabilityComposite, regimeSignal } of scans.slice(751)) {
      const [w50, w150, w300, w750] = windows
      expect(velDiv).toBe(w50.velocity - w750.velocity)
      for (const window of windows) expect(window.instability).toBe(Math.abs(window.velocity) + window.rotation)
      expect(instabilityComposite).toBe((w50.instability + w150.instability + w300.instability + w750.instability) / 4)
      expect(regimeSignal).toBe(velDiv < -0.02 ? -1 : velDiv > 0.01 ? 1 : 0)
    }
  })

  it('carry the prices, the stamp and the share of symbols with a price', () => {
    const scanner = new Scanner(names(4))
    const scan = scanner.push(Float64Array.of(1, NaN, 0, -3), { scanNumber: 12, timestampNs: 34n })!
    expect(scan.scanNumber).toBe(12)
    expect(scan.timestampNs).toBe(34n)
    expect(scan.dataQuality).toBe(0.25)
    expect(Array.from(scan.prices)).toEqual([1, NaN, 0, -3])
    expect(scan.assets).toEqual(['S0', 'S1', 'S2', 'S3'])
  })

  it('exist with fewer than 10 symbols where research asks for it, in every precision alike', () => {
    const few = priceStream('market', { symbols: 4, steps: 760, seed: 5 })
    const stamp = { scanNumber: 1, timestampNs: 1n }
    const warm = (symbolsMin?: number) => {
      const scanner = new Scanner(names(4), 'float64', symbolsMin)
      for (const row of few.slice(0, -1)) scanner.push(row, stamp)
      return scanner
    }
    expect(warm().push(few.at(-1)!, stamp)!.velDiv).toBeNaN()
    const warmed = warm(4)
    const exact = Scanner.restore({ ...warmed.snapshot(), precision: '512' })
    expect([exact.symbolsMin, warmed.symbolsMin]).toEqual([4, 4])
    const [quick, precise] = [warmed.push(few.at(-1)!, stamp)!, exact.push(few.at(-1)!, stamp)!]
    expect(Math.abs(quick.velDiv - precise.velDiv)).toBeLessThanOrEqual(quick.velDivBound)
    expect(() => new Scanner(names(4), 'float64', 2)).toThrow('three or more')
  })

  it('start again after the window had fewer than 10 symbols', () => {
    const gapped = priceStream('market', { symbols: 10, steps: 160, seed: 2 }).map((row) => row.slice())
    gapped[70]![3] = NaN
    const found = scanAll(gapped)
    expect(found[69]!.windows[0].velocity).not.toBeNaN()
    for (let step = 70; step <= 120; step++) expect(found[step]!.windows[0].lambdaMax).toBeNaN()
    expect(found[121]!.windows[0].lambdaMax).not.toBeNaN()
    expect(found[121]!.windows[0].velocity).toBeNaN()
    expect(found[122]!.windows[0].velocity).not.toBeNaN()
  })
})

describe('the scanner', () => {
  it('skips a step in which no symbol has a price, as if it had not been', () => {
    const rows = priceStream('market', { symbols: 10, steps: 80, seed: 5 })
    const [plain, skipping] = [new Scanner(names(10)), new Scanner(names(10))]
    for (const row of rows) {
      expect(skipping.push(new Float64Array(10).fill(NaN), stamp)).toBeUndefined()
      expect(skipping.push(row, stamp)).toEqual(plain.push(row, stamp))
    }
  })

  it('leaves out a symbol that stood still or moved by the same factor throughout, exactly', () => {
    const rows = priceStream('market', { symbols: 13, steps: 52, seed: 5 }).map((row) => row.slice())
    rows.forEach((row, step) => {
      row[0] = 3.7
      row[1] = 0.3 * 2 ** (step / 1)
      // One bit apart once: not constant.
      row[2] = step === 30 ? 5 + 2 ** -50 : 5
    })
    const last = scanAll(rows).at(-1)!
    expect(last.windows[0].symbols).toBe(11)
    expect(last.loadings[0]).toBeNaN()
    expect(last.loadings[1]).toBeNaN()
    expect(last.loadings[2]).not.toBeNaN()
  })

  it('refuses prices of another length and infinite ones, says where, and stays as it was', () => {
    const rows = priceStream('market', { symbols: 10, steps: 60, seed: 5 })
    const [plain, offended] = [new Scanner(names(10)), new Scanner(names(10))]
    for (const row of rows) {
      const wrong = row.slice()
      wrong[4] = Infinity
      expect(() => offended.push(row.slice(1), stamp)).toThrow(
        new ScanInputError('expected 10 prices, one per symbol, found 9'),
      )
      expect(() => offended.push(wrong, stamp)).toThrow(/found Infinity for S4 \(position 4\)/)
      expect(offended.push(row, stamp)).toEqual(plain.push(row, stamp))
    }
  })
})
