import type { BarObservation } from '../../ports/vocabulary/observation.js'

/**
 * An observation as the journal keeps it. JSON has no −0: what strategies see is made of this, so that it is what a recovery will
 * show them.
 */
export function recordedObservation(observation: BarObservation): BarObservation {
  return plain(observation) as BarObservation
}

/** Everything in it is a number, a text, a flag, null, a list or an object; a field that is undefined is none. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return value + 0
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  const copy: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) if (field !== undefined) copy[name] = plain(field)
  return copy
}
