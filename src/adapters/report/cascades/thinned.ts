import type { ShownValue } from './shown-cascade.js'

/**
 * At most `count` of the values of a line that look the same: of each of equal stretches of time the first, the lowest, the highest
 * and the last stay, so that no spike disappears. Values are in time.
 */
export function thinned(values: readonly ShownValue[], count: number): readonly ShownValue[] {
  if (values.length <= count) return values
  const stretches = Math.max(1, Math.floor(count / KEPT_OF_EACH))
  const fromMs = values[0]!.tsMs
  const stretchMs = (values.at(-1)!.tsMs - fromMs + 1) / stretches
  const kept: ShownValue[] = []
  for (let start = 0; start < values.length; ) {
    const stretch = Math.floor((values[start]!.tsMs - fromMs) / stretchMs)
    let end = start + 1
    while (end < values.length && Math.floor((values[end]!.tsMs - fromMs) / stretchMs) === stretch) end++
    kept.push(...outline(values, start, end))
    start = end
  }
  return kept
}

const KEPT_OF_EACH = 4

function outline(values: readonly ShownValue[], start: number, end: number): ShownValue[] {
  let [lowest, highest] = [start, start]
  for (let i = start; i < end; i++) {
    if (values[i]!.value < values[lowest]!.value) lowest = i
    if (values[i]!.value > values[highest]!.value) highest = i
  }
  return [...new Set([start, lowest, highest, end - 1])].sort((a, b) => a - b).map((i) => values[i]!)
}
