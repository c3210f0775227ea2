import type { CausalityVerdict, Violation } from '../../core/backtest/causality.js'
import type { Decision } from '../../core/backtest/decisions.js'
import { count, plural } from '../shell/figures-text.js'

/** The verdict in a few lines: how much was probed, and what was found; or the first decisions that changed. */
export function causalityLines(verdict: CausalityVerdict): string[] {
  const { violations, futures, isSteppedToo } = verdict
  if (violations.length === 0) return heldLines(verdict)
  const repeated = futures.length + (isSteppedToo ? 1 : 0)
  return [
    `VIOLATED under ${count(violations.length)} of ${plural(repeated, 'future')}: decisions changed with what came after them`,
    ...violations.slice(0, 3).flatMap(violationLines),
    ...(violations.length > 3 ? [`and ${count(violations.length - 3)} more`] : []),
  ]
}

function heldLines({ cuts, decisions, probed, kinds, futures, isSteppedToo }: CausalityVerdict): string[] {
  const of = (kind: Decision['kind']) => {
    const ofKind = kinds.filter((row) => row.kind === kind)
    const all = ofKind.reduce((sum, row) => sum + row.decisions, 0)
    return all === 0 ? [] : [{ kind, all, probed: ofKind.reduce((sum, row) => sum + row.probed, 0) }]
  }
  const parts = [...of('entry'), ...of('exit'), ...of('refusal')]
  const shares = parts.map((part) => `${count(part.probed)} of ${count(part.all)} ${NAMES[part.kind]}`)
  return [
    probed === 0
      ? NOTHING_PROBED
      : `${count(probed)} of ${plural(decisions, 'decision')} probed: none of them used a later bar`,
    ...(parts.length === 0 ? [] : [shares.join(', ')]),
    `${plural(cuts, 'cut')}, with ${count(futures.length)} futures after each`,
    ...(isSteppedToo ? [`bar by bar, where no later bar is there, all ${count(decisions)} come out the same`] : []),
    ...(probed < decisions ? ['--exhaustive probes the others'] : []),
  ]
}

const NAMES = { entry: 'entries', exit: 'exits', refusal: 'refused entries' } as const
const NOTHING_PROBED = 'there was no decision to probe'

function violationLines({ cut, divergence: { bar, baseline, probe, failure } }: Violation): string[] {
  const what = failure === undefined ? changeText(baseline, probe) : `failed: ${failure}`
  return [`bar ${count(bar)} ${what}`, `  with ${AFTER[cut.future]} after row ${cut.row} of ${cut.date}`]
}

const AFTER: Readonly<Record<Violation['cut']['future'], string>> = {
  absent: 'nothing',
  higher: 'higher prices and signals',
  lower: 'lower prices and signals',
  missing: 'no price and no signal',
  altered: 'other data',
  unseen: 'no later bar there',
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
  const before: Readonly<Record<string, unknown>> = { ...baseline.record }
  const after: Readonly<Record<string, unknown>> = { ...probe.record }
  const field = Object.keys(before).find((key) => !Object.is(before[key], after[key]))
  const values = field === undefined ? '' : `: ${field} ${fieldText(before[field])} -> ${fieldText(after[field])}`
  return `${decisionText(baseline)}${values}`
}

function decisionText(decision: Decision | undefined): string {
  if (decision === undefined) return 'nothing'
  const { kind, record } = decision
  if (kind === 'refusal') return `refused entry ${record.reason}`
  return `${kind} ${record.asset}`
}

function fieldText(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value)
}
