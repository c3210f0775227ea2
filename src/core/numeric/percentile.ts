/**
 * The percentile of `count` values with linear interpolation, as numpy's default computes it, last bit included, given
 * the value at each rank (0 the smallest). `fraction` is 0 … 1 (0.6 is the 60th percentile). NaN for no values.
 */
export function percentileOf(count: number, fraction: number, valueAt: (rank: number) => number): number {
  if (count === 0) return Number.NaN
  const position = (count - 1) * fraction
  const below = Math.floor(position)
  const share = position - below
  const low = valueAt(below)
  return share === 0 ? low : interpolate(low, valueAt(below + 1), share)
}

/** {@link percentileOf} ascending values. */
export function percentileOfSorted(ascending: ArrayLike<number>, fraction: number): number {
  return percentileOf(ascending.length, fraction, (rank) => ascending[rank]!)
}

/** {@link percentileOf} values in any order, which it rearranges: expected linear time, because most are never sorted. */
export function percentileInPlace(values: Float64Array, fraction: number): number {
  return percentileOf(values.length, fraction, (rank) => select(values, rank))
}

/** Median of values in any order; NaN for no values. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The middle one of the values themselves, the lower of the two middle ones for an even count; undefined for no values. */
export function lowerMedian(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]
}

/** numpy's lerp takes the nearer end as its origin; a plain `low + …` differs in the last bit and can flip a `>=`. */
function interpolate(low: number, high: number, share: number): number {
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
