import type {
  FailureReason,
  HarnessBundle,
  HarnessMode,
  HarnessTask,
  SkillEffect,
  Violation,
  ViolationAction,
} from '../../ports/vocabulary/harness.js'

/** What a cycle asks of the skills: who may run, what is handed in, and what to make of that which comes back. Source: spec "Skills". */
export interface CycleSkills {
  /** ACTIVE or DEPRECATED, and of the task's type. */
  isAvailable(task: HarnessTask): boolean
  /**
   * Calls the task's skill. It sees what is handed in and nothing else; what it gives or throws, now or later, is the reply.
   * `signal` is aborted when nobody waits for the reply any more.
   */
  call(task: HarnessTask, handed: Handed, signal?: AbortSignal): SkillCall
  /** Looks at a reply. Counts and quarantines: asked once a call. */
  answer(call: SkillCall, reply: SkillReply): SkillAnswer
}

/** What a cycle knows when it calls a skill. */
export interface Handed {
  readonly bundle: HarnessBundle
  readonly factorImplemented: boolean
  readonly mode: HarnessMode
  readonly taskId: string
  /** Of the tasks that it depends on and that succeeded, by name. */
  readonly outputs: Readonly<Record<string, unknown>>
  readonly nowMs: number
}

/** A skill at work. */
export interface SkillCall {
  readonly task: HarnessTask
  /** What the skill gave at once, or its promise; or what it threw. */
  readonly returned:
    | { readonly kind: 'returned'; readonly value: unknown }
    | { readonly kind: 'threw'; readonly error: unknown }
}

export type SkillReply =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'timeout' }

export type SkillAnswer =
  | { readonly kind: 'success'; readonly output: unknown; readonly effects: readonly SkillEffect[] }
  | {
      readonly kind: 'failed'
      readonly reason: FailureReason
      /** For people. */
      readonly message: string
      /** What it was caught at; null: it was none. */
      readonly violation: { readonly violation: Violation; readonly action: ViolationAction } | null
    }
