import type { IsoDate } from '../../ports/market.js'
import { median } from '../numeric/percentile.js'
import type { BetaPolicy, BreakerTable, DailyFactors } from './breaker.js'

/** How many scans make a date's value. Source: system bible §10.2. */
export const SCANS_PER_DATE = 10

/** Median over the first ten scans of a date, missing ones left out; null when none of the ten has a value. */
export function medianOfFirstScans(scans: readonly (number | null)[]): number | null {
  return medianOfKnown(scans.slice(0, SCANS_PER_DATE))
}

/** Median over the last ten scans before a date, missing ones left out; null when none of the ten has a value. */
export function medianOfLastScans(scans: readonly (number | null)[]): number | null {
  return medianOfKnown(scans.slice(-SCANS_PER_DATE))
}

/** The JSON names of the daily factors beside the domain's. */
const FACTOR_KEYS = { funding_btc: 'fundingBtc', dvol_btc: 'dvolBtc', fng: 'fng', taker: 'taker' } as const

const POLICIES: readonly BetaPolicy[] = ['expanding', 'full-sample', 'fixed']

/**
 * A breaker table from JSON: `{factors: {date: {funding_btc, dvol_btc, fng, taker}}, w750: {date: velocity | null},
 * beta_policy, fixed_threshold}`. Null and absent values are missing; `beta_policy` is `expanding` when absent.
 *
 * @throws Error naming the date and the key, what was expected and what was found.
 */
export function parseBreakerTable(json: unknown): BreakerTable {
  const table = object('breaker table', json)
  const policy = table.beta_policy ?? 'expanding'
  const betaPolicy = POLICIES.find((known) => known === policy)
  if (betaPolicy === undefined) throw mismatch('beta_policy', POLICIES.join(', '), policy)
  const fixedThreshold = finiteOrMissing('fixed_threshold', table.fixed_threshold)
  if (betaPolicy === 'fixed' && fixedThreshold === null) throw mismatch('fixed_threshold', 'a finite number', null)
  return {
    factors: byDate('factors', table.factors, dailyFactors),
    w750: byDate('w750', table.w750, finiteOrMissing),
    betaPolicy,
    ...(fixedThreshold === null ? {} : { fixedThreshold }),
  }
}

function dailyFactors(where: string, json: unknown): DailyFactors {
  const row = object(where, json)
  const factors: { -readonly [K in keyof DailyFactors]: DailyFactors[K] } = {}
  for (const [key, value] of Object.entries(row)) {
    if (!Object.hasOwn(FACTOR_KEYS, key)) throw mismatch(where, Object.keys(FACTOR_KEYS).join(', '), key)
    factors[FACTOR_KEYS[key as keyof typeof FACTOR_KEYS]] = finiteOrMissing(`${where} ${key}`, value)
  }
  return factors
}

function byDate<T>(where: string, json: unknown, parse: (where: string, value: unknown) => T): Map<IsoDate, T> {
  const values = new Map<IsoDate, T>()
  for (const [date, value] of Object.entries(object(where, json ?? {}))) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw mismatch(where, 'dates YYYY-MM-DD', date)
    values.set(date, parse(`${where} ${date}`, value))
  }
  return values
}

function finiteOrMissing(where: string, value: unknown): number | null {
  if (value === null || value === undefined) return null
  if (typeof value !== 'number' || !Number.isFinite(value)) throw mismatch(where, 'a finite number or null', value)
  return value
}

function object(where: string, json: unknown): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw mismatch(where, 'an object', json)
  return json as Record<string, unknown>
}

function mismatch(where: string, expected: string, found: unknown): Error {
  return new Error(`${where}: expected ${expected}, found ${JSON.stringify(found) ?? 'nothing'}`)
}

function medianOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[]
  return known.length === 0 ? null : median(known)
}
