/** From a value to its place in an SVG. */
export interface Scale {
  readonly low: number
  readonly high: number
  at(value: number): number
}

export function scaleOf({ low, high }: Range, { from, to }: { readonly from: number; readonly to: number }): Scale {
  const span = high - low || 1
  return { low, high, at: (value) => from + ((value - low) / span) * (to - from) }
}

export interface Range {
  readonly low: number
  readonly high: number
}

/**
 * The values' range with a margin, so that no line runs along an edge. It is a millionth of them at least: finer ticks would be told
 * apart by no digit.
 */
export function paddedRange(values: readonly number[]): Range {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (low > high) return { low: 0, high: 1 }
  const margin = Math.max((high - low) * 0.08, Math.max(Math.abs(low), Math.abs(high)) * 1e-6) || 1
  return { low: low - margin, high: high + margin }
}

/** Round values within a range, two to five of them. */
export function ticksOf({ low, high }: Range): number[] {
  const rough = (high - low) / 4
  const size = 10 ** Math.floor(Math.log10(rough))
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((candidate) => candidate >= rough * (1 - 1e-9)) ?? rough
  const ticks: number[] = []
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(Number((i * step).toPrecision(12)))
  return ticks
}

/** Round times within a stretch of it, UTC ms, at most eight. */
export function timeTicksOf({ low, high }: Range): number[] {
  const step = TIME_STEPS_MS.find((candidate) => (high - low) / candidate <= TIME_TICKS_MAX) ?? TIME_STEPS_MS.at(-1)!
  const ticks: number[] = []
  for (let ms = Math.ceil(low / step) * step; ms <= high; ms += step) ticks.push(ms)
  return ticks
}

const TIME_TICKS_MAX = 8
const TIME_STEPS_MS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600].map((seconds) => seconds * 1_000)
