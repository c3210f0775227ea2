/**
 * The eigenscan computed from scratch at every step: no rolling moments, no warm start, a dense symmetric eigen solver.
 * Slow and plain on purpose: it is what the scanner, and the bundled days it made, are held against.
 * Source: system bible §3 and the scan definition of the data page.
 */

/** Fewer symbols than this with a complete, moving window and the window's values are undefined. */
const MIN_SYMBOLS = 10

/** One window at every step; NaN where undefined. */
export interface WindowSeries {
  readonly lambdaMax: Float64Array
  readonly velocity: Float64Array
  readonly rotation: Float64Array
  readonly instability: Float64Array
}

/** Leading eigenpair of one correlation matrix; `loadings` has one entry per symbol of the universe, NaN where left out. */
interface LeadingPair {
  readonly lambda: number
  readonly loadings: Float64Array
}

/** Scans one window over the whole table. `prices[symbol][step]`; a price that is not finite and positive is missing. */
export function scanWindow(prices: readonly Float64Array[], window: number): WindowSeries {
  const steps = prices[0]?.length ?? 0
  const returns = prices.map(logReturns)
  const series: WindowSeries = {
    lambdaMax: new Float64Array(steps).fill(NaN),
    velocity: new Float64Array(steps).fill(NaN),
    rotation: new Float64Array(steps).fill(NaN),
    instability: new Float64Array(steps).fill(NaN),
  }
  let previous: LeadingPair | undefined
  for (let step = window; step < steps; step++) {
    const pair = leadingPair(returns, step - window + 1, window)
    if (pair !== undefined) {
      series.lambdaMax[step] = pair.lambda
      if (previous !== undefined) {
        const velocity = (pair.lambda - previous.lambda) / previous.lambda
        const rotation = 1 - Math.abs(cosine(pair.loadings, previous.loadings))
        series.velocity[step] = velocity
        series.rotation[step] = rotation
        series.instability[step] = Math.abs(velocity) + rotation
      }
    }
    previous = pair
  }
  return series
}

/** `ln(p[i]) − ln(p[i−1])` at index i, NaN at 0 and beside a missing price. */
function logReturns(prices: Float64Array): Float64Array {
  const returns = new Float64Array(prices.length).fill(NaN)
  for (let i = 1; i < prices.length; i++) {
    const before = prices[i - 1]!
    const now = prices[i]!
    if (before > 0 && now > 0 && now < Infinity && before < Infinity) returns[i] = Math.log(now / before)
  }
  return returns
}

/** Largest eigenvalue and its vector of the Pearson correlations of `returns[·][from … from + window)`. */
function leadingPair(returns: readonly Float64Array[], from: number, window: number): LeadingPair | undefined {
  const kept: number[] = []
  const standardised: Float64Array[] = []
  for (let symbol = 0; symbol < returns.length; symbol++) {
    const column = standardise(returns[symbol]!.subarray(from, from + window))
    if (column === undefined) continue
    kept.push(symbol)
    standardised.push(column)
  }
  if (kept.length < MIN_SYMBOLS) return undefined

  const { values, vectors } = symmetricEigen(correlations(standardised))
  let leading = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[leading]!) leading = i

  const loadings = new Float64Array(returns.length).fill(NaN)
  let sum = 0
  for (let i = 0; i < kept.length; i++) sum += vectors[i]![leading]!
  for (let i = 0; i < kept.length; i++) loadings[kept[i]!] = sum < 0 ? -vectors[i]![leading]! : vectors[i]![leading]!
  return { lambda: values[leading]!, loadings }
}

/** Centred and scaled to unit length; undefined when a value is missing or nothing moves. */
function standardise(values: Float64Array): Float64Array | undefined {
  let sum = 0
  let moves = false
  for (const value of values) {
    sum += value
    if (value !== values[0]) moves = true
  }
  if (!moves || Number.isNaN(sum)) return undefined
  const mean = sum / values.length
  const centred = values.map((value) => value - mean)
  let squares = 0
  for (const value of centred) squares += value * value
  const length = Math.sqrt(squares)
  return centred.map((value) => value / length)
}

function correlations(columns: readonly Float64Array[]): Float64Array[] {
  const n = columns.length
  const matrix = Array.from({ length: n }, () => new Float64Array(n))
  for (let i = 0; i < n; i++) {
    matrix[i]![i] = 1
    const a = columns[i]!
    for (let j = 0; j < i; j++) {
      const b = columns[j]!
      let dot = 0
      for (let k = 0; k < a.length; k++) dot += a[k]! * b[k]!
      matrix[i]![j] = dot
      matrix[j]![i] = dot
    }
  }
  return matrix
}

/** `cos` of the angle between two loadings on the symbols that both have. */
function cosine(a: Float64Array, b: Float64Array): number {
  let dot = 0
  let aa = 0
  let bb = 0
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!
    const y = b[i]!
    if (Number.isNaN(x) || Number.isNaN(y)) continue
    dot += x * y
    aa += x * x
    bb += y * y
  }
  return dot / Math.sqrt(aa * bb)
}

/**
 * Eigenvalues and eigenvectors (columns of `vectors`) of a symmetric matrix by cyclic Jacobi rotations.
 * Chosen over power iteration because it needs no gap between the eigenvalues and no stopping rule worth doubting.
 * Source: Golub & Van Loan, Matrix Computations, §8.5. The matrix is overwritten.
 */
export function symmetricEigen(matrix: Float64Array[]): { values: Float64Array; vectors: Float64Array[] } {
  const n = matrix.length
  const vectors = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)))
  for (let sweep = 0; sweep < 60 && offDiagonal(matrix) > 1e-30 * n; sweep++) {
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(matrix, vectors, p, q)
  }
  return { values: Float64Array.from(matrix, (row, i) => row[i]!), vectors }
}

function offDiagonal(matrix: readonly Float64Array[]): number {
  let sum = 0
  for (let i = 0; i < matrix.length; i++) for (let j = 0; j < i; j++) sum += matrix[i]![j]! * matrix[i]![j]!
  return sum
}

/** One Jacobi rotation that brings `matrix[p][q]` to zero. */
function rotate(matrix: Float64Array[], vectors: Float64Array[], p: number, q: number): void {
  const apq = matrix[p]![q]!
  if (apq === 0) return
  const theta = (matrix[q]![q]! - matrix[p]![p]!) / (2 * apq)
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (const row of matrix) turn(row, p, q, c, s)
  const rowP = matrix[p]!
  const rowQ = matrix[q]!
  for (let k = 0; k < rowP.length; k++) {
    const x = rowP[k]!
    const y = rowQ[k]!
    rowP[k] = c * x - s * y
    rowQ[k] = s * x + c * y
  }
  rowP[q] = 0
  rowQ[p] = 0
  for (const row of vectors) turn(row, p, q, c, s)
}

function turn(row: Float64Array, p: number, q: number, c: number, s: number): void {
  const x = row[p]!
  const y = row[q]!
  row[p] = c * x - s * y
  row[q] = s * x + c * y
}
