/**
 * The percentile of ascending values with linear interpolation, as numpy's default computes it, last bit included.
 * `fraction` is 0 … 1 (0.6 is the 60th percentile). NaN for no values.
 */
export function percentileOfSorted(ascending: ArrayLike<number>, fraction: number): number {
  const last = ascending.length - 1
  if (last < 0) return Number.NaN
  const position = last * fraction
  const below = Math.min(Math.floor(position), last)
  const low = ascending[below]!
  const high = ascending[Math.min(below + 1, last)]!
  return interpolate(low, high, position - below)
}

/**
 * {@link percentileOfSorted} of values in any order, which it rearranges: expected linear time, because the rest of the
 * values is never sorted.
 */
export function percentileInPlace(values: Float64Array, fraction: number): number {
  const last = values.length - 1
  if (last < 0) return Number.NaN
  const position = last * fraction
  const below = Math.min(Math.floor(position), last)
  const low = select(values, below)
  let high = low
  if (below < last) {
    high = values[below + 1]!
    for (let i = below + 2; i <= last; i++) if (values[i]! < high) high = values[i]!
  }
  return interpolate(low, high, position - below)
}

/** Median of values in any order; NaN for no values. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** numpy's lerp takes the nearer end as its origin; a plain `low + …` differs in the last bit and can flip a `>=`. */
function interpolate(low: number, high: number, share: number): number {
  if (share === 0) return low
  const span = high - low
  return share >= 0.5 ? high - span * (1 - share) : low + span * share
}

/**
 * Rearranges `values` so that index `rank` holds what it would hold after sorting, nothing before it is greater and
 * nothing after it smaller (Hoare's selection, median of three; equal values split evenly, so ties cost nothing).
 */
function select(values: Float64Array, rank: number): number {
  let left = 0
  let right = values.length - 1
  while (left < right) {
    const pivot = medianOfThree(values[left]!, values[(left + right) >>> 1]!, values[right]!)
    let i = left
    let j = right
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i <= j) {
        const swapped = values[i]!
        values[i++] = values[j]!
        values[j--] = swapped
      }
    }
    if (rank <= j) right = j
    else if (rank >= i) left = i
    else break
  }
  return values[rank]!
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
