import { clipped } from '../../base/clipped.js'
import { KlineError } from '../../ports/klines.js'

/** Any failure met while reading bytes, as the error a caller of the port sees. */
export function asKlineError(error: unknown, place: string, expected: string): KlineError {
  if (error instanceof KlineError) return error
  return new KlineError(place, expected, error instanceof Error ? error.message : String(error))
}

/** Text from a file as an error shows it: quoted, short, without control characters. */
export function shown(text: string): string {
  const short = clipped(text, 40)
  return JSON.stringify(short)
}
