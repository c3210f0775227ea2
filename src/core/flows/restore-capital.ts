/** What a flow begins with when nothing was recorded. USDT. */
export const INITIAL_CAPITAL = 25_000

export interface RecordedCapital {
  /** Date of the day that it is the capital after. */
  readonly date: string
  /** As it was recorded: it may be anything. */
  readonly capital: unknown
}

export type RestoredCapital =
  /** USDT; `from`: the date of the state, or where else it comes from. */
  | { readonly kind: 'capital'; readonly capital: number; readonly from: string | 'initial' | 'override' }
  | {
      readonly kind: 'refused'
      readonly error: 'BAD_OVERRIDE' | 'BAD_STATE'
      /** Date of the state; null: what was given. */
      readonly date: string | null
      readonly found: unknown
    }

/**
 * The capital that a logical date begins with: what was given, else that of the newest date before it, else the initial one. A
 * recorded capital that is none is not passed over: what came after it is not known. Source: spec "Schedules".
 */
export function restoreCapital(
  date: string,
  states: readonly RecordedCapital[],
  { override, initial = INITIAL_CAPITAL }: { readonly override?: number; readonly initial?: number } = {},
): RestoredCapital {
  if (override !== undefined) {
    if (isCapital(override)) return { kind: 'capital', capital: override, from: 'override' }
    return { kind: 'refused', error: 'BAD_OVERRIDE', date: null, found: override }
  }
  let newest: RecordedCapital | undefined
  for (const state of states) {
    if (state.date < date && (newest === undefined || state.date > newest.date)) newest = state
  }
  if (newest === undefined) return { kind: 'capital', capital: initial, from: 'initial' }
  if (isCapital(newest.capital)) return { kind: 'capital', capital: newest.capital, from: newest.date }
  return { kind: 'refused', error: 'BAD_STATE', date: newest.date, found: newest.capital }
}

function isCapital(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}
