import type { CausalityVerdict, Decision, Violation } from '../../core/backtest/causality.js'
import { count, plural } from '../shell/figures-text.js'

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
