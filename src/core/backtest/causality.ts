import { present } from '../../base/present.js'
import type { IsoDate } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import type { EntryRecord, Trade } from '../../ports/vocabulary/trades.js'
import { Xoshiro128 } from '../numeric/xoshiro128.js'
import { type Cut, dayInFuture, type Future } from './other-future.js'

/**
 * The look-ahead proof: a run is repeated with everything after a bar removed or replaced by other data, and every
 * decision at or before that bar must come out the same, to the last digit of its record. What a run takes from the
 * future, wherever in it that happens, shows as a decision that changes.
 */

/** One decision with everything recorded about it. */
export type Decision =
  /** `bar`: counted from 0 over the run, here and below. */
  | { readonly bar: number; readonly kind: 'entry'; readonly record: EntryRecord }
  /** Of the position that is open. */
  | { readonly bar: number; readonly kind: 'exit'; readonly record: Trade }

/** What a run decided. */
export interface Decided {
  readonly trades: readonly Trade[]
  readonly openPosition: EntryRecord | undefined
}

/** The first decision that two runs do not share; one of the two may not have one there. */
export interface Divergence {
  /** Counted from 0 over the run. */
  readonly bar: number
  readonly baseline?: Decision
  readonly probe?: Decision
}

export interface Violation {
  readonly cut: Cut
  readonly divergence: Divergence
}

export interface CausalityVerdict {
  /** Cuts that were tried. */
  readonly cuts: number
  /** Decisions of the run that were held against its repetitions. */
  readonly decisions: number
  /** That the cuts and the other futures were drawn with. */
  readonly seed: number
  /** In the order of the cuts; empty: no decision used a later bar. */
  readonly violations: readonly Violation[]
}

/**
 * Every entry and exit in order. An `END_OF_DATA` exit is left out: it says where the data ended, so it must move when
 * they end elsewhere.
 */
export function decisionsOf({ trades, openPosition }: Decided): Decision[] {
  const decisions: Decision[] = []
  for (const trade of trades) {
    decisions.push({ bar: trade.entryBar, kind: 'entry', record: entryOf(trade) })
    if (trade.reason !== 'END_OF_DATA') decisions.push({ bar: trade.exitBar, kind: 'exit', record: trade })
  }
  if (openPosition !== undefined) {
    decisions.push({ bar: openPosition.entryBar, kind: 'entry', record: openPosition })
  }
  return decisions
}

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

export interface CutPlan {
  readonly days: readonly { readonly date: IsoDate; readonly bars: number }[]
  /** The run's decisions: a leak shows first where something was decided. */
  readonly decisions: readonly Decision[]
  /** How many to try. */
  readonly cuts: number
  /** Of the choice of cuts and of the data behind them. */
  readonly seed: number
}

/**
 * Where to cut: the first and the last bar, up to a quarter at the ends of days, half at the bars of entries and exits
 * and their neighbours, the rest anywhere; all bars when there are no more than asked for. In time order.
 */
export function planCuts({ days, decisions, cuts, seed }: CutPlan): Cut[] {
  const rng = new Xoshiro128(seed)
  const starts = [0]
  for (const day of days) starts.push(starts.at(-1)! + day.bars)
  const bars = starts.at(-1)!
  const chosen = new Set<number>()
  const take = (candidates: readonly number[], limit: number) => {
    for (const bar of shuffled(candidates, rng)) {
      if (chosen.size >= Math.min(limit, cuts)) return
      if (bar >= 0 && bar < bars) chosen.add(bar)
    }
  }
  take([0, bars - 1], cuts)
  take(
    starts.flatMap((start) => [start - 1, start]),
    Math.ceil(cuts / 4),
  )
  take(
    decisions.flatMap(({ bar }) => [bar - 1, bar, bar + 1]),
    Math.ceil((3 * cuts) / 4),
  )
  if (bars <= cuts) take(range(bars), cuts)
  while (chosen.size < Math.min(cuts, bars)) chosen.add(rng.integer(0, bars - 1))
  const futures: readonly Future[] = ['altered', 'absent']
  return [...chosen]
    .sort((a, b) => a - b)
    .map((bar, i) => {
      const day = starts.findLastIndex((start) => start <= bar)
      const { date } = days[day]!
      return { date, row: bar - starts[day]!, bar, future: futures[i % 2]!, seed: rng.uint32() }
    })
}

export interface CausalityInput {
  readonly days: readonly DayColumns[]
  /**
   * Runs the days from the beginning. `cut` is given when they have another future: inputs that are not days (the
   * breaker's tables, an order book) are the caller's to change after it.
   */
  readonly run: (days: readonly DayColumns[], cut?: Cut) => Decided
  /** How many to try. */
  readonly cuts: number
  /** Of the choice of cuts and of the data behind them. */
  readonly seed: number
}

/** The proof over days in memory. */
export function checkCausality({ days, run, cuts, seed }: CausalityInput): CausalityVerdict {
  const decisions = decisionsOf(run(days))
  const plan = planCuts({ days, decisions, cuts, seed })
  const violations = plan.flatMap((cut) => {
    const seen = days.flatMap((day) => dayInFuture(day, cut) ?? [])
    const divergence = firstDivergence(decisions, decisionsOf(run(seen, cut)), cut.bar)
    return divergence === undefined ? [] : [{ cut, divergence }]
  })
  return { cuts: plan.length, decisions: decisions.length, seed, violations }
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
    ...entry
  } = trade
  return entry
}

function within(decision: Decision | undefined, throughBar: number): Decision | undefined {
  return decision !== undefined && decision.bar <= throughBar ? decision : undefined
}

function sameDecision(a: Decision, b: Decision): boolean {
  if (a.bar !== b.bar || a.kind !== b.kind) return false
  const keys = Object.keys(a.record) as (keyof EntryRecord)[]
  return keys.length === Object.keys(b.record).length && keys.every((key) => Object.is(a.record[key], b.record[key]))
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i)
}

function shuffled(values: readonly number[], rng: Xoshiro128): number[] {
  const order = [...values]
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.integer(0, i)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}
