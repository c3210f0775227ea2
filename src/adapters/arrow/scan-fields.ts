import type { WindowRecord } from '../../ports/scan-archive.js'
import { SCAN_WINDOWS } from '../../ports/vocabulary/scan.js'

/** Raised when a field is added, taken away or changes its meaning. */
export const SCHEMA_VERSION = '5.0.0'

export type FieldType = 'int64' | 'float64' | 'utf8'

/** The fields of a window, in file order. */
export const WINDOW_FIELDS = [
  ['lambda_max', 'lambdaMax'],
  ['velocity', 'velocity'],
  ['rotation', 'rotation'],
  ['instability', 'instability'],
] as const satisfies readonly (readonly [string, keyof WindowRecord])[]

/** The 27 fields of a scan file, in file order. Source: system bible §27.3; the order is ours. */
export const SCAN_FIELDS: readonly (readonly [name: string, type: FieldType])[] = [
  ['scan_number', 'int64'],
  ['timestamp_ns', 'int64'],
  ['timestamp_iso', 'utf8'],
  ...SCAN_WINDOWS.flatMap((window) => WINDOW_FIELDS.map(([name]) => [`w${window}_${name}`, 'float64'] as const)),
  ['vel_div', 'float64'],
  ['regime_signal', 'float64'],
  ['instability_composite', 'float64'],
  ['data_quality', 'float64'],
  ['assets', 'utf8'],
  ['prices', 'utf8'],
  ['loadings', 'utf8'],
  ['schema_version', 'utf8'],
]
