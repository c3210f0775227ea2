import { fileURLToPath } from 'node:url'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { Scanner } from '../src/core/eigen/scanner.js'
import { Xoshiro128 } from '../src/core/numeric/xoshiro128.js'
import { SCAN_WINDOWS, type ScanPrecision } from '../src/ports/vocabulary/scan.js'
import { type Figure, line, median, pythonWith, runPython } from './measure.js'

/**
 * Time of a scan: `npx tsx bench/eigenscan.ts`. Prices follow one common factor, every symbol half of its own; a second
 * market has nothing in common, where the largest eigenvalue is hard to tell from the next. The baseline computes the
 * same four windows from scratch in the same run: NumPy on one thread where `PYTHON` has it, else ml-matrix.
 */
const DAY_STEPS = 17_280
const LONGEST = 752

type Market = 'common factor' | 'independent'

function prices(symbols: number, steps: number, market: Market): Float64Array[] {
  const random = new Xoshiro128(42, symbols)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.double())) * Math.cos(2 * Math.PI * random.double())
  const last = Float64Array.from({ length: symbols }, (_, i) => 1 + i)
  return Array.from({ length: steps }, () => {
    const factor = market === 'independent' ? 0 : normal()
    for (let i = 0; i < symbols; i++) last[i]! *= Math.exp(2e-4 * (factor + normal()))
    return last.slice()
  })
}

/** Microseconds of every scan after the longest window is full. */
function scanTimes(rows: readonly Float64Array[], precision: ScanPrecision): number[] {
  const scanner = new Scanner(
    Array.from(rows[0]!, (_, i) => `S${i}`),
    precision,
  )
  const times: number[] = []
  for (const [step, row] of rows.entries()) {
    const start = process.hrtime.bigint()
    scanner.push(row, { scanNumber: step, timestampNs: 0n })
    if (step >= LONGEST) times.push(Number(process.hrtime.bigint() - start) / 1e3)
  }
  return times
}

function quantile(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) * share)]!
}

interface Baseline {
  readonly name: string
  readonly ms: number
}

function baselines(symbols: number, repeats: number): readonly Baseline[] {
  const python = pythonWith('numpy')
  if (python !== undefined) {
    // One thread: on small matrices the BLAS library's threads cost more than they bring.
    process.env.OPENBLAS_NUM_THREADS = '1'
    const script = fileURLToPath(new URL('peers/eigenscan.py', import.meta.url))
    const found = runPython<{ eigh_ms: number; eigvalsh_ms: number }>(python, [
      script,
      String(symbols),
      String(repeats),
    ])
    return [
      { name: 'NumPy corrcoef + eigh', ms: found.eigh_ms },
      { name: 'NumPy corrcoef + eigvalsh', ms: found.eigvalsh_ms },
    ]
  }
  const rows = prices(symbols, LONGEST, 'common factor')
  const times = Array.from({ length: Math.min(repeats, 5) }, () => {
    const start = performance.now()
    for (const window of SCAN_WINDOWS) decompose(rows.slice(-window - 1))
    return performance.now() - start
  })
  return [{ name: 'ml-matrix', ms: median(times) }]
}

function decompose(rows: readonly Float64Array[]): number {
  const returns = new Matrix(rows.slice(1).map((row, t) => Array.from(row, (now, i) => Math.log(now / rows[t]![i]!))))
  const unit = returns
    .center('column')
    .scale('column')
    .div(Math.sqrt(rows.length - 2))
  const { realEigenvalues } = new EigenvalueDecomposition(unit.transpose().mmul(unit), { assumeSymmetric: true })
  return Math.max(...realEigenvalues)
}

/** The last of a few scans at 512 bits on a scanner restored there, and the first, which starts from the prices. */
function exactTimes(rows: readonly Float64Array[]): { readonly coldMs: number; readonly warmMs: number } {
  const quick = new Scanner(Array.from(rows[0]!, (_, i) => `S${i}`))
  const stamp = { scanNumber: 1, timestampNs: 0n }
  for (const row of rows.slice(0, -4)) quick.push(row, stamp)
  const exact = Scanner.restore({ ...quick.snapshot(), precision: '512' })
  const times = rows.slice(-4).map((row) => {
    const start = performance.now()
    exact.push(row, stamp)
    return performance.now() - start
  })
  return { coldMs: times[0]!, warmMs: median(times.slice(1)) }
}

const figures: Figure[] = []
const day = prices(50, DAY_STEPS, 'common factor')
const start = process.hrtime.bigint()
const times = scanTimes(day, 'auto')
const dayMs = Number(process.hrtime.bigint() - start) / 1e6
for (const { name, ms } of baselines(50, 200)) {
  figures.push({
    name: 'scan, 50 symbols, median',
    value: median(times),
    unit: 'µs',
    baseline: { name, value: ms * 1e3 },
    target: '1/20 and 100 µs',
  })
}
figures.push({ name: 'scan, 50 symbols, p99', value: quantile(times, 0.99), unit: 'µs', target: '500 µs' })
const [morning, evening] = [times.slice(1000, 4000), times.slice(-3000)]
figures.push({
  name: 'the last 3,000 scans of the day, median',
  value: median(evening),
  unit: 'µs',
  baseline: { name: 'the first after warm-up', value: median(morning) },
})
figures.push({ name: `a day of ${DAY_STEPS} scans, 50 symbols`, value: dayMs, unit: 'ms' })
const hard = scanTimes(prices(50, 4000, 'independent'), 'auto')
figures.push({ name: 'scan, 50 independent symbols, median', value: median(hard), unit: 'µs' })
figures.push({ name: 'scan, 50 independent symbols, p99', value: quantile(hard, 0.99), unit: 'µs' })
const wide = scanTimes(prices(540, 1500, 'common factor'), 'auto')
for (const { name, ms } of baselines(540, 5).slice(0, 1)) {
  figures.push({
    name: 'scan, 540 symbols, median',
    value: median(wide),
    unit: 'µs',
    baseline: { name, value: ms * 1e3 },
  })
}
figures.push({ name: 'scan, 540 symbols, p99', value: quantile(wide, 0.99), unit: 'µs' })
const { coldMs, warmMs } = exactTimes(day.slice(0, 800))
figures.push({ name: '512-bit scan from prices, 50 symbols', value: coldMs, unit: 'ms', target: '2000' })
figures.push({ name: '512-bit scan, the next ones', value: warmMs, unit: 'ms' })
for (const figure of figures) console.log(line(figure))
