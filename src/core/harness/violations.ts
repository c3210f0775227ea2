import type { Violation, ViolationAction } from '../../ports/vocabulary/harness.js'

/** What a skill was caught at: a violation, or the end of its time, which is none. */
export type Misdeed = Violation | 'TIMEOUT'

/** What becomes of the cycle: a halted harness needs an operator. */
export type CycleConsequence = 'CONTINUE' | 'DEGRADE' | 'HALT' | 'HARNESS_HALT'

/** What follows from a misdeed. */
export interface Consequence {
  /** As what it stands in the audit. */
  readonly event: 'SKILL_VIOLATION' | 'HARNESS_VIOLATION' | 'TASK_TIMEOUT'
  /** Towards deregistration. */
  readonly counts: boolean
  readonly skill: Exclude<ViolationAction, 'DEREGISTER'>
  readonly cycle: CycleConsequence
}

/** Source: execution harness contract §5 "Override", §7 "How Violations Are Handled"; spec "Skills". */
export const CONSEQUENCES: Readonly<Record<Misdeed, Consequence>> = {
  UNDECLARED_OUTPUT: { event: 'SKILL_VIOLATION', counts: true, skill: 'QUARANTINE', cycle: 'HALT' },
  UNDECLARED_EFFECT: { event: 'SKILL_VIOLATION', counts: true, skill: 'QUARANTINE', cycle: 'HALT' },
  STATE_MUTATION: { event: 'SKILL_VIOLATION', counts: true, skill: 'QUARANTINE', cycle: 'HALT' },
  PERMISSION_BYPASS: { event: 'SKILL_VIOLATION', counts: true, skill: 'NONE', cycle: 'CONTINUE' },
  LAYER_BYPASS: { event: 'SKILL_VIOLATION', counts: true, skill: 'QUARANTINE', cycle: 'DEGRADE' },
  OVERRIDE: { event: 'HARNESS_VIOLATION', counts: true, skill: 'QUARANTINE', cycle: 'HARNESS_HALT' },
  TIMEOUT: { event: 'TASK_TIMEOUT', counts: false, skill: 'NONE', cycle: 'CONTINUE' },
}

/** So many counted violations in one life of a process deregister a skill for ever. */
export const VIOLATIONS_THAT_DEREGISTER = 3

/** What a call was caught at. */
export interface SkillFinding {
  readonly violation: Violation
  /** For people. */
  readonly message: string
}

/** Of all that a call was caught at, what it answers for: the finding with the worst end for the cycle, of equal ones the first. */
export function gravest(findings: readonly SkillFinding[]): SkillFinding | undefined {
  let worst: SkillFinding | undefined
  for (const finding of findings) if (worst === undefined || gravityOf(finding) > gravityOf(worst)) worst = finding
  return worst
}

const GRAVITY: readonly CycleConsequence[] = ['CONTINUE', 'DEGRADE', 'HALT', 'HARNESS_HALT']

function gravityOf({ violation }: SkillFinding): number {
  return GRAVITY.indexOf(CONSEQUENCES[violation].cycle)
}
