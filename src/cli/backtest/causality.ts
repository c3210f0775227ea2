import { Interrupted } from '../../base/mistakes.js'
import { Backtest } from '../../core/backtest/backtest.js'
import {
  type CausalityVerdict,
  type Decided,
  type Decision,
  decisionsOf,
  firstDivergence,
  planCuts,
  type Violation,
} from '../../core/backtest/causality.js'
import { type Cut, dayInFuture } from '../../core/backtest/other-future.js'
import type { DayFile, DayOutcome } from '../../ports/days.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import type { PreparedRun } from '../compose/backtest.js'
import { count, plural } from '../shell/figures-text.js'
import { startProgress } from '../shell/progress.js'

/** Fixed: the same run is cut at the same bars. */
const SEED = 42

export interface CausalityCheck {
  readonly run: PreparedRun
  /** The days of the finished run, without those it left out. */
  readonly files: readonly DayFile[]
  readonly report: BacktestReport
  readonly read: (files: readonly DayFile[]) => AsyncIterable<DayOutcome>
  readonly signal: AbortSignal
  readonly cuts: number
  readonly quiet: boolean
}

/**
 * Repeats a finished run with another future after each of a number of bars and holds every decision until then against
 * it. Days are read again for each cut, so memory does not grow with their number; a repetition ends with the cut's day,
 * because everything it has to answer for is decided then.
 */
export async function checkCausalityOfRun(check: CausalityCheck): Promise<CausalityVerdict> {
  const { report, signal, quiet } = check
  const decisions = decisionsOf({ trades: report.trades, openPosition: report.openPosition ?? undefined })
  const cuts = planCuts({ days: report.days, decisions, cuts: check.cuts, seed: SEED })
  const violations: Violation[] = []
  const progress = startProgress({ total: cuts.length, unit: 'cuts', label: 'Causality', quiet })
  try {
    for (const cut of cuts) {
      const divergence = firstDivergence(decisions, decisionsOf(await repeatUntil(cut, check)), cut.bar)
      if (divergence !== undefined) violations.push({ cut, divergence })
      progress.advance(1, cut.date)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    progress.stop()
  }
  if (signal.aborted) throw new Interrupted('Interrupted during the causality check; nothing was written.')
  return { cuts: cuts.length, decisions: decisions.length, seed: SEED, violations }
}

async function repeatUntil(cut: Cut, { run, files, read }: CausalityCheck): Promise<Decided> {
  const backtest = new Backtest(run.settings(cut))
  const seen = files.filter((file) => file.date <= cut.date)
  for await (const outcome of read(seen)) {
    if ('error' in outcome) throw outcome.error
    const columns = dayInFuture(outcome.day.columns, cut)
    if (columns !== undefined) backtest.addDay(columns, outcome.day.sha256)
  }
  return { trades: backtest.trades, openPosition: backtest.openPosition }
}

/** The verdict in a few lines: what was tried, and the first decisions that changed. */
export function causalityLines({ cuts, decisions, violations }: CausalityVerdict): string[] {
  if (violations.length === 0) {
    return [`${plural(cuts, 'cut')}, ${plural(decisions, 'decision')}: no decision used a later bar`]
  }
  return [
    `VIOLATED at ${count(violations.length)} of ${plural(cuts, 'cut')}: decisions changed with what came after them`,
    ...violations.slice(0, 3).flatMap(violationLines),
    ...(violations.length > 3 ? [`and ${count(violations.length - 3)} more`] : []),
  ]
}

function violationLines({ cut, divergence: { bar, baseline, probe } }: Violation): string[] {
  const future = cut.future === 'absent' ? 'nothing' : 'other data'
  return [`bar ${count(bar)} ${changeText(baseline, probe)}`, `  with ${future} after row ${cut.row} of ${cut.date}`]
}

/** The decision that one of the runs did not make, or the first field of it that differs. */
function changeText(baseline: Decision | undefined, probe: Decision | undefined): string {
  if (
    baseline === undefined ||
    probe === undefined ||
    decisionText(baseline) !== decisionText(probe) ||
    baseline.bar !== probe.bar
  ) {
    return `${decisionText(baseline)} -> ${decisionText(probe)}`
  }
  const [before, after] = [baseline.record, probe.record]
  const field = (Object.keys(before) as (keyof typeof before)[]).find((key) => !Object.is(before[key], after[key]))
  const values = field === undefined ? '' : `: ${field} ${fieldText(before[field])} -> ${fieldText(after[field])}`
  return `${decisionText(baseline)}${values}`
}

function decisionText(decision: Decision | undefined): string {
  return decision === undefined ? 'nothing' : `${decision.kind} ${decision.record.asset}`
}

function fieldText(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value)
}
