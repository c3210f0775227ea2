import type {
  AuditEvent,
  AuditRecord,
  CycleOutcome,
  EffectResource,
  HarnessBundle,
  HarnessMode,
  HarnessState,
  HarnessTask,
} from '../../ports/vocabulary/harness.js'
import type { TaskEnd } from './cycle-replay.js'
import type { CycleSkills, Handed, SkillCall, SkillReply } from './cycle-skills.js'
import type { BuiltGraph } from './graph.js'
import type { ValidationLimits } from './validation.js'

export interface CycleOptions {
  /** Names it in the audit: a rerun has the same. */
  readonly cycle: string
  readonly graph: BuiltGraph
  readonly bundle: HarnessBundle
  readonly mode: HarnessMode
  /** False: there is no factor layer yet, and all is permitted. */
  readonly factorImplemented: boolean
  readonly skills: CycleSkills
  /** {@link HARNESS_LIMITS} unless they are given. */
  readonly limits?: ValidationLimits
  /** Skills at work at once; 1 unless it is given. More of them change no status, no effect and not the order of effects. */
  readonly parallelism?: number
  /** What earlier processes have recorded of this cycle; empty: it is new. */
  readonly recorded?: readonly AuditRecord[]
}

/** What is to be done next. */
export type CycleStep =
  | { readonly kind: 'append'; readonly event: AuditEvent }
  | { readonly kind: 'call'; readonly task: HarnessTask; readonly handed: Handed }
  | { readonly kind: 'apply'; readonly resource: EffectResource; readonly key: string; readonly payload: unknown }
  | { readonly kind: 'release'; readonly key: string; readonly payload: unknown }
  | { readonly kind: 'finished'; readonly result: CycleResult }

/** What came of a step. */
export type StepAnswer =
  /** A record is durable, an effect made. */
  | { readonly kind: 'done' }
  | { readonly kind: 'replied'; readonly call: SkillCall; readonly reply: SkillReply }
  /** The harness could not do its own part: that halts it. A record that cannot be written has no answer. */
  | { readonly kind: 'failed'; readonly message: string }

export interface CycleResult {
  readonly outcome: CycleOutcome
  /** `IDLE`, or `HALTED` until an operator clears it. */
  readonly machine: HarnessState
  /** In order of declaration; of a cycle that ended before its first task: none. */
  readonly tasks: readonly (TaskEnd & { readonly task: string })[]
  /** Of tasks that succeeded, by name. */
  readonly outputs: Readonly<Record<string, unknown>>
}
