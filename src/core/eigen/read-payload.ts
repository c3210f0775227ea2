import type { WindowRecord } from '../../ports/scan-archive.js'
import { SCAN_WINDOWS } from '../../ports/vocabulary/scan.js'

/** What a published scan says, whichever form it came in; NaN where it says nothing. */
export interface PublishedScan {
  readonly scanNumber: number
  readonly timestampNs: bigint
  /** UTC seconds since the epoch of its publication. */
  readonly bridgeTs: number
  readonly velDiv: number
  /** In the order of `SCAN_WINDOWS`. */
  readonly windows: readonly [WindowRecord, WindowRecord, WindowRecord, WindowRecord]
  readonly prices: ReadonlyMap<string, number>
  readonly volOk?: boolean
  readonly dataQuality: number
}

/** A document that cannot be used is an everyday event for whoever reads a shared memory: a value, not an error. */
export type EigenScanReading = { readonly scan: PublishedScan } | { readonly problem: string }

/**
 * Reads a `latest_eigen_scan`, flat or in the older nested form, in which results lie under `result`.
 * Values stand where §15.1, §27.5 or §28.5 puts them: `w50_velocity` at the top or `velocity` among a window's results.
 *
 * Refused are documents without a scan number, a time, or prices: nothing can be done with those.
 * Source: system bible §28.5.
 */
export function normaliseEigenScan(json: unknown): EigenScanReading {
  if (!isObject(json)) return { problem: `expected an object, found ${kind(json)}` }
  const result = isObject(json.result) ? json.result : {}
  // What both hold, the inner one says about itself; the outer one may be the envelope's.
  const get = (key: string): unknown => result[key] ?? json[key]

  const scanNumber = get('scan_number')
  if (typeof scanNumber !== 'number' || !Number.isSafeInteger(scanNumber) || scanNumber < 0) {
    return { problem: `scan_number: expected an integer of at least 0, found ${kind(scanNumber)}` }
  }
  const timestampNs = timeOf(get)
  if (timestampNs === undefined) {
    return { problem: `timestamp_ns: expected nanoseconds, or a time in timestamp, found ${kind(get('timestamp_ns'))}` }
  }
  const prices = pricesOf(get)
  if (typeof prices === 'string') return { problem: prices }

  const windows = windowsOf(get)
  const velDiv = numberOr(get('vel_div'), windows[0].velocity - windows[3].velocity)
  const volOk = get('vol_ok')
  return {
    scan: {
      scanNumber,
      timestampNs,
      bridgeTs: numberOr(get('bridge_ts'), NaN),
      velDiv,
      windows,
      prices,
      ...(typeof volOk === 'boolean' ? { volOk } : {}),
      dataQuality: numberOr(get('data_quality'), NaN),
    },
  }
}

type Get = (key: string) => unknown

function windowsOf(get: Get): PublishedScan['windows'] {
  const results = get('multi_window_results')
  return SCAN_WINDOWS.map((window): WindowRecord => {
    const own = isObject(results) ? results[window] : undefined
    const row = isObject(own) ? own : {}
    const velocity = numberOr(get(`w${window}_velocity`), numberOr(row.velocity, NaN))
    return {
      lambdaMax: numberOr(row.lambda_max, NaN),
      velocity,
      rotation: numberOr(row.rotation, NaN),
      instability: numberOr(get(`instability_${window}`), numberOr(row.instability, NaN)),
    }
  }) as unknown as PublishedScan['windows']
}

/** Symbol → price, or a list of prices beside `assets`. A text is the reason why there are none. */
function pricesOf(get: Get): ReadonlyMap<string, number> | string {
  const given = get('asset_prices')
  const assets = get('assets')
  let entries: [string, unknown][]
  if (isObject(given)) entries = Object.entries(given)
  else if (Array.isArray(given) && Array.isArray(assets)) {
    if (given.length !== assets.length) {
      return `asset_prices: expected ${assets.length} prices, one per asset, found ${given.length}`
    }
    entries = given.map((price, i) => [String(assets[i]), price])
  } else return `asset_prices: expected prices by symbol, or a list beside assets, found ${kind(given)}`

  const prices = new Map<string, number>()
  for (const [symbol, price] of entries) {
    if (price === null || (typeof price === 'number' && Number.isNaN(price))) continue
    if (typeof price !== 'number' || !(price > 0) || price === Infinity) {
      return `asset_prices.${symbol}: expected a positive price, found ${kind(price)}`
    }
    prices.set(symbol, price)
  }
  return prices
}

/** Nanoseconds as decimal text, or as a number (rounded by whoever parsed it), else ISO text, else seconds. */
function timeOf(get: Get): bigint | undefined {
  const ns = get('timestamp_ns')
  if (typeof ns === 'string' && /^\d{1,19}$/.test(ns)) return BigInt(ns)
  if (typeof ns === 'number' && ns > 0 && ns < 2 ** 63) return BigInt(Math.round(ns))
  const time = get('timestamp')
  if (typeof time === 'string') return nsOfIso(time)
  if (typeof time === 'number' && time > 0 && time < 2 ** 33) return BigInt(Math.round(time * 1e6)) * 1000n
  return undefined
}

/** Python's `isoformat` writes microseconds and, of a time without a zone, none; those are UTC in the source. */
function nsOfIso(text: string): bigint | undefined {
  const parts = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(Z|[+-]\d{2}:?\d{2})?$/.exec(text)
  if (parts === null) return undefined
  const [, date, clock, fraction = '', zone = 'Z'] = parts
  const ms = Date.parse(`${date}T${clock}${zone.replace(/^(.\d\d)(\d\d)$/, '$1:$2')}`)
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kind(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value !== 'string') return Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : String(value)
  return value.length <= 40 ? `'${value}'` : `'${value.slice(0, 37)}…'`
}
