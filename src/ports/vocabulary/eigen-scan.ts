/** One window, as readers of the grid see it; null: undefined. */
export interface EigenScanWindow {
  readonly lambda_max: number | null
  readonly velocity: number | null
  readonly rotation: number | null
  readonly instability: number | null
}

export type EigenScanWindowKey = '50' | '150' | '300' | '750'

/**
 * The grid's `latest_eigen_scan`: a scan for whoever trades on it, watches it or displays it. JSON as it is; null where a
 * value is undefined. Schema: specs/grid/latest_eigen_scan.schema.json. Source: system bible §15.1, §27.5.
 */
export interface EigenScanPayload {
  readonly scan_number: number
  /** UTC, ISO 8601 with milliseconds and `Z`. */
  readonly timestamp: string
  /** UTC nanoseconds since the epoch in decimal: a JSON number would lose the last digits. */
  readonly timestamp_ns: string
  /** UTC seconds since the epoch when this was published. */
  readonly bridge_ts: number
  readonly vel_div: number | null
  readonly w50_velocity: number | null
  readonly w150_velocity: number | null
  readonly w300_velocity: number | null
  readonly w750_velocity: number | null
  readonly instability_50: number | null
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
