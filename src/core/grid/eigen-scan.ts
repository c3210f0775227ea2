import type { EigenScanPayload } from '../../ports/vocabulary/eigen-scan.js'
import type { SCAN_WINDOWS } from '../../ports/vocabulary/scan.js'
import { type GridDocument, gridDocument, notJson, parsedJson, type Reading } from './document.js'
import { isObject, type Refusal, shown } from './document-check.js'
import { EIGEN_SCAN_SCHEMA } from './feature-documents.js'
import { isoMs } from './iso-time.js'

/** A scanner's latest scan, `latest_eigen_scan`: written in one form, read in every form that scanners write. */
export const LATEST_EIGEN_SCAN: GridDocument<EigenScanPayload, EigenScan> = {
  ...gridDocument('latest_eigen_scan', EIGEN_SCAN_SCHEMA),
  read: readEigenScan,
}

/** A scan that can be acted on. What it does not say is NaN. */
export interface EigenScan extends EigenScanForm {
  readonly scanNumber: number
  readonly atMs: number
}

/** The normal form of a payload, whether or not it can be acted on. */
export interface EigenScanForm {
  /** NG7: results lie under `result`. */
  readonly form: 'NG7' | 'NG8'
  /** NaN where there is none that is an integer of at least 0. */
  readonly scanNumber: number
  /** Time of the prices, UTC ms. */
  readonly atMs: number
  /** Time of publication, UTC seconds. */
  readonly bridgeTs: number
  /** Relative change of the λmax of 50 prices since the scan before: 0.01 is 1 %. So the next three, of longer windows. */
  readonly w50Velocity: number
  /** As `w50Velocity`. */
  readonly w150Velocity: number
  /** As `w50Velocity`. */
  readonly w300Velocity: number
  /** As `w50Velocity`. */
  readonly w750Velocity: number
  /** |velocity| + rotation of the leading eigenvector, of 50 prices. */
  readonly instability50: number
  /** Of 150 prices. */
  readonly instability150: number
  /** `w50Velocity` − `w750Velocity`: the engine's signal. */
  readonly velDiv: number
  /** Finite and above zero; a symbol without such a price is absent. */
  readonly assetPrices: ReadonlyMap<string, number>
  /** Undefined where nobody has decided it. */
  readonly volOk: boolean | undefined
  /** Share of the data that is good, 0 … 1; undefined where nobody says. */
  readonly dataQuality: number | undefined
}

/**
 * Reads a scan from the grid; one without a number or a time is refused: it can be neither told from others nor dated. With 50 symbols
 * it takes 9 µs, of which the JSON takes 6: it is on the way of every scan.
 */
export function readEigenScan(text: string): Reading<EigenScan> {
  const json = parsedJson(text)
  if (json === undefined) return { refused: notJson(NAME, text) }
  const form = eigenScanForm(json.value)
  if (form === undefined) return { refused: { path: NAME, expected: 'an object', found: shown(json.value) } }
  if (Number.isNaN(form.scanNumber)) return refused(json.value, 'scan_number', 'an integer of at least 0')
  if (Number.isNaN(form.atMs)) return refused(json.value, 'timestamp', 'a time there or in timestamp_ns')
  return { value: form }
}

/**
 * The normal form of any payload; undefined when it is no object. A field stands at the top level, else under `result`; a velocity or
 * instability that is not there stands among the results of its window. Source: system bible §28.5; spec "The grid".
 */
export function eigenScanForm(payload: unknown): EigenScanForm | undefined {
  if (!isObject(payload)) return undefined
  const result = isObject(payload.result) ? payload.result : undefined
  const get = (key: string): unknown => payload[key] ?? result?.[key]

  const windows = get('multi_window_results')
  const figure = (key: string, window: (typeof SCAN_WINDOWS)[number], of: 'velocity' | 'instability'): number => {
    const own = finite(get(key))
    if (!Number.isNaN(own) || !isObject(windows)) return own
    const row = windows[window]
    return isObject(row) ? finite(row[of]) : Number.NaN
  }
  const scanNumber = get('scan_number')
  const velDiv = finite(get('vel_div'))
  const w50Velocity = figure('w50_velocity', 50, 'velocity')
  const w750Velocity = figure('w750_velocity', 750, 'velocity')
  const volOk = get('vol_ok')
  const dataQuality = get('data_quality')
  return {
    form: result === undefined ? 'NG8' : 'NG7',
    scanNumber: Number.isSafeInteger(scanNumber) && (scanNumber as number) >= 0 ? (scanNumber as number) : Number.NaN,
    atMs: timeOf(get('timestamp_ns'), get('timestamp')),
    bridgeTs: finite(get('bridge_ts')),
    w50Velocity,
    w150Velocity: figure('w150_velocity', 150, 'velocity'),
    w300Velocity: figure('w300_velocity', 300, 'velocity'),
    w750Velocity,
    instability50: figure('instability_50', 50, 'instability'),
    instability150: figure('instability_150', 150, 'instability'),
    velDiv: Number.isNaN(velDiv) ? w50Velocity - w750Velocity : velDiv,
    assetPrices: pricesOf(get('asset_prices')),
    volOk: typeof volOk === 'boolean' ? volOk : undefined,
    dataQuality: isShare(dataQuality) ? dataQuality : undefined,
  }
}

const NAME = 'latest_eigen_scan'
const NS_DIGITS_OF_MS = 6
/** What an int64 of nanoseconds can say, in the year 2262. */
const NS_MAX = 2 ** 63

/** Nanoseconds as decimal text; as a number, which has lost its last digits; else the ISO text. */
function timeOf(ns: unknown, iso: unknown): number {
  if (typeof ns === 'string' && /^\d{1,19}$/.test(ns)) return Number(ns.slice(0, -NS_DIGITS_OF_MS))
  if (typeof ns === 'number' && ns >= 0 && ns <= NS_MAX) return Math.floor(Math.round(ns / 1000) / 1000)
  return (typeof iso === 'string' ? isoMs(iso) : undefined) ?? Number.NaN
}

function pricesOf(given: unknown): ReadonlyMap<string, number> {
  const prices = new Map<string, number>()
  if (!isObject(given)) return prices
  for (const symbol of Object.keys(given)) {
    const price = given[symbol]
    if (typeof price === 'number' && price > 0 && price < Number.POSITIVE_INFINITY) prices.set(symbol, price)
  }
  return prices
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function finite(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN
}

function refused(payload: unknown, key: string, expected: string): { readonly refused: Refusal } {
  const fields = payload as {
    readonly [key: string]: unknown
    readonly result?: Readonly<Record<string, unknown>> | null
  }
  return { refused: { path: `${NAME}.${key}`, expected, found: shown(fields[key] ?? fields.result?.[key]) } }
}
