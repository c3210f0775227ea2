import { MISSING_WORDS } from '../../base/decimal.js'
import { textOf } from './decimal.js'

export const CLOSE_EXPECTED = 'a positive close price'

export function isMissing(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start <= 4 && MISSING_WORDS.has(textOf(bytes, start, end).trim().toLowerCase())
}

export function isVolume(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY
}
