import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'
import type { ScanRecord, WindowRecord } from '../../ports/scan-archive.js'
import type { EigenScanPayload, EigenScanWindow, EigenScanWindowKey } from '../../ports/vocabulary/eigen-scan.js'
import { SCAN_WINDOWS } from '../../ports/vocabulary/scan.js'

export interface PublicationContext {
  /** UTC milliseconds since the epoch, now. */
  readonly publishedAtMs: number
  /** Whether the market moves enough to enter, when somebody has decided it. */
  readonly volOk?: boolean
}

/**
 * The grid's `latest_eigen_scan` of a scan. It needs nothing that the scan's file does not hold, so a scan read back from
 * its file gives the same document.
 *
 * Source: system bible §27.5, merged with §15.1. The source leaves `eigenvalue_gradients` open: here the change of λmax.
 */
export function eigenScanPayload(scan: ScanRecord, { publishedAtMs, volOk }: PublicationContext): EigenScanPayload {
  const [w50, w150, w300, w750] = scan.windows
  return {
    scan_number: scan.scanNumber,
    // Cut off, not rounded: never later than the scan.
    timestamp: new Date(Number(scan.timestampNs / 1_000_000n)).toISOString(),
    timestamp_ns: String(scan.timestampNs),
    bridge_ts: publishedAtMs / 1000,
    vel_div: orNull(scan.velDiv),
    w50_velocity: orNull(w50.velocity),
    w150_velocity: orNull(w150.velocity),
    w300_velocity: orNull(w300.velocity),
    w750_velocity: orNull(w750.velocity),
    instability_50: orNull(w50.instability),
    instability_150: orNull(w150.instability),
    asset_prices: pricesBySymbol(scan),
    ...present({ vol_ok: volOk }),
    data_quality: scan.dataQuality,
    eigenvalue_gradients: byWindow(scan, ({ lambdaMax, velocity }) => orNull(change(lambdaMax, velocity))),
    multi_window_results: byWindow(scan, windowResult),
  }
}

/** λ − λ' from λ and (λ − λ')/λ'. */
function change(lambdaMax: number, velocity: number): number {
  return (lambdaMax * velocity) / (1 + velocity)
}

function windowResult({ lambdaMax, velocity, rotation, instability }: WindowRecord): EigenScanWindow {
  return {
    lambda_max: orNull(lambdaMax),
    velocity: orNull(velocity),
    rotation: orNull(rotation),
    instability: orNull(instability),
  }
}

function byWindow<T>(scan: ScanRecord, of: (window: WindowRecord) => T): Record<EigenScanWindowKey, T> {
  return Object.fromEntries(SCAN_WINDOWS.map((window, i) => [window, of(scan.windows[i]!)])) as Record<
    EigenScanWindowKey,
    T
  >
}

function pricesBySymbol({ assets, prices }: ScanRecord): Record<string, number> {
  assert(assets.length === prices.length, 'every symbol has a price or NaN')
  const priced = assets.flatMap((symbol, i) => (prices[i]! > 0 ? [[symbol, prices[i]!] as const] : []))
  return Object.fromEntries(priced)
}

/** JSON knows neither NaN nor infinity. */
function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
