import type { DayColumns } from '../../ports/days.js'
import { Xoshiro128 } from '../numeric/xoshiro128.js'
import { type CutCount, planCuts } from './cut-plan.js'
import {
  type Decided,
  type Decision,
  type DecisionKind,
  type Divergence,
  decisionsOf,
  firstDivergence,
  kindOf,
} from './decisions.js'
import { type Cut, dayInFuture, FUTURES, type Future } from './other-future.js'

/**
 * The look-ahead proof over days in memory: the run is repeated with everything after a bar removed or replaced by other
 * data, and every decision at or before that bar must come out the same, to the last digit of its record. What a run takes
 * from the future, wherever in it that happens, shows as a decision that changes.
 */
export function checkCausality({ days, run, cuts, seed, futures = FUTURES }: CausalityInput): CausalityVerdict {
  const decisions = decisionsOf(run(days))
  const plan = planCuts({ days, decisions, cuts, seed })
  const rng = new Xoshiro128(seed)
  const violations = plan.flatMap((at) =>
    futures.flatMap((future): Violation[] => {
      const cut: Cut = { ...at, future, seed: rng.uint32() }
      const seen = days.flatMap((day) => dayInFuture(day, cut) ?? [])
      const divergence = firstDivergence(decisions, decisionsOf(run(seen, cut)), cut.bar)
      return divergence === undefined ? [] : [{ cut, divergence }]
    }),
  )
  const cutBars = new Set(plan.map(({ bar }) => bar))
  return { ...probedOf(decisions, cutBars), cuts: plan.length, futures, isSteppedToo: false, seed, violations }
}

export interface CausalityInput {
  readonly days: readonly DayColumns[]
  /**
   * Runs the days from the beginning. `cut` is given when they have another future: inputs that are not days (the
   * breaker's tables, an order book) are the caller's to change after it.
   */
  readonly run: (days: readonly DayColumns[], cut?: Cut) => Decided
  /** How many bars to cut at. */
  readonly cuts: CutCount
  /** Of the choice of cuts and of the data behind them. */
  readonly seed: number
  /** What follows each cut, one after another, a run each. Absent: all that there are. */
  readonly futures?: readonly Future[]
}

/** How a run's decision changed with what came after it. */
export interface Violation {
  /** The bars that were seen, and what came after them; `unseen`: bar by bar, nothing. */
  readonly cut: Omit<Cut, 'future'> & { readonly future: Future | 'unseen' }
  readonly divergence: Divergence
}

/** Decisions of one kind: how many there are, and at how many bars of them the run was cut. */
export interface Probed {
  /** Count of those that the run made. */
  readonly decisions: number
  /** Count of those at which it was cut: at most `decisions`. */
  readonly probed: number
}

export interface CausalityVerdict extends Probed {
  /** Bars at which the run was cut, once for each of the futures. */
  readonly cuts: number
  readonly futures: readonly Future[]
  /** Whether the run was also repeated bar by bar, where no bar has a later one; all decisions are held against that. */
  readonly isSteppedToo: boolean
  readonly kinds: readonly (DecisionKind & Probed)[]
  readonly assets: readonly ({ readonly asset: string } & Probed)[]
  /** That the cuts and the other futures were drawn with. */
  readonly seed: number
  /** Empty: no decision that was probed used a later bar. */
  readonly violations: readonly Violation[]
}

/** How many of the decisions lie on a bar where the run was cut, in all and by kind and asset. */
export function probedOf(
  decisions: readonly Decision[],
  cutBars: ReadonlySet<number>,
): Pick<CausalityVerdict, 'decisions' | 'probed' | 'kinds' | 'assets'> {
  const kinds = new Map<string, DecisionKind & Count>()
  const assets = new Map<string, { readonly asset: string } & Count>()
  const all: Count = { decisions: 0, probed: 0 }
  for (const decision of decisions) {
    const isProbed = cutBars.has(decision.bar)
    const kind = kindOf(decision)
    const { asset } = decision.record
    const counts = [all, counted(kinds, `${kind.kind} ${kind.reason} ${kind.direction}`, kind)]
    if (asset !== null) counts.push(counted(assets, asset, { asset }))
    for (const count of counts) {
      count.decisions++
      if (isProbed) count.probed++
    }
  }
  return { ...all, kinds: inOrder(kinds), assets: inOrder(assets) }
}

interface Count {
  decisions: number
  probed: number
}

function counted<T>(counts: Map<string, T & Count>, key: string, name: T): T & Count {
  const known = counts.get(key)
  if (known !== undefined) return known
  const fresh = { ...name, decisions: 0, probed: 0 }
  counts.set(key, fresh)
  return fresh
}

function inOrder<T>(counts: ReadonlyMap<string, T>): T[] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count)
}
