/**
 * Natural logarithm of the probability of exactly `k` successes in `n` trials of chance `p`, with an error of some 1e-15 of the
 * logarithm's own size. Factorials of thousands have logarithms of tens of thousands, whose rounding alone would cost five digits;
 * here what nearly cancels is never formed. Source: C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
 *
 * `k` and `n` are whole numbers, 0 ≤ k ≤ n; 0 ≤ p ≤ 1.
 */
export function logBinomial({ k, n, p }: { readonly k: number; readonly n: number; readonly p: number }): number {
  if (p === 0) return k === 0 ? 0 : Number.NEGATIVE_INFINITY
  if (p === 1) return k === n ? 0 : Number.NEGATIVE_INFINITY
  if (k === 0) return n * Math.log1p(-p)
  if (k === n) return n * Math.log(p)
  const corrections = stirlingError(n) - stirlingError(k) - stirlingError(n - k)
  const deviances = deviance(k, n * p) + deviance(n - k, n * (1 - p))
  return corrections - deviances + Math.log(n / (2 * Math.PI * k * (n - k))) / 2
}

/** ln n! less Stirling's approximation of it, for a whole n > 0. */
function stirlingError(n: number): number {
  if (n < SMALL.length) return SMALL[n]!
  const square = n * n
  return (1 / 12 - (1 / 360 - (1 / 1_260 - (1 / 1_680 - 1 / 1_188 / square) / square) / square) / square) / n
}

/** From the factorials themselves, where the series is not good enough. */
const SMALL = Array.from({ length: 16 }, (_, n) => {
  let factorial = 1
  for (let i = 2; i <= n; i++) factorial *= i
  return n === 0 ? 0 : Math.log(factorial) - (Math.log(2 * Math.PI) / 2 + (n + 0.5) * Math.log(n) - n)
})

/** x·ln(x/m) + m − x, which is small where x is near m: there it is summed as a series. */
function deviance(x: number, mean: number): number {
  const difference = x - mean
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference
  const v = difference / (x + mean)
  let sum = difference * v
  let term = 2 * x * v
  for (let divisor = 3; ; divisor += 2) {
    term *= v * v
    const next = sum + term / divisor
    if (next === sum) return sum
    sum = next
  }
}
