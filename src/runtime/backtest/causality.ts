import type { Backtest } from '../../core/backtest/backtest.js'
import {
  type CausalityVerdict,
  type Decided,
  decisionsOf,
  firstDivergence,
  planCuts,
  type Violation,
} from '../../core/backtest/causality.js'
import { type Cut, dayInFuture } from '../../core/backtest/other-future.js'
import type { DayFile, DayOutcome } from '../../ports/days.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'

/**
 * Repeats a finished run with another future after each of a number of bars and holds every decision until then against
 * it. Days are read again for each cut, so memory does not grow with their number; a repetition ends with the cut's day,
 * because everything it has to answer for is decided then.
 *
 * @throws what `read` throws, an abort's reason included.
 */
export async function checkCausalityOfRun(check: CausalityCheck): Promise<CausalityVerdict> {
  const { report } = check
  const decisions = decisionsOf({ trades: report.trades, openPosition: report.openPosition ?? undefined })
  const cuts = planCuts({ days: report.days, decisions, cuts: check.cuts, seed: SEED })
  const violations: Violation[] = []
  check.onPlan?.(cuts.length)
  for (const cut of cuts) {
    const divergence = firstDivergence(decisions, decisionsOf(await repeatUntil(cut, check)), cut.bar)
    if (divergence !== undefined) violations.push({ cut, divergence })
    check.onCut?.(cut.date)
  }
  return { cuts: cuts.length, decisions: decisions.length, seed: SEED, violations }
}

export interface CausalityCheck {
  /** A run of its own over the days, whose tables have another future after the cut. */
  backtest(cut: Cut): Decided & Pick<Backtest, 'addDay'>
  /** The days of the finished run, without those it left out. */
  readonly files: readonly DayFile[]
  readonly report: BacktestReport
  read(files: readonly DayFile[]): AsyncIterable<DayOutcome>
  readonly cuts: number
  /** Told before the first repetition, and after each. */
  onPlan?(cuts: number): void
  onCut?(date: string): void
}

/** Fixed: the same run is cut at the same bars. */
const SEED = 42

async function repeatUntil(cut: Cut, check: CausalityCheck): Promise<Decided> {
  const backtest = check.backtest(cut)
  const seen = check.files.filter((file) => file.date <= cut.date)
  for await (const outcome of check.read(seen)) {
    if ('error' in outcome) throw outcome.error
    const columns = dayInFuture(outcome.day.columns, cut)
    if (columns !== undefined) backtest.addDay(columns, outcome.day.sha256)
  }
  return { trades: backtest.trades, openPosition: backtest.openPosition }
}
