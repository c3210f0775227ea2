import { present } from '../../base/present.js'
import type { RefusedEntry } from '../../ports/vocabulary/refusals.js'
import type { EntryRecord, ExitReason, Trade } from '../../ports/vocabulary/trades.js'

/** One decision with everything recorded about it. */
export type Decision =
  /** `bar`: counted from 0 over the run, here and below. */
  | { readonly bar: number; readonly kind: 'entry'; readonly record: EntryRecord }
  /** Of the position that is open. */
  | { readonly bar: number; readonly kind: 'exit'; readonly record: Trade }
  /** Of an entry, on a bar on which nothing was held. */
  | { readonly bar: number; readonly kind: 'refusal'; readonly record: RefusedEntry }

/** What a run decided. */
export interface Decided {
  readonly trades: readonly Trade[]
  readonly openPosition: EntryRecord | undefined
  /** Entries refused while the signal gate was open, in order; absent where nobody asked for them. */
  readonly refusals?: readonly RefusedEntry[]
}

/** The first decision that two runs do not share; one of the two may not have one there. */
export interface Divergence {
  /** Counted from 0 over the run. */
  readonly bar: number
  readonly baseline?: Decision
  readonly probe?: Decision
  /** The run with the other future failed, and how. */
  readonly failure?: string
}

/**
 * Every entry, exit and refused entry in order. `END_OF_DATA` and `DATA_GAP` exits are left out: they say where the data ended
 * or broke off, so they must move when they do.
 */
export function decisionsOf({ trades, openPosition, refusals = [] }: Decided): Decision[] {
  const decisions: Decision[] = []
  for (const trade of trades) {
    decisions.push({ bar: trade.entryBar, kind: 'entry', record: entryOf(trade) })
    if (!ABOUT_DATA.has(trade.reason)) decisions.push({ bar: trade.exitBar, kind: 'exit', record: trade })
  }
  if (openPosition !== undefined) {
    decisions.push({ bar: openPosition.entryBar, kind: 'entry', record: openPosition })
  }
  if (refusals.length === 0) return decisions
  for (const record of refusals) decisions.push({ bar: record.bar, kind: 'refusal', record })
  return decisions.sort((a, b) => a.bar - b.bar)
}

const ABOUT_DATA: ReadonlySet<ExitReason> = new Set(['DATA_GAP', 'END_OF_DATA'])

/** The first difference among the decisions at or before `throughBar`; undefined when there is none. */
export function firstDivergence(
  baseline: readonly Decision[],
  probe: readonly Decision[],
  throughBar: number,
): Divergence | undefined {
  for (let i = 0; i < Math.max(baseline.length, probe.length); i++) {
    const expected = within(baseline[i], throughBar)
    const found = within(probe[i], throughBar)
    if (expected === undefined && found === undefined) return undefined
    if (expected !== undefined && found !== undefined && sameDecision(expected, found)) continue
    return {
      bar: Math.min(expected?.bar ?? throughBar, found?.bar ?? throughBar),
      ...present({ baseline: expected, probe: found }),
    }
  }
  return undefined
}

/** Sorts a decision among those of its kind, reason and direction: `exit MAX_HOLD SHORT`. */
export interface DecisionKind {
  readonly kind: Decision['kind']
  /** Of an exit or a refusal. */
  readonly reason: string | null
  readonly direction: Decision['record']['direction']
}

export function kindOf({ kind, record }: Decision): DecisionKind {
  return { kind, reason: 'reason' in record ? record.reason : null, direction: record.direction }
}

/** What was known of a trade when it was entered. */
function entryOf(trade: Trade): EntryRecord {
  const {
    exitBar,
    exitTimeMs,
    exitPrice,
    reason,
    ownReason,
    barsHeld,
    pnlPctRaw,
    entryFee,
    exitFee,
    fees,
    net,
    capitalBefore,
    capitalAfter,
    rng,
    slippageUsd,
    refundUsd,
    edgeUsd,
    fundingUsd,
    gapMs,
    ...entry
  } = trade
  return entry
}

function within(decision: Decision | undefined, throughBar: number): Decision | undefined {
  return decision !== undefined && decision.bar <= throughBar ? decision : undefined
}

function sameDecision(a: Decision, b: Decision): boolean {
  if (a.bar !== b.bar || a.kind !== b.kind) return false
  const keys = Object.keys(a.record) as (keyof typeof a.record)[]
  return keys.length === Object.keys(b.record).length && keys.every((key) => Object.is(a.record[key], b.record[key]))
}
