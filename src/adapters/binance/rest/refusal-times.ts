import type { HttpAnswer } from '../wire.js'
import type { ExchangeError } from './call.js'

/** How long the exchange asks to wait, ms; undefined where it does not. */
export function retryAfterMs({ headers }: HttpAnswer): number | undefined {
  const seconds = Number(headers['retry-after'] ?? Number.NaN)
  return seconds >= 0 && seconds <= SECONDS_MAX ? seconds * 1_000 : undefined
}

/** How long a ban lasts that has its end in its text, ms; undefined where it has not, or is over. */
export function bannedForMs({ message }: ExchangeError, exchangeMs: number): number | undefined {
  const end = /banned until (\d{13})\b/.exec(message)
  const restMs = end === null ? 0 : Number(end[1]) - exchangeMs
  return restMs > 0 && restMs <= SECONDS_MAX * 1_000 ? restMs : undefined
}

/** Ten days; the longest ban is three. */
const SECONDS_MAX = 864_000
