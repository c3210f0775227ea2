/**
 * The distance between the distributions of two samples, by Kolmogorov and Smirnov: the largest between their shares below any
 * value. Both are measured in their own deviations, so that a market which only moves more is not taken for another.
 *
 * `limit`: the distance that two samples of one distribution exceed with that chance, by the limit for many values.
 */
export function distributionDistance(
  before: readonly number[],
  recent: readonly number[],
  chance: number,
): { readonly distance: number; readonly limit: number } {
  const [one, other] = [standardised(before), standardised(recent)]
  const [m, n] = [one.length, other.length]
  let [i, j, distance] = [0, 0, 0]
  while (i < m && j < n) {
    const value = Math.min(one[i]!, other[j]!)
    // Values that are equal are passed together.
    while (i < m && one[i]! <= value) i++
    while (j < n && other[j]! <= value) j++
    distance = Math.max(distance, Math.abs(i / m - j / n))
  }
  return { distance, limit: Math.sqrt((-Math.log(chance / 2) / 2) * ((m + n) / (m * n))) }
}

/** Rising, in deviations; of values that do not vary, as they are. */
function standardised(values: readonly number[]): readonly number[] {
  let squares = 0
  for (const value of values) squares += value * value
  const deviation = Math.sqrt(squares / values.length)
  const scale = deviation > 0 ? deviation : 1
  return values.map((value) => value / scale).sort((a, b) => a - b)
}
