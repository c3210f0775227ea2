import { clipped } from '../../base/clipped.js'
import { printable } from '../../base/printable.js'

/** A value that the exchange sent, whatever it is, as a message may quote it: its JSON, clipped. */
export function shown(value: unknown, lengthMax = 60): string {
  return clipped(printable(jsonOf(value)), lengthMax)
}

/** `JSON.parse` reads what is nested more deeply than `JSON.stringify` can write. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return 'something that is nested too deeply'
  }
}
