/** Eigenvalues in ascending order; `vectors[i·n + k]` is component i of the unit eigenvector of `values[k]`. */
export interface SymmetricEigen {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

/**
 * Complete eigensystem of a symmetric matrix (row-major, n × n; left as it is): Householder reduction to tridiagonal
 * form, then the QL method with implicit shifts. Needs no gap between the eigenvalues and always ends.
 * Source: Bowdler, Martin, Reinsch & Wilkinson, Handbook for Automatic Computation II (tred2, tql2).
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  let largest = 0
  for (let at = 0; at < n * n; at++) largest = Math.max(largest, Math.abs(matrix[at]!))
  // By a power of two to entries near 1, so that no square underflows.
  const scale = largest > 0 ? 2 ** Math.max(-1000, Math.min(1000, -Math.floor(Math.log2(largest)))) : 1
  const vectors = matrix.slice(0, n * n).map((value) => value * scale)
  const values = new Float64Array(n)
  const beside = new Float64Array(n)
  tridiagonalise(vectors, values, beside, n)
  diagonalise(vectors, values, beside, n)
  for (let k = 0; k < n; k++) values[k]! /= scale
  return ascending(values, vectors, n)
}

/** Leaves the diagonal in `d`, the off-diagonal in `e[1 …]` and the accumulated reflections in `z`. */
function tridiagonalise(z: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) d[j] = z[(n - 1) * n + j]!
  for (let i = n - 1; i > 0; i--) reflect(z, d, e, n, i)

  for (let i = 0; i < n - 1; i++) {
    z[(n - 1) * n + i] = z[i * n + i]!
    z[i * n + i] = 1
    const h = d[i + 1]!
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = z[k * n + i + 1]! / h
      for (let j = 0; j <= i; j++) {
        let g = 0
        for (let k = 0; k <= i; k++) g += z[k * n + i + 1]! * z[k * n + j]!
        for (let k = 0; k <= i; k++) z[k * n + j]! -= g * d[k]!
      }
    }
    for (let k = 0; k <= i; k++) z[k * n + i + 1] = 0
  }
  for (let j = 0; j < n; j++) {
    d[j] = z[(n - 1) * n + j]!
    z[(n - 1) * n + j] = 0
  }
  z[n * n - 1] = 1
  e[0] = 0
}

/** One Householder reflection that empties row `i` left of its off-diagonal element. */
function reflect(z: Float64Array, d: Float64Array, e: Float64Array, n: number, i: number): void {
  let scale = 0
  let h = 0
  for (let k = 0; k < i; k++) scale += Math.abs(d[k]!)
  if (scale === 0) {
    e[i] = d[i - 1]!
    for (let j = 0; j < i; j++) {
      d[j] = z[(i - 1) * n + j]!
      z[i * n + j] = 0
      z[j * n + i] = 0
    }
    d[i] = 0
    return
  }
  for (let k = 0; k < i; k++) {
    d[k]! /= scale
    h += d[k]! * d[k]!
  }
  const f = d[i - 1]!
  const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h)
  e[i] = scale * g
  h -= f * g
  d[i - 1] = f - g
  e.fill(0, 0, i)
  for (let j = 0; j < i; j++) {
    const own = d[j]!
    z[j * n + i] = own
    let sum = e[j]! + z[j * n + j]! * own
    for (let k = j + 1; k < i; k++) {
      sum += z[k * n + j]! * d[k]!
      e[k]! += z[k * n + j]! * own
    }
    e[j] = sum
  }
  let product = 0
  for (let j = 0; j < i; j++) {
    e[j]! /= h
    product += e[j]! * d[j]!
  }
  const half = product / (h + h)
  for (let j = 0; j < i; j++) e[j]! -= half * d[j]!
  for (let j = 0; j < i; j++) {
    const own = d[j]!
    const other = e[j]!
    for (let k = j; k < i; k++) z[k * n + j]! -= own * e[k]! + other * d[k]!
    d[j] = z[(i - 1) * n + j]!
    z[i * n + j] = 0
  }
  d[i] = h
}

function diagonalise(z: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  e.copyWithin(0, 1)
  e[n - 1] = 0
  let shift = 0
  let magnitude = 0
  for (let k = 0; k < n; k++) magnitude = Math.max(magnitude, Math.abs(d[k]!) + Math.abs(e[k]!))
  for (let l = 0; l < n; l++) {
    let m = l
    while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * magnitude) m++
    // The method converges cubically; the count only guards against a matrix with NaN.
    for (let sweep = 0; m > l && sweep < 60; sweep++) {
      shift += sweepUp(z, d, e, { l, m, n })
      if (Math.abs(e[l]!) <= Number.EPSILON * magnitude) break
    }
    d[l]! += shift
    e[l] = 0
  }
}

/** One implicit QL sweep over rows l … m; returns the shift it took off the diagonal from l on. */
function sweepUp(
  z: Float64Array,
  d: Float64Array,
  e: Float64Array,
  { l, m, n }: { readonly l: number; readonly m: number; readonly n: number },
): number {
  const before = d[l]!
  let p = (d[l + 1]! - before) / (2 * e[l]!)
  const radius = (p < 0 ? -1 : 1) * Math.sqrt(p * p + 1)
  d[l] = e[l]! / (p + radius)
  d[l + 1] = e[l]! * (p + radius)
  const next = d[l + 1]!
  const shift = before - d[l]!
  for (let i = l + 2; i < n; i++) d[i]! -= shift

  p = d[m]!
  let c = 1
  let c2 = 1
  let c3 = 1
  let s = 0
  let s2 = 0
  const beside = e[l + 1]!
  for (let i = m - 1; i >= l; i--) {
    c3 = c2
    c2 = c
    s2 = s
    const g = c * e[i]!
    const h = c * p
    const r = Math.sqrt(p * p + e[i]! * e[i]!)
    e[i + 1] = s * r
    s = e[i]! / r
    c = p / r
    p = c * d[i]! - s * g
    d[i + 1] = h + s * (c * g + s * d[i]!)
    for (let k = 0; k < n; k++) {
      const right = z[k * n + i + 1]!
      const left = z[k * n + i]!
      z[k * n + i + 1] = s * left + c * right
      z[k * n + i] = c * left - s * right
    }
  }
  p = (-s * s2 * c3 * beside * e[l]!) / next
  e[l] = s * p
  d[l] = c * p
  return shift
}

function ascending(values: Float64Array, vectors: Float64Array, n: number): SymmetricEigen {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!)
  const sorted = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) sorted[i * n + k] = vectors[i * n + order[k]!]!
  return { values: Float64Array.from(order, (k) => values[k]!), vectors: sorted }
}
