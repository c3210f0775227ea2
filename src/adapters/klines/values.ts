import { textOf } from './decimal.js'

export const CLOSE_EXPECTED = 'a positive close price'

/** How tables write that a value is missing. */
const MISSING = new Set(['', 'nan', 'na', 'n/a', 'null', 'none', '-'])

export function isMissing(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start <= 4 && MISSING.has(textOf(bytes, start, end).trim().toLowerCase())
}

export function isVolume(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY
}
