/**
 * The execution harness: graphs of tasks, run on a bundle of state by skills that declare what they read and change. Pure and
 * synchronous but for {@link Harness} and {@link runCycle}, which run skills in time over a trail on disk. See docs/harness.md and
 * docs/skills.md.
 *
 * @example
 * ```ts
 * import { AuditNow, buildGraph, runCycleNow, SkillDesk, v1Graph, v1Registry, v1Skills } from 'dolphin-engine/harness'
 *
 * const graph = buildGraph(v1Graph)
 * if (graph.kind === 'refused') throw new Error(graph.message)
 * const nowMs = Date.UTC(2026, 0, 5)
 * const at = { timestampMs: nowMs }
 * const bundle = {
 *   ...at,
 *   regime: { ...at, stateId: 'r1', behavior: 'TRENDING_NORMAL_VOL', bias: 'BULLISH', confidence: 0.9, isStable: true },
 *   signals: { ...at, stateId: 's1', signals: [{ signalId: 'sig1', regimeStateId: 'r1' }] },
 *   beliefs: { ...at, stateId: 'b1', beliefs: [{ beliefId: 'bel1', signalId: 'sig1', conviction: 0.8, permissions: [] }] },
 * } as const
 * const audit = new AuditNow()
 * const skills = new SkillDesk({ registry: v1Registry(), skills: v1Skills })
 * const { outcome, outputs } = runCycleNow(
 *   { cycle: 'first', graph, bundle, mode: 'shadow', factorImplemented: false, skills },
 *   { nowMs: () => nowMs, append: (...line) => audit.append(...line), apply: () => {}, release: () => {} },
 * )
 * console.log(outcome, outputs['T4'])
 * ```
 *
 * @module
 */

export { type ClosableSink, type MadeEffect, MemorySink, openFileSink } from '../adapters/audit/effect-sinks.js'
export { type OpenedAuditTrail, openAuditTrail, readAuditTrail } from '../adapters/audit/file-audit-trail.js'
export { FileHaltMark, MemoryHaltMark } from '../adapters/audit/halt-mark.js'
export { MemoryAuditTrail } from '../adapters/audit/memory-audit-trail.js'
export { type CausalEvent, causalFault } from '../core/harness/causal-order.js'
export {
  type Condition,
  type ConditionError,
  evaluateCondition,
  parseCondition,
  type Truth,
} from '../core/harness/condition.js'
export type { ConditionRefusal } from '../core/harness/condition-tokens.js'
export type { ConditionTree, Literal, Path, Relation } from '../core/harness/condition-tree.js'
export { AuditNow, type CycleNowPorts, runCycleNow } from '../core/harness/cycle-now.js'
export type { TaskEnd } from '../core/harness/cycle-replay.js'
export type * from '../core/harness/cycle-skills.js'
export type { CycleOptions, CycleResult, CycleStep, StepAnswer } from '../core/harness/cycle-steps.js'
export { type FactorLayer, factorLayer } from '../core/harness/factor-layer.js'
export { type BuiltGate, type BuiltGraph, buildGraph, type GraphRefusal } from '../core/harness/graph.js'
export type { GraphError } from '../core/harness/graph-refusal.js'
export { Cycle } from '../core/harness/harness-cycle.js'
export { HARNESS_EVENTS, type HarnessMachineEvent, nextHarnessState } from '../core/harness/harness-machine.js'
export { type LedgerDecision, parseLedger } from '../core/harness/ledger.js'

export { LAYER_OF, type RegistrationRefused } from '../core/harness/registration.js'
export { isRepeatable } from '../core/harness/repeatable.js'
export type { HandedState, Skill, SkillImplementation, SkillInput } from '../core/harness/skill-call.js'
export { SkillDesk, type SkillDeskSettings } from '../core/harness/skill-desk.js'
export { type LifeRefused, SKILL_EVENTS, type SkillEvent, type SkillLife } from '../core/harness/skill-lifecycle.js'
export {
  type HeldSkill,
  type MisdeedOutcome,
  type RegisteredSkill,
  type SkillKey,
  type SkillRecord,
  SkillRegistry,
} from '../core/harness/skill-registry.js'
export type { OutputShape } from '../core/harness/skill-result.js'
export { bundleHash, type KeyDocument, taskId } from '../core/harness/task-id.js'
export {
  type DropReason,
  type FilteredBeliefs,
  type V1Action,
  v1Graph,
  v1Registry,
  v1Skills,
} from '../core/harness/v1.js'
export {
  type Finding,
  type FindingKind,
  HARNESS_LIMITS,
  type Validation,
  type ValidationContext,
  type ValidationLimits,
  validateBundle,
} from '../core/harness/validation.js'
export { CONSEQUENCES, type Consequence, type CycleConsequence, type Misdeed } from '../core/harness/violations.js'
export type * from '../ports/audit-trail.js'
export type * from '../ports/vocabulary/harness.js'
export { Harness, type HarnessAnswer, type HarnessOptions } from '../runtime/harness/harness.js'
export { type CyclePorts, runCycle } from '../runtime/harness/run-cycle.js'
export { keepSkillRecord, readSkillRecord } from '../runtime/harness/skill-record-file.js'
