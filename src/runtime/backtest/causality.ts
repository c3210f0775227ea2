import { setImmediate as nextTurn } from 'node:timers/promises'
import { type CausalityVerdict, probedOf, type Violation } from '../../core/backtest/causality.js'
import { type CutCount, planCuts } from '../../core/backtest/cut-plan.js'
import { decisionsOf } from '../../core/backtest/decisions.js'
import { type CutBar, FUTURES } from '../../core/backtest/other-future.js'
import { Replica, type VeilableBacktest } from '../../core/backtest/replica.js'
import { Xoshiro128 } from '../../core/numeric/xoshiro128.js'
import type { DayFile, DayOutcome } from '../../ports/days.js'
import type { RefusedEntry } from '../../ports/vocabulary/refusals.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'

/**
 * Repeats a finished run once under each future and once bar by bar, all side by side in one pass over its days, and holds
 * every decision against the run's. Each repetition is cut at all bars of the plan, so what a cut costs is uncovering the bars
 * since the one before, and memory does not grow with the number of days.
 *
 * @throws what `read` throws, an abort's reason included.
 */
export async function checkCausalityOfRun(check: CausalityCheck): Promise<CausalityVerdict> {
  const { report, refusals, signal } = check
  const decisions = decisionsOf({ trades: report.trades, openPosition: report.openPosition ?? undefined, refusals })
  const plan = planCuts({ days: report.days, decisions, cuts: check.cuts, seed: SEED })
  const replicas = replicasOf(check, decisions)
  const cutsOn = byDate(plan)
  const done = new Set<number>()
  check.onPlan?.(plan.length * FUTURES.length)
  for await (const outcome of check.read(check.files)) {
    if ('error' in outcome) throw outcome.error
    const { columns } = outcome.day
    for (const replica of replicas) {
      if (replica.violation !== undefined) continue
      await runDay(replica.day(columns, cutsOn.get(columns.date) ?? NO_CUTS), done, check)
      if (signal?.aborted === true) throw signal.reason
    }
    if (replicas.every(({ violation }) => violation !== undefined)) break
  }
  const violations = replicas.flatMap(({ violation }): Violation[] => (violation === undefined ? [] : [violation]))
  return {
    ...probedOf(decisions, done),
    cuts: done.size,
    futures: FUTURES,
    isSteppedToo: replicas.length > FUTURES.length,
    seed: SEED,
    violations,
  }
}

export interface CausalityCheck {
  /** A run of its own over the days, which keeps its refusals. */
  backtest(): VeilableBacktest
  /** The days of the finished run, without those it left out. */
  readonly files: readonly DayFile[]
  readonly report: BacktestReport
  /** What the finished run refused. */
  readonly refusals: readonly RefusedEntry[]
  read(files: readonly DayFile[]): AsyncIterable<DayOutcome>
  readonly cuts: CutCount
  /** Ends the check after the cut at hand. */
  readonly signal?: AbortSignal
  /** Told before the first repetition how many cuts there are in all repetitions, and after each of them. */
  onPlan?(cuts: number): void
  onCut?(date: string): void
}

/** Fixed: the same run is cut at the same bars. */
const SEED = 42
const NO_CUTS: readonly CutBar[] = []

function replicasOf(check: CausalityCheck, decisions: ReturnType<typeof decisionsOf>): Replica[] {
  const rng = new Xoshiro128(SEED)
  const replicas = FUTURES.map(
    (future) => new Replica({ source: check.backtest(), future, seed: rng.uint32(), decisions }),
  )
  const source = check.backtest()
  if (source.backtest.stepDay === undefined) return replicas
  return [...replicas, new Replica({ source, future: 'unseen', seed: 0, decisions })]
}

/** Cuts between which a signal that came in meanwhile is heard. */
const CUTS_A_TURN = 16

async function runDay(cuts: Generator<CutBar, void>, done: Set<number>, check: CausalityCheck): Promise<void> {
  let since = 0
  for (const { bar, date } of cuts) {
    done.add(bar)
    check.onCut?.(date)
    since++
    if (since % CUTS_A_TURN > 0) continue
    await nextTurn()
    if (check.signal?.aborted === true) return
  }
}

function byDate(cuts: readonly CutBar[]): ReadonlyMap<string, readonly CutBar[]> {
  const groups = new Map<string, CutBar[]>()
  for (const cut of cuts) {
    const group = groups.get(cut.date)
    if (group === undefined) groups.set(cut.date, [cut])
    else group.push(cut)
  }
  return groups
}
