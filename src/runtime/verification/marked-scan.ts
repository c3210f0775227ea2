import type { ScanRecord, WindowRecord } from '../../ports/scan-archive.js'

/**
 * The number before the first one of a path that begins now: far beyond what a scanner comes to, and different each time, so
 * that whoever has seen the scans of an earlier verification takes these for new ones.
 */
export function markedNumbersFrom(nowMs: number): number {
  return Math.floor(nowMs) * 1_000
}

/** A scan that nobody could trade on: its one asset is at no exchange, and it signals nothing. */
export function markedScan(scanNumber: number, timestampMs: number): ScanRecord {
  return {
    scanNumber,
    timestampNs: BigInt(Math.round(timestampMs)) * 1_000_000n,
    windows: [QUIET, QUIET, QUIET, QUIET],
    velDiv: 0,
    regimeSignal: 0,
    instabilityComposite: 0,
    dataQuality: 1,
    assets: [MARKED_ASSET],
    prices: Float64Array.of(1),
    loadings: Float64Array.of(1),
  }
}

const QUIET: WindowRecord = { lambdaMax: 1, velocity: 0, rotation: 0, instability: 0 }

/** At no exchange. */
export const MARKED_ASSET = 'VERIFY0USDT'
