import { eigenScanPayload } from '../../src/core/eigen/payload.js'
import type { ScanRecord } from '../../src/ports/scan-archive.js'
import type { EigenScanPayload } from '../../src/ports/vocabulary/eigen-scan.js'
import { sampleScan } from './scans.js'

/** A scan of these symbols as scanners publish it, made now. */
export function madeScan(scanNumber: number, symbols: readonly string[], nowMs: number): EigenScanPayload {
  return eigenScanPayload(madeRecord(scanNumber, symbols, nowMs), { publishedAtMs: nowMs, volOk: true })
}

/** Prices with as many digits as real ones, which fall for a thousand scans, as who is short would have them. */
function madeRecord(scanNumber: number, assets: readonly string[], nowMs: number): ScanRecord {
  return sampleScan({
    scanNumber,
    timestampNs: BigInt(nowMs) * 1_000_000n,
    velDiv: -0.0312345678901 - scanNumber / 1e9,
    dataQuality: 1,
    assets,
    prices: Float64Array.from(assets, (_, i) => 100 + i / 7 - (scanNumber % 1000) / 1000),
    loadings: Float64Array.from(assets, (_, i) => Math.sin(i)),
  })
}
