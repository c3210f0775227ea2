import type { Posture } from './market.js'

/**
 * The execution harness: what it reads, what it runs, what it writes down. Source: execution harness contract; spec "Execution harness".
 * Times are integer UTC ms; null is absent.
 */

/** The objects of a bundle, in the order in which they are looked at. */
export const STATE_OBJECTS = ['regime', 'factor', 'signals', 'beliefs', 'macro', 'flow', 'posture'] as const
export type StateObjectName = (typeof STATE_OBJECTS)[number]

/** What a factor layer may grant. What it does not name is denied. */
export const PERMISSIONS = ['open', 'reduce', 'momentum', 'value', 'quality'] as const
export type Permission = (typeof PERMISSIONS)[number]

/** What a skill may change: nothing else can be reached from one. */
export const EFFECT_RESOURCES = [
  'audit_log',
  'orders',
  'grid_state',
  'pnl_log',
  'ledger',
  'heartbeat',
  'report',
] as const
export type EffectResource = (typeof EFFECT_RESOURCES)[number]

export const REGIME_BEHAVIORS = [
  'TRENDING_NORMAL_VOL',
  'TRENDING_HIGH_VOL',
  'MEAN_REVERTING_LOW_VOL',
  'MEAN_REVERTING_HIGH_VOL',
  'EVENT_DOMINANT',
  'EVENT_LOCK',
  'UNDEFINED',
] as const
export type RegimeBehavior = (typeof REGIME_BEHAVIORS)[number]

export const REGIME_BIASES = ['BULLISH', 'BEARISH', 'NEUTRAL'] as const
export type RegimeBias = (typeof REGIME_BIASES)[number]

/** What every state object has. */
export interface StateObject {
  /** Not empty; names the object in the audit. */
  readonly stateId: string
  /** When it was made. */
  readonly timestampMs: number
}

export interface HarnessRegime extends StateObject {
  readonly behavior: RegimeBehavior
  readonly bias: RegimeBias
  /** 0 … 1. */
  readonly confidence: number
  readonly isStable: boolean
}

export interface HarnessFactor extends StateObject {
  /** A permission that is not named is denied. */
  readonly permitted: Readonly<Partial<Record<Permission, boolean>>>
  /** 0 … 1. */
  readonly sizeMultiplier: number
}

export interface HarnessSignal {
  readonly signalId: string
  /** Of the regime that it was made in. */
  readonly regimeStateId?: string | null
}

export interface HarnessSignals extends StateObject {
  readonly signals: readonly HarnessSignal[]
}

export interface HarnessBelief {
  readonly beliefId: string
  readonly signalId: string
  /** 0 … 1. */
  readonly conviction: number
  /** What it needs to be acted on. */
  readonly permissions: readonly Permission[]
}

export interface HarnessBeliefs extends StateObject {
  readonly beliefs: readonly HarnessBelief[]
}

export interface HarnessPosture extends StateObject {
  readonly posture: Posture
}

/** One cycle's state, assembled once, never changed. */
export interface HarnessBundle {
  readonly timestampMs: number
  readonly regime?: HarnessRegime | null
  readonly factor?: HarnessFactor | null
  readonly signals?: HarnessSignals | null
  readonly beliefs?: HarnessBeliefs | null
  readonly macro?: StateObject | null
  readonly flow?: StateObject | null
  readonly posture?: HarnessPosture | null
}

/** A unit of work. It has no market logic: its skill has. */
export interface HarnessTask {
  readonly name: string
  readonly taskType: string
  /** Id of the skill that does it. */
  readonly skillRef: string
  readonly requiredState: readonly StateObjectName[]
  readonly requiredPermissions: readonly Permission[]
  /** Names of tasks. */
  readonly dependsOn: readonly string[]
  /** Plain JSON. */
  readonly inputs: Readonly<Record<string, unknown>>
  /** 1 … 3,600,000. */
  readonly timeoutMs: number
  /** Name of what it puts out. */
  readonly outputSchema: string
  readonly sideEffects: readonly EffectResource[]
  /** Without it the cycle is DEGRADED. */
  readonly critical: boolean
  /** 0 … 1, of the regime; null: none is asked for. */
  readonly minConfidence?: number | null
  /** 0 … 10, of flows only. */
  readonly retries: number
  readonly idempotent: boolean
}

/** Closes one of two tasks by a condition on the state. */
export interface HarnessGate {
  readonly condition: string
  readonly ifTrue: string
  /** A task's name, or `SKIP`. */
  readonly ifFalse: string
}

export interface HarnessGraph {
  readonly graph: string
  readonly tasks: readonly HarnessTask[]
  readonly gates: readonly HarnessGate[]
}

export type HarnessMode = 'shadow' | 'live'

/** Of the machine of appendix A. */
export const HARNESS_STATES = [
  'IDLE',
  'VALIDATE',
  'BUILD_GRAPH',
  'EXECUTE',
  'HANDLE_FAILURE',
  'FINALIZE',
  'HALTED',
] as const
export type HarnessState = (typeof HARNESS_STATES)[number]

export type HarnessVerdict = 'HALT' | 'REJECT' | 'SKIP' | 'DEGRADE' | 'EXECUTE'
export type CycleOutcome = 'COMPLETE' | 'DEGRADED' | 'HALTED' | 'REJECTED' | 'SKIPPED'

export type SkipReason =
  | 'GATE'
  | 'STATE_MISSING'
  | 'STALE'
  | 'CONFIDENCE_TOO_LOW'
  | 'PERMISSION_DENIED'
  | 'SKILL_UNAVAILABLE'

/** What a skill may be caught at. */
export const VIOLATIONS = [
  'UNDECLARED_OUTPUT',
  'UNDECLARED_EFFECT',
  'STATE_MUTATION',
  'PERMISSION_BYPASS',
  'LAYER_BYPASS',
  'OVERRIDE',
] as const
export type Violation = (typeof VIOLATIONS)[number]
export type ViolationAction = 'NONE' | 'QUARANTINE' | 'DEREGISTER'

export type FailureReason = 'ERROR' | 'TIMEOUT' | 'HARNESS_ERROR' | Violation

/** A change that a skill asks for. The harness makes it, or keeps an order back. */
export interface SkillEffect {
  readonly resource: EffectResource
  /** Plain JSON. */
  readonly payload: unknown
}

/** What a skill gives back: it changes nothing itself. */
export interface SkillResult {
  /** Plain JSON. */
  readonly output: unknown
  readonly effects: readonly SkillEffect[]
}

export type SkillState = 'REGISTERED' | 'ACTIVE' | 'DEPRECATED' | 'QUARANTINED' | 'REMOVED'

export interface SkillRegistration {
  readonly skillId: string
  /** Semantic version. */
  readonly skillVersion: string
  readonly taskTypes: readonly string[]
  readonly requiredInputs: readonly StateObjectName[]
  readonly outputSchema: string
  readonly requiresPermissions: readonly Permission[]
  /** `L6`, `L6.5`, … of the objects that it reads. */
  readonly layerDependencies: readonly string[]
  readonly sideEffects: readonly EffectResource[]
  readonly author: string
  /** Entry of the decision ledger (docs/ledger.md) that authorises it. */
  readonly decisionLedgerRef: string
}

/** An entry of the decision ledger. */
export interface LedgerEntry {
  /** `D` and three digits or more. */
  readonly ref: string
  readonly kind: 'AUTHORIZE' | 'DEPRECATE' | 'RELEASE'
  readonly skillId: string
}

/** What happened, without number, time and cycle. Source: spec "Execution", "Audit". */
export type AuditEvent =
  | {
      readonly kind: 'CYCLE_STARTED' | 'CYCLE_RESUMED'
      readonly graph: string
      readonly bundleHash: string
      readonly mode: HarnessMode
    }
  | {
      readonly kind: 'VALIDATED'
      readonly verdict: HarnessVerdict
      readonly findings: readonly (readonly [string, string])[]
    }
  /** `VALIDATION`, or the name of a task. Once a cycle. */
  | { readonly kind: 'CYCLE_DEGRADED'; readonly cause: string }
  /** `index`: of the graph's gates, from 0. */
  | { readonly kind: 'GATE'; readonly index: number; readonly value: 'TRUE' | 'FALSE' | 'UNKNOWN' }
  | { readonly kind: 'TASK_SKIPPED'; readonly task: string; readonly reason: SkipReason; readonly bundleHash: string }
  | { readonly kind: 'TASK_STARTED'; readonly task: string; readonly taskId: string }
  /** `payload`: of orders alone, for a release after a restart. */
  | { readonly kind: 'EFFECT'; readonly key: string; readonly payload?: unknown }
  | {
      readonly kind: 'SKILL_VIOLATION' | 'HARNESS_VIOLATION'
      readonly skill: string
      readonly violation: Violation
      readonly action: ViolationAction
      readonly task: string
    }
  | { readonly kind: 'HARNESS_ERROR'; readonly task: string | null; readonly message: string }
  | {
      readonly kind: 'TASK_FINISHED'
      readonly task: string
      readonly status: 'SUCCESS' | 'FAILED'
      readonly reason?: FailureReason
      /** Of a success: for the tasks after it, also after a restart. */
      readonly output?: unknown
      /** Of an error: for people. */
      readonly message?: string
    }
  | { readonly kind: 'TASK_REPLAYED'; readonly task: string; readonly status: 'SUCCESS' | 'FAILED' | 'SKIPPED' }
  | { readonly kind: 'TASK_BLOCKED'; readonly task: string; readonly blockers: readonly string[] }
  | { readonly kind: 'RELEASED'; readonly key: string }
  | { readonly kind: 'CYCLE_FINISHED'; readonly outcome: CycleOutcome }

/** A line of the audit trail, durable before the step after it. */
export type AuditRecord = AuditEvent & {
  /** 1, 2, 3, … over the whole trail. */
  readonly seq: number
  readonly atMs: number
  readonly cycle: string
}

/** What every order carries: where it comes from and what permits it (EXE-1 … EXE-4). It may carry more. */
export interface OrderProvenance {
  readonly beliefId: string
  readonly signalId: string
  readonly regimeStateId: string
  /** Id of the factor's state, or `BYPASSED`. */
  readonly permission: string
}

/** Why a machine is HALTED. */
export interface HarnessHalt {
  /** UTC ms. */
  readonly atMs: number
  /** In which cycle. */
  readonly cycle: string
  /** For people. */
  readonly reason: string
}
