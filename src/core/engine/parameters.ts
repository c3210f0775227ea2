import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { shown } from '../../base/arguments.js'

/**
 * The champion's frozen parameters under their source names. Source: system bible §19.1.
 * Fractions are of 1 (0.0095 is 95 bps), holds and lookbacks are bars.
 */
export const CHAMPION = Object.freeze({
  vel_div_threshold: -0.02,
  vel_div_extreme: -0.05,
  min_leverage: 0.5,
  max_leverage: 5.0,
  abs_max_leverage: 6.0,
  leverage_convexity: 3.0,
  fraction: 0.2,
  fixed_tp_pct: 0.0095,
  stop_pct: 1.0,
  max_hold_bars: 120,
  dc_lookback_bars: 7,
  dc_min_magnitude_bps: 0.75,
  dc_skip_contradicts: true,
  min_irp_alignment: 0.45,
  sp_maker_entry_rate: 0.62,
  sp_maker_exit_rate: 0.5,
  ob_edge_bps: 5.0,
  ob_confirm_rate: 0.4,
  lookback: 100,
  seed: 42,
})

/** Switches beside the champion's numbers; the defaults are the champion's backtest. Engine semantics, section 13. */
export const SWITCHES = Object.freeze({
  /** `absolute` price differences (the champion) or differences `relative` to the segment's first price (research). */
  irp_returns: 'absolute' as 'absolute' | 'relative',
  use_asset_selection: true,
  use_sp_fees: true,
  use_sp_slippage: true,
  vd_enabled: false,
  close_at_end: false,
})

type Widen<T> = { -readonly [K in keyof T]: T[K] extends number ? number : T[K] extends boolean ? boolean : T[K] }

export type ChampionParameters = Readonly<Widen<typeof CHAMPION>>
export type EngineSwitches = Readonly<Widen<typeof SWITCHES>>
export type EngineParameters = ChampionParameters & EngineSwitches
export type ParameterName = keyof EngineParameters

export const DEFAULT_PARAMETERS: EngineParameters = Object.freeze({ ...CHAMPION, ...SWITCHES })

export const PARAMETER_NAMES = Object.freeze(Object.keys(DEFAULT_PARAMETERS) as ParameterName[])

/** The legal range of each number; `integer` ones are counts. Outside it a parameter has no meaning. */
export const PARAMETER_RANGES: Readonly<
  Partial<Record<ParameterName, { readonly min: number; readonly max: number; readonly integer?: boolean }>>
> = Object.freeze({
  vel_div_threshold: { min: -10, max: 0 },
  vel_div_extreme: { min: -10, max: 0 },
  min_leverage: { min: 0, max: 125 },
  max_leverage: { min: 0.01, max: 125 },
  abs_max_leverage: { min: 0.01, max: 125 },
  leverage_convexity: { min: 0, max: 10 },
  fraction: { min: 0, max: 1 },
  fixed_tp_pct: { min: 0, max: 10 },
  stop_pct: { min: 0, max: 10 },
  max_hold_bars: { min: 1, max: 1_000_000, integer: true },
  dc_lookback_bars: { min: 1, max: 9_999, integer: true },
  dc_min_magnitude_bps: { min: 0, max: 10_000 },
  min_irp_alignment: { min: 0, max: 1 },
  sp_maker_entry_rate: { min: 0, max: 1 },
  sp_maker_exit_rate: { min: 0, max: 1 },
  ob_edge_bps: { min: 0, max: 1_000 },
  ob_confirm_rate: { min: 0, max: 1 },
  lookback: { min: 0, max: 1_000_000, integer: true },
  seed: { min: 0, max: 4_294_967_295, integer: true },
})

/**
 * First 16 hex digits of the SHA-256 of the canonical JSON (sorted keys, ECMAScript numbers) of the §19.1 parameters;
 * switches take part only where they differ from the default, so the champion's own hash stays the source's.
 */
export function parametersHash(parameters: EngineParameters): string {
  const entries: [string, unknown][] = (Object.keys(CHAMPION) as ParameterName[]).map((key) => [key, parameters[key]])
  for (const key of Object.keys(SWITCHES) as (keyof EngineSwitches)[]) {
    if (parameters[key] !== SWITCHES[key]) entries.push([key, parameters[key]])
  }
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(Object.fromEntries(entries))))).slice(0, 16)
}

export const CHAMPION_HASH = parametersHash(DEFAULT_PARAMETERS)

/** One line per parameter that differs from the champion: `name: champion -> in force`. Empty for the champion itself. */
export function drift(parameters: EngineParameters): string[] {
  return PARAMETER_NAMES.filter((key) => parameters[key] !== DEFAULT_PARAMETERS[key]).map(
    (key) => `${key}: ${DEFAULT_PARAMETERS[key]} -> ${parameters[key]}`,
  )
}

export interface ParameterProblem {
  readonly name: string
  readonly expected: string
  readonly found: string
}

/** Every parameter that is missing, unknown, of another type, or outside its range. */
export function parameterProblems(candidate: Readonly<Record<string, unknown>>): ParameterProblem[] {
  const problems: ParameterProblem[] = []
  for (const name of Object.keys(candidate)) {
    if (!Object.hasOwn(DEFAULT_PARAMETERS, name)) {
      problems.push({ name, expected: 'a known parameter', found: 'an unknown name' })
    }
  }
  for (const name of PARAMETER_NAMES) {
    const expected = expectation(name)
    if (!accepts(name, candidate[name])) problems.push({ name, expected, found: shown(candidate[name]) })
  }
  if (problems.length === 0) {
    const { vel_div_threshold, vel_div_extreme } = candidate as EngineParameters
    if (vel_div_extreme >= vel_div_threshold) {
      problems.push({
        name: 'vel_div_extreme',
        expected: `a value below vel_div_threshold (${vel_div_threshold})`,
        found: String(vel_div_extreme),
      })
    }
  }
  return problems
}

/** What a parameter's value must be, in words. */
export function expectation(name: ParameterName): string {
  if (name === 'irp_returns') return "'absolute' or 'relative'"
  const range = PARAMETER_RANGES[name]
  if (range === undefined) return 'true or false'
  return `${range.integer ? 'an integer' : 'a number'} from ${range.min} to ${range.max}`
}

function accepts(name: ParameterName, value: unknown): boolean {
  if (name === 'irp_returns') return value === 'absolute' || value === 'relative'
  const range = PARAMETER_RANGES[name]
  if (range === undefined) return typeof value === 'boolean'
  if (typeof value !== 'number' || !Number.isFinite(value)) return false
  return value >= range.min && value <= range.max && (!range.integer || Number.isInteger(value))
}
