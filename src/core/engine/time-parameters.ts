import { assert } from '../../base/assert.js'
import type { EngineParameters } from './parameters.js'

/** The parameters that count bars. The windows of signal, ranking and volatility are no parameters, and count bars always. */
export const BAR_COUNTS = [
  'lookback',
  'max_hold_bars',
  'dc_lookback_bars',
] as const satisfies (keyof EngineParameters)[]

export type BarCount = (typeof BAR_COUNTS)[number]

/** The bar step at which the champion was validated, ms. Source: system bible §22.3. */
export const CHAMPION_STEP_MS = 5_000

/** What the bar counts mean in time at a bar step, seconds. */
export function secondsOf(counts: Readonly<Record<BarCount, number>>, stepMs: number): Record<BarCount, number> {
  assert(Number.isInteger(stepMs) && stepMs > 0, 'a bar step is whole milliseconds')
  return eachOf((name) => (counts[name] * stepMs) / 1_000)
}

/**
 * How many bars of a step the times are: exactly, where the step divides them; else the nearest count, a half rounded up. At least
 * one bar, but for a time of 0, which stays none.
 *
 * @param seconds multiples of a millisecond.
 */
export function barsOf(seconds: Readonly<Record<BarCount, number>>, stepMs: number): Record<BarCount, number> {
  assert(Number.isInteger(stepMs) && stepMs > 0, 'a bar step is whole milliseconds')
  return eachOf((name) => {
    const ms = Math.round(seconds[name] * 1_000)
    return ms === 0 ? 0 : Math.max(1, Math.floor((2 * ms + stepMs) / (2 * stepMs)))
  })
}

/** The parameters with the same times at another bar step. They are another set, with another hash: research. */
export function atStep(
  parameters: EngineParameters,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): EngineParameters {
  return { ...parameters, ...barsOf(secondsOf(parameters, fromMs), toMs) }
}

function eachOf(value: (name: BarCount) => number): Record<BarCount, number> {
  return Object.fromEntries(BAR_COUNTS.map((name) => [name, value(name)])) as Record<BarCount, number>
}
