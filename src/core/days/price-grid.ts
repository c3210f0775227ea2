import { assert } from '../../base/assert.js'
import { MS_PER_DAY } from '../../base/utc-date.js'
import type { BarStep, SymbolDay } from '../../ports/klines.js'

/** Why an input has no step of its own: what was expected, what was found, and what it may be told. */
export interface StepRefusal {
  readonly expected: string
  readonly found: string
}

/**
 * The one step that all of an input lies on, or why there is none. A table may have fewer bars than archives of a shorter
 * interval beside it; archives of two intervals are a mistake, or need a step that both fit in.
 */
export function commonStep(steps: readonly BarStep[]): number | StepRefusal {
  const [shortest, ...others] = [...steps].sort((a, b) => a.ms - b.ms)
  assert(shortest !== undefined, 'an input with bars has a step')
  if (shortest.ms < SHORTEST_STEP_MS) {
    return { expected: 'times on a common step of a second or more', found: `one beside it (${shortest.place})` }
  }
  const other = others.find(({ ms, source }) => ms !== shortest.ms && (source === 'archive' || ms % shortest.ms !== 0))
  if (other === undefined) return shortest.ms
  return {
    expected: 'bars of one step',
    found: `${stepText(shortest.ms)} (${shortest.place}) and ${stepText(other.ms)} (${other.place})`,
  }
}

/** Bars closer together than this do not come from klines: their times jitter, and the step must be said. */
const SHORTEST_STEP_MS = 1_000

/** The first of an input's steps that `stepMs` is no multiple of: its bars cannot be put together to such steps. */
export function unfit(steps: readonly BarStep[], stepMs: number): BarStep | undefined {
  return steps.find(({ ms }) => stepMs % ms !== 0)
}

/**
 * A day's bars as bars of `stepMs`: each has the close of the last bar within it, as the exchange's own klines of that
 * interval do, and a step without a bar has none. Volumes are left out. Bars that lie on the steps come back as they are.
 */
export function onSteps(day: SymbolDay, stepMs: number): SymbolDay {
  const { openTimesMs, closes, duplicates } = day
  if (openTimesMs.every((time) => time % stepMs === 0)) return day
  const times = new Float64Array(openTimesMs.length)
  const values = new Float64Array(openTimesMs.length)
  let count = 0
  for (let bar = 0; bar < openTimesMs.length; bar++) {
    const time = Math.floor(openTimesMs[bar]! / stepMs) * stepMs
    if (count === 0 || times[count - 1] !== time) times[count++] = time
    values[count - 1] = closes[bar]!
  }
  return { openTimesMs: times.slice(0, count), closes: values.slice(0, count), duplicates }
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: MS_PER_DAY } as const

/** The milliseconds of `5s`, `1m`, `4h` or `1d`; undefined unless it is one of them and divides a day. */
export function parseStep(text: string): number | undefined {
  const match = /^([1-9]\d{0,4})([smhd])$/.exec(text)
  if (match === null) return undefined
  const ms = Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]
  return MS_PER_DAY % ms === 0 ? ms : undefined
}

/** A step as `parseStep` reads it, in its largest unit. */
export function stepText(ms: number): string {
  for (const [unit, unitMs] of Object.entries(UNITS).reverse()) {
    if (ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs}${unit}`
  }
  return `${ms} ms`
}
