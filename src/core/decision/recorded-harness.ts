import type {
  AuditRecord,
  CycleOutcome,
  HarnessBundle,
  HarnessHalt,
  HarnessMode,
  OrderProvenance,
} from '../../ports/vocabulary/harness.js'
import type { HeldSkill } from '../harness/skill-registry.js'

/** A cycle of the harness, whole: its state, and everything that it did. */
export interface HarnessCycle {
  readonly cycle: string
  readonly mode: HarnessMode
  /** The state that it ran on. */
  readonly bundle: HarnessBundle
  readonly outcome: CycleOutcome
  readonly audit: readonly AuditRecord[]
  /** What it emitted to the audit log: an action for each belief that was left. */
  readonly actions: readonly OrderProvenance[]
  /** It has brought the machine to a halt. */
  readonly halt?: HarnessHalt
  /** Skills that are out of service, where it changed them. */
  readonly held?: readonly HeldSkill[]
}
