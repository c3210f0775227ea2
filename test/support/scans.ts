import type { ScanRecord } from '../../src/ports/scan-archive.js'

/** A scan of three symbols with a value in every field; the second symbol has no price. */
export function sampleScan(changes: Partial<ScanRecord> = {}): ScanRecord {
  return {
    scanNumber: 1,
    timestampNs: 1_767_571_205_017_000_123n,
    windows: [
      { lambdaMax: 2.5, velocity: -0.04, rotation: 0.001, instability: 0.041 },
      { lambdaMax: 2.25, velocity: 0.02, rotation: 0.0005, instability: 0.0205 },
      { lambdaMax: 2.125, velocity: 0.25, rotation: 0, instability: 0.25 },
      { lambdaMax: NaN, velocity: NaN, rotation: NaN, instability: NaN },
    ],
    velDiv: -0.1,
    regimeSignal: -1,
    instabilityComposite: NaN,
    dataQuality: 2 / 3,
    assets: ['BTCUSDT', 'ETHUSDT', 'XRPUSDT'],
    prices: Float64Array.of(71_281.03, NaN, 0.1 + 0.2),
    loadings: Float64Array.of(0.6, NaN, -0.8),
    ...changes,
  }
}
