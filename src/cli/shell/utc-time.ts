import { found } from '../../base/mistakes.js'
import { isDate } from '../../base/utc-date.js'
import type { OptionCheck } from './option-check.js'

/** UTC ms of a time as a person types it, `2024-08-09T00:01:30Z`; a date is its first moment. Undefined, and a problem, for another text. */
export function utcTime(check: OptionCheck, option: string, typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined
  const [, date, time] = UTC_TIME.exec(typed) ?? []
  const ms = date !== undefined && isDate(date) ? Date.parse(`${date}T${time ?? '00:00'}Z`) : Number.NaN
  if (Number.isFinite(ms)) return ms
  return check.wrong(option, `expected a UTC time such as 2024-08-09T00:01:30Z or a date, found ${found(typed)}`)
}

const UTC_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)Z?)?$/

/** Milliseconds of `500ms`, `10s`, `5m` or `2h`. Undefined, and a problem, for another text or a time that is no whole number of ms. */
export function span(
  check: OptionCheck,
  option: string,
  { typed, minMs = 1, maxMs = SPAN_MS_MAX }: { readonly typed: string | undefined } & SpanRange,
): number | undefined {
  if (typed === undefined) return undefined
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?) ?(ms|s|m|min|h|d)$/.exec(typed.trim()) ?? []
  const ms = Number(amount) * (UNIT_MS[unit] ?? Number.NaN)
  if (Number.isInteger(ms) && ms >= minMs && ms <= maxMs) return ms
  const range = `${spanText(minMs)} to ${spanText(maxMs)}`
  return check.wrong(option, `expected a time such as 500ms, 10s, 5m or 2h, from ${range}, found ${found(typed)}`)
}

interface SpanRange {
  readonly minMs?: number
  readonly maxMs?: number
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const SPAN_MS_MAX = 30 * 86_400_000

/** As {@link span} takes it, in the largest unit that it is a whole number of. */
export function spanText(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((name) => ms % UNIT_MS[name]! === 0) ?? 'ms'
  return `${ms / UNIT_MS[unit]!}${unit}`
}
