import { DataRefused, found, type Problem } from '../../base/mistakes.js'
import type { LedgerEntry, SkillRegistration } from '../../ports/vocabulary/harness.js'

/** A decision as a person reads it. */
export interface LedgerDecision extends LedgerEntry {
  /** `YYYY-MM-DD`. */
  readonly date: string
  readonly reason: string
  readonly author: string
}

/**
 * The decisions of a ledger: the rows of a Markdown table, `| D001 | AUTHORIZE | skill | 2026-01-24 | reason | author |`; of the text
 * around them nothing is read. Format: docs/ledger.md.
 *
 * @param file for messages.
 * @throws DataRefused with the line of every row that is no decision, or has the number of another.
 */
export function parseLedger(text: string, file = 'docs/ledger.md'): readonly LedgerDecision[] {
  const decisions: LedgerDecision[] = []
  const problems: Problem[] = []
  const refs = new Set<string>()
  for (const [index, line] of text.split('\n').entries()) {
    if (!/^\|\s*D\d/.test(line)) continue
    const decision = decisionOf(line)
    const place = { file, line: index + 1 }
    if (typeof decision === 'string') problems.push({ place, message: decision })
    else if (refs.has(decision.ref)) problems.push({ place, message: `${decision.ref} is there twice: numbers go up` })
    else {
      refs.add(decision.ref)
      decisions.push(decision)
    }
  }
  if (problems.length > 0) throw new DataRefused(problems)
  return decisions
}

/** Whether an entry of the ledger, of this number, decides this of the skill. */
export function decides(ledger: readonly LedgerEntry[], decision: LedgerEntry): boolean {
  return (
    LEDGER_REF.test(decision.ref) &&
    ledger.some(
      ({ ref, kind, skillId }) => ref === decision.ref && kind === decision.kind && skillId === decision.skillId,
    )
  )
}

/** Whether the entry that a registration names authorises its skill. */
export function isAuthorised(ledger: readonly LedgerEntry[], registration: SkillRegistration): boolean {
  const { decisionLedgerRef: ref, skillId } = registration
  return decides(ledger, { ref, kind: 'AUTHORIZE', skillId })
}

const LEDGER_REF = /^D\d{3,}$/
const KINDS: readonly LedgerEntry['kind'][] = ['AUTHORIZE', 'DEPRECATE', 'RELEASE']

function decisionOf(line: string): LedgerDecision | string {
  const cells = line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
  const [ref = '', kind = '', skill = '', date = '', reason = '', author = ''] = cells.map((cell) => cell.trim())
  const skillId = skill.replaceAll('`', '')
  if (cells.length !== 6) return `expected number, kind, skill, date, reason and author, found ${cells.length} columns`
  if (!LEDGER_REF.test(ref)) return `expected a number such as D001, found ${found(ref)}`
  if (!isKind(kind)) return `expected ${KINDS.join(', ')}, found ${found(kind)}`
  if (skillId === '' || reason === '' || author === '') return `${ref} needs a skill, a reason and an author`
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return `expected a date such as 2026-01-24, found ${found(date)}`
  return { ref, kind, skillId, date, reason, author }
}

function isKind(kind: string): kind is LedgerEntry['kind'] {
  return (KINDS as readonly string[]).includes(kind)
}
