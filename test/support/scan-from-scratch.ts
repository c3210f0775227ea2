import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** Largest eigenvalue and its unit vector (NaN: left out) as a scan defines them, with nothing rolled and nothing warm. */
export interface FromScratch {
  readonly lambda: number
  readonly vector: Float64Array
  /** Distance to the next eigenvalue, relative to the largest. */
  readonly gap: number
}

/** One window of the prices up to and including row `step`, or undefined where fewer than 10 symbols move. */
export function scanFromScratch(rows: readonly Float64Array[], step: number, window: number): FromScratch | undefined {
  const symbols = rows[0]!.length
  const kept: number[] = []
  const columns: number[][] = []
  for (let symbol = 0; symbol < symbols; symbol++) {
    const column = unitReturns(rows, step, window, symbol)
    if (column === undefined) continue
    kept.push(symbol)
    columns.push(column)
  }
  if (kept.length < 10) return undefined
  const unit = new Matrix(columns)
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(unit.mmul(unit.transpose()), {
    assumeSymmetric: true,
  })
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
  const leading = order[0]!
  const lambda = realEigenvalues[leading]!
  const loadings = eigenvectorMatrix.getColumn(leading)
  const sign = loadings.reduce((sum, value) => sum + value, 0) < 0 ? -1 : 1
  const vector = new Float64Array(symbols).fill(NaN)
  kept.forEach((symbol, i) => {
    vector[symbol] = sign * loadings[i]!
  })
  return { lambda, vector, gap: (lambda - realEigenvalues[order[1]!]!) / lambda }
}

function unitReturns(
  rows: readonly Float64Array[],
  step: number,
  window: number,
  symbol: number,
): number[] | undefined {
  if (step < window) return undefined
  const returns: number[] = []
  for (let at = step - window + 1; at <= step; at++) {
    const before = rows[at - 1]![symbol]!
    const now = rows[at]![symbol]!
    if (!(before > 0 && now > 0)) return undefined
    returns.push(Math.log1p((now - before) / before))
  }
  if (returns.every((value) => value === returns[0])) return undefined
  const mean = returns.reduce((sum, value) => sum + value, 0) / window
  // The mean's own rounding, taken out once more.
  const rest = returns.reduce((sum, value) => sum + (value - mean), 0) / window
  const centred = returns.map((value) => value - mean - rest)
  const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0))
  return centred.map((value) => value / length)
}
