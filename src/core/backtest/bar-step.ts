import type { DayColumns } from '../../ports/days.js'
import { lowerMedian } from '../numeric/percentile.js'

/** The bar step of a day in seconds: the median over a sample of its steps; undefined without timestamps. */
export function barStepSeconds({ timestampNs: timestamps }: Pick<DayColumns, 'timestampNs'>): number | undefined {
  if (timestamps === undefined || timestamps.length < 2) return undefined
  const stride = Math.max(1, Math.floor((timestamps.length - 1) / SAMPLED_STEPS))
  const steps: number[] = []
  for (let i = 1; i < timestamps.length; i += stride) steps.push(Number(timestamps[i]! - timestamps[i - 1]!) / 1e9)
  return lowerMedian(steps)
}

/** Steps looked at to tell the bar length; a day has one step, so a sample is enough. */
const SAMPLED_STEPS = 101
