/** Return windows of a scan, in bars. Source: system bible §3. */
export const SCAN_WINDOWS = [50, 150, 300, 750] as const
export type ScanWindow = (typeof SCAN_WINDOWS)[number]

/**
 * How precisely a scan is computed:
 * - `float64`: never more than float64.
 * - `auto`: float64, and more than 512 bits where its error bound leaves a verdict open.
 * - `512`: everything at more than 512 bits; every value is the float64 nearest to the exact one.
 */
export type ScanPrecision = 'float64' | 'auto' | '512'

/** One window of one scan; NaN where undefined. */
export interface WindowScan {
  /** Largest eigenvalue of the Pearson correlation matrix, 1 … number of symbols in the window. */
  readonly lambdaMax: number
  /** Rigorous bound of |lambdaMax − exact|; 0 is exact. */
  readonly lambdaMaxBound: number
  /** Relative change of lambdaMax against the previous scan. */
  readonly velocity: number
  /** Rigorous bound of |velocity − exact|. */
  readonly velocityBound: number
  /** 1 − |cosine| of the leading eigenvectors of this scan and the previous one, on their common symbols. */
  readonly rotation: number
  /** |velocity| + rotation. */
  readonly instability: number
  /** Symbols with a complete, moving window. */
  readonly symbols: number
}

/** Everything one scan says. Source: system bible §27.3; engine of the 27-field Arrow record and the grid payload. */
export interface Scan {
  /** From 1 on, one more with each scan. System bible §27.4. */
  readonly scanNumber: number
  readonly timestampNs: bigint
  /** In the order of SCAN_WINDOWS. */
  readonly windows: readonly [WindowScan, WindowScan, WindowScan, WindowScan]
  /** w50 velocity − w750 velocity: the engine's signal. On the exact value's side of every decision threshold. */
  readonly velDiv: number
  /** Rigorous bound of |velDiv − exact| before any escalation of `auto`. */
  readonly velDivBound: number
  /** −1 below the SHORT threshold, +1 above the LONG one, else 0. */
  readonly regimeSignal: -1 | 0 | 1
  /** Mean instability of the four windows; NaN as soon as one of them is. */
  readonly instabilityComposite: number
  /** Share of symbols with a valid price at this step, 0 … 1. */
  readonly dataQuality: number
  /** Whether the scan was decided in extended precision. */
  readonly escalated: boolean
  /** Symbols in universe order, their prices (NaN: none) and their loadings in the 50 window (NaN: left out). */
  readonly assets: readonly string[]
  readonly prices: Float64Array
  readonly loadings: Float64Array
}
