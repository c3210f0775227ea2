import { KlineError } from '../../ports/klines.js'
import { parseDecimal, textOf } from './decimal.js'
import { shown } from './refusal.js'

export const CLOSE_EXPECTED = 'a positive close price'

/** How tables write that a value is missing. */
const MISSING = new Set(['', 'nan', 'na', 'n/a', 'null', 'none', '-'])

export function isMissing(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start <= 4 && MISSING.has(textOf(bytes, start, end).trim().toLowerCase())
}

export function isPrice(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY
}

export function isVolume(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY
}

/** A volume that must be there. */
export function volumeOf(bytes: Uint8Array, start: number, end: number, name: string, place: () => string): number {
  const value = parseDecimal(bytes, start, end)
  if (!isVolume(value)) throw new KlineError(place(), `a ${name} of 0 or more`, shown(textOf(bytes, start, end)))
  return value
}
