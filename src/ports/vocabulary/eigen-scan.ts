/** One window, as readers of the grid see it; null: undefined. */
export interface EigenScanWindow {
  /** Largest eigenvalue of the correlations, 1 … number of symbols. */
  readonly lambda_max: number | null
  /** Relative change of `lambda_max` since the scan before: 0.01 is 1 %. */
  readonly velocity: number | null
  /** 1 − |cosine| of the leading eigenvectors of this scan and the one before, 0 … 1. */
  readonly rotation: number | null
  /** |velocity| + rotation. */
  readonly instability: number | null
}

export type EigenScanWindowKey = '50' | '150' | '300' | '750'

/**
 * The grid's `latest_eigen_scan`: a scan for whoever trades on it, watches it or displays it. JSON as it is; null where a
 * value is undefined. Schema: specs/grid/latest_eigen_scan.schema.json. Source: system bible §15.1, §27.5.
 */
export interface EigenScanPayload {
  /** Counts a scanner's scans; it begins anew when another scanner, or the same one restarted, does. */
  readonly scan_number: number
  /** UTC, ISO 8601 with milliseconds and `Z`. */
  readonly timestamp: string
  /** UTC nanoseconds since the epoch in decimal: a JSON number would lose the last digits. */
  readonly timestamp_ns: string
  /** UTC seconds since the epoch when this was published. */
  readonly bridge_ts: number
  /** `w50_velocity` − `w750_velocity`: the engine's signal. */
  readonly vel_div: number | null
  /** Velocity of the window of 50 prices, as in `multi_window_results`; so the next three. */
  readonly w50_velocity: number | null
  /** As `w50_velocity`. */
  readonly w150_velocity: number | null
  /** As `w50_velocity`. */
  readonly w300_velocity: number | null
  /** As `w50_velocity`. */
  readonly w750_velocity: number | null
  /** Instability of the window of 50 prices, as in `multi_window_results`. */
  readonly instability_50: number | null
  /** Of that of 150. */
  readonly instability_150: number | null
  /** Symbol → price, in universe order; a symbol without a price is absent. */
  readonly asset_prices: Readonly<Record<string, number>>
  /** Whether the market moves enough to enter; absent where nobody has decided it. */
  readonly vol_ok?: boolean
  /** Share of symbols with a price, 0 … 1. */
  readonly data_quality: number
  /** Change of each window's λmax since the scan before. */
  readonly eigenvalue_gradients: Readonly<Record<EigenScanWindowKey, number | null>>
  readonly multi_window_results: Readonly<Record<EigenScanWindowKey, EigenScanWindow>>
  /** The file that the bridge took it from; absent where its scanner publishes by itself. */
  readonly source?: EigenScanSource
}

/** A file of another scanner, as it lay in its folder. */
export interface EigenScanSource {
  /** Below the folder. */
  readonly file: string
  /** UTC ms of its last change, by the clock of whoever wrote it. */
  readonly modified_ms: number
}
