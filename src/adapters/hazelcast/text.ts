import { GridUnavailable } from '../../ports/grid.js'
import type { HazelcastModule } from './failure.js'

/**
 * A value as the port has it. Other programs may have written JSON as a type of its own: that is its text; anything else is none.
 *
 * @throws GridUnavailable
 */
export function textOf(client: HazelcastModule, value: unknown, of: string): string | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'string') return value
  if (value instanceof client.HazelcastJsonValue) return value.toString()
  throw new GridUnavailable('unsupported', `expected a text in ${of}, found ${typeof value}`)
}
