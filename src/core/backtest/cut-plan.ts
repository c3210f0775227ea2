import type { IsoDate } from '../../base/utc-date.js'
import { Xoshiro128 } from '../numeric/xoshiro128.js'
import { type Decision, kindOf } from './decisions.js'
import type { CutBar } from './other-future.js'

/** What a run is cut for. */
export interface CutPlan {
  readonly days: readonly { readonly date: IsoDate; readonly bars: number }[]
  /** The run's decisions: a leak shows first where something was decided. */
  readonly decisions: readonly Decision[]
  readonly cuts: CutCount
  /** Of the choice of cuts. */
  readonly seed: number
}

/**
 * How many bars. `exhaustive`: those of all decisions, the bars before entries and exits, and the ends of days. `usual`: the
 * same up to `USUAL_CUTS`, and some bars by chance.
 */
export type CutCount = number | 'usual' | 'exhaustive'

/** All entries and exits of a busy month, the bars before them, and most of what is refused in it. */
export const USUAL_CUTS = 10_000

/**
 * Where to cut, in time order, each bar once. First a decision of every kind, reason, direction and asset; then the ends of
 * days, entries and exits, refused entries, and the bars before entries and exits (a decision that a leak puts off is missing
 * there), each up to its share; then anywhere. What one of them leaves of its share goes to the others.
 */
export function planCuts({ days, decisions, cuts, seed }: CutPlan): CutBar[] {
  const rng = new Xoshiro128(seed)
  const starts = [0]
  for (const day of days) starts.push(starts.at(-1)! + day.bars)
  const bars = starts.at(-1)!
  const isExhaustive = cuts === 'exhaustive'
  const limit = Math.min(isExhaustive ? bars : cuts === 'usual' ? USUAL_CUTS : cuts, bars)
  const chosen = new Set<number>()
  const take = (candidates: readonly number[], share: number) => {
    const most = isExhaustive ? limit : Math.ceil(limit * share)
    for (const bar of candidates) {
      if (chosen.size >= most) return
      if (bar >= 0 && bar < bars) chosen.add(bar)
    }
  }
  const held = shuffled(decisions.filter(({ kind }) => kind !== 'refusal').map(barOf), rng)
  const refused = shuffled(decisions.filter(({ kind }) => kind === 'refusal').map(barOf), rng)
  const ends = shuffled(
    starts.flatMap((start) => [start - 1, start]),
    rng,
  )
  const before = held.map((bar) => bar - 1)
  take(oneOfEach(decisions, rng), 1)
  take(ends, ENDS_SHARE)
  take(held, HELD_SHARE)
  take(refused, REFUSED_SHARE)
  for (const candidates of [before, ends, held, refused]) take(candidates, DECISION_SHARE)
  const byChance = isExhaustive ? 0 : cuts === 'usual' ? Math.floor(limit * (1 - DECISION_SHARE)) : limit
  takeByChance(chosen, Math.min(limit, chosen.size + byChance), bars, rng)
  return placed(chosen, days, starts)
}

/** Shares of the cuts after which ends of days, entries and exits, refusals, and everything but chance must have been enough. */
const ENDS_SHARE = 0.25
const HELD_SHARE = 0.7
const REFUSED_SHARE = 0.9
const DECISION_SHARE = 0.97

/** The bar of one decision of each kind with its reason, direction and asset; the rarest come first. */
function oneOfEach(decisions: readonly Decision[], rng: Xoshiro128): number[] {
  const groups = new Map<string, number[]>()
  for (const decision of decisions) {
    const { kind, reason, direction } = kindOf(decision)
    const key = `${kind} ${reason} ${direction} ${decision.record.asset}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [decision.bar])
    else group.push(decision.bar)
  }
  const rarestFirst = [...groups.values()].sort((a, b) => a.length - b.length)
  return rarestFirst.map((group) => group[rng.integer(0, group.length - 1)]!)
}

function takeByChance(chosen: Set<number>, most: number, bars: number, rng: Xoshiro128): void {
  if (most === bars) for (let bar = 0; bar < bars; bar++) chosen.add(bar)
  while (chosen.size < most) chosen.add(rng.integer(0, bars - 1))
}

function placed(chosen: ReadonlySet<number>, days: CutPlan['days'], starts: readonly number[]): CutBar[] {
  let day = 0
  return [...chosen]
    .sort((a, b) => a - b)
    .map((bar) => {
      while (bar >= starts[day + 1]!) day++
      return { date: days[day]!.date, row: bar - starts[day]!, bar }
    })
}

function barOf({ bar }: Decision): number {
  return bar
}

function shuffled(values: readonly number[], rng: Xoshiro128): number[] {
  const order = [...values]
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.integer(0, i)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}
