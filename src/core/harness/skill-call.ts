import {
  type HarnessBundle,
  type HarnessMode,
  type SkillRegistration,
  type SkillResult,
  STATE_OBJECTS,
} from '../../ports/vocabulary/harness.js'
import type { Handed, SkillCall } from './cycle-skills.js'
import { type FactorLayer, factorLayer } from './factor-layer.js'
import { JsonGuard } from './guarded-json.js'
import type { OutputShape } from './skill-result.js'
import type { SkillFinding } from './violations.js'

/**
 * The market logic of a task, as a function of what it is handed: it returns what it puts out and the changes that it asks for, and
 * makes none itself. Called again with the same input, it returns the same (SK-4). `signal` is aborted when nobody waits any more.
 */
export type Skill = (input: SkillInput, signal: AbortSignal | undefined) => SkillResult | Promise<SkillResult>

/** A skill with what it promises to put out. */
export interface SkillImplementation {
  readonly run: Skill
  readonly output: OutputShape
}

/** What a skill is handed: frozen through and through, and watched. */
export interface SkillInput {
  /** Names the task, its inputs and the state: the same again when the cycle is resumed. */
  readonly taskId: string
  readonly mode: HarnessMode
  /** UTC ms when the task was started. */
  readonly nowMs: number
  /** Of the task. */
  readonly inputs: Readonly<Record<string, unknown>>
  /** Of the tasks that this one depends on and that succeeded, by name. */
  readonly outputs: Readonly<Record<string, unknown>>
  readonly state: HandedState
}

/** The objects of the bundle that the skill has declared; to look at another is a LAYER_BYPASS (SK-1). */
export type HandedState = Omit<HarnessBundle, 'factor'> & {
  /** What the factor layer says, also where it says nothing. */
  readonly factor?: FactorLayer
}

/** A skill at work, and what it was caught at so far. */
export interface WatchedCall extends SkillCall {
  readonly registration: SkillRegistration
  readonly output: OutputShape
  readonly handed: Handed
  readonly findings: readonly SkillFinding[]
}

/** Calls a skill with what it has declared and nothing else. */
export function callSkill(
  { run, output }: SkillImplementation,
  called: Pick<WatchedCall, 'registration' | 'task' | 'handed'>,
  signal?: AbortSignal,
): WatchedCall {
  const findings: SkillFinding[] = []
  const input = inputOf(called, findings)
  return { ...called, output, findings, returned: returnedBy(() => run(input, signal)) }
}

function returnedBy(call: () => unknown): SkillCall['returned'] {
  try {
    return { kind: 'returned', value: call() }
  } catch (error) {
    return { kind: 'threw', error }
  }
}

function inputOf(
  { registration, task, handed }: Pick<WatchedCall, 'registration' | 'task' | 'handed'>,
  findings: SkillFinding[],
): SkillInput {
  const guard = new JsonGuard((field) => {
    findings.push({ violation: 'STATE_MUTATION', message: `it tried to change ${field} of what it was handed` })
  })
  const { bundle, factorImplemented, mode, taskId, nowMs } = handed
  const undeclared = (name: string) => {
    if ((STATE_OBJECTS as readonly string[]).includes(name))
      findings.push({ violation: 'LAYER_BYPASS', message: `it looked at ${name}, which it has not declared` })
  }
  const state: Record<string, unknown> = { timestampMs: bundle.timestampMs }
  for (const name of registration.requiredInputs)
    state[name] = name === 'factor' ? factorLayer(bundle.factor, factorImplemented) : (bundle[name] ?? null)
  return guard.object({
    taskId,
    mode,
    nowMs,
    inputs: guard.value(task.inputs),
    outputs: guard.value(handed.outputs),
    state: guard.fields(state, undeclared) as unknown as HandedState,
  })
}
