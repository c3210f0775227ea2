import { parseDecimal, textOf } from './decimal.js'

export const DAY_MS = 86_400_000

/** Times before 2000 or after 2099 are taken for damage; within, the units' ranges do not overlap. */
const FIRST_SECOND = Date.UTC(2000, 0) / 1000
const LAST_SECOND = Date.UTC(2100, 0) / 1000

export const TIME_EXPECTED =
  'a time from 2000 to 2099 (an integer in s, ms, µs or ns since 1970, or ISO 8601 such as 2025-05-10T00:00:00Z)'

/** The time in `bytes[start, end)`, in UTC milliseconds: an integer since 1970 in any usual unit, or ISO 8601. NaN for anything else. */
export function parseTime(bytes: Uint8Array, start: number, end: number): number {
  const value = parseDecimal(bytes, start, end)
  if (value <= Number.MAX_SAFE_INTEGER) return timeOfNumber(value)
  return timeOfText(textOf(bytes, start, end))
}

/** As `parseTime`, from text. */
export function timeOfText(text: string): number {
  if (/^\d{17,20}$/.test(text)) return timeOfNanoseconds(BigInt(text))
  if (/^\d+(?:\.\d*)?(?:e\+?\d+)?$/i.test(text)) return timeOfNumber(Number(text))
  return timeOfIso(text)
}

/** Milliseconds of an integer in a unit told by its magnitude; NaN outside 2000 to 2099. Up to 2^53, so not for all nanoseconds. */
export function timeOfNumber(value: number): number {
  if (value >= FIRST_SECOND && value < LAST_SECOND) return value * 1e3
  if (value >= FIRST_SECOND * 1e3 && value < LAST_SECOND * 1e3) return value
  if (value >= FIRST_SECOND * 1e6 && value < LAST_SECOND * 1e6) return value / 1e3
  if (value >= FIRST_SECOND * 1e9 && value < LAST_SECOND * 1e9) return value / 1e6
  return Number.NaN
}

/** As `timeOfNumber` for integers of any size. */
export function timeOfInteger(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? timeOfNanoseconds(value) : timeOfNumber(Number(value))
}

/** Whole milliseconds and the rest apart: nanoseconds since 1970 exceed 2^53, whose rounding would move a bar by 128 ns. */
export function millisecondsOfNanoseconds(value: bigint): number {
  return Number(value / 1_000_000n) + Number(value % 1_000_000n) / 1e6
}

function timeOfNanoseconds(value: bigint): number {
  const ms = millisecondsOfNanoseconds(value)
  return ms >= FIRST_SECOND * 1e3 && ms < LAST_SECOND * 1e3 ? ms : Number.NaN
}

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s?([Zz]|UTC|[+-]\d\d(?::?\d\d)?)?)?$/

function timeOfIso(text: string): number {
  const match = ISO.exec(text)
  if (match === null) return Number.NaN
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as number[]
  const midnight = Date.UTC(year!, month! - 1, day!)
  // Date.UTC takes 2025-02-30 for 2025-03-02.
  if (new Date(midnight).getUTCDate() !== day || new Date(midnight).getUTCMonth() !== month! - 1) return Number.NaN
  if (hour! > 23 || minute! > 59 || second! > 59) return Number.NaN
  const fractionMs = Number((match[7] ?? '').padEnd(9, '0')) / 1e6
  const ms = midnight + hour! * 3_600_000 + minute! * 60_000 + second! * 1_000 - offsetMs(match[8]) + fractionMs
  return timeOfNumber(ms) === ms ? ms : Number.NaN
}

/** A time without a zone is UTC. */
function offsetMs(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || 0)
  return (zone[0] === '-' ? -minutes : minutes) * 60_000
}

/** The UTC midnight before or at a time. */
export function dayStartOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS) * DAY_MS
}

export function isoDateOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}
