import { InputMistake } from '../../base/mistakes.js'
import type {
  AuditRecord,
  CycleOutcome,
  FailureReason,
  HarnessMode,
  SkipReason,
  Violation,
} from '../../ports/vocabulary/harness.js'

/** An order that a task gave back, and that waits for the end of its cycle. */
export interface HeldOrder {
  readonly key: string
  readonly payload: unknown
}

/** What came of a task. */
export type TaskEnd =
  | { readonly status: 'SUCCESS'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly reason: FailureReason }
  | { readonly status: 'SKIPPED'; readonly reason: SkipReason }
  | { readonly status: 'BLOCKED'; readonly blockers: readonly string[] }

/** What makes two runs the same cycle. */
export interface CycleIdentity {
  readonly cycle: string
  readonly graph: string
  readonly bundleHash: string
  readonly mode: HarnessMode
}

/**
 * What earlier processes of a cycle have left in the audit: all that a rerun knows, and nothing that it may do again.
 * Source: spec "Rerun".
 */
export class RecordedCycle {
  /** Of tasks that are over. */
  readonly ends = new Map<string, TaskEnd>()
  /** Of tasks that were caught, and may not have been finished. */
  readonly violations = new Map<string, Violation>()
  readonly released = new Set<string>()
  /** Undefined: it is not finished. After a violation of the harness, or an error in it, there is no going on: HALTED. */
  readonly outcome: CycleOutcome | undefined
  /** Whether an operator has to clear the machine. */
  readonly haltsMachine: boolean
  readonly isDegraded: boolean
  private readonly effects = new Map<string, EffectRecord>()
  private readonly orders = new Map<string, HeldOrder[]>()

  constructor(private readonly records: readonly AuditRecord[]) {
    for (const record of records) this.take(record)
    const last = records.at(-1)
    this.haltsMachine = records.some(({ kind }) => kind === 'HARNESS_VIOLATION' || kind === 'HARNESS_ERROR')
    this.isDegraded = records.some(({ kind }) => kind === 'CYCLE_DEGRADED')
    this.outcome = last?.kind === 'CYCLE_FINISHED' ? last.outcome : this.haltsMachine ? 'HALTED' : undefined
  }

  get isNew(): boolean {
    return this.records.length === 0
  }

  hasEffect(key: string): boolean {
    return this.effects.has(key)
  }

  /** The order as it was recorded, where it was: what a skill gives the second time does not replace it. */
  orderOf(key: string, payload: unknown): HeldOrder {
    const recorded = this.effects.get(key)
    return { key, payload: recorded === undefined ? payload : recorded.payload }
  }

  /** Of a task that had succeeded. */
  ordersOf(taskId: string): readonly HeldOrder[] {
    return this.orders.get(taskId) ?? []
  }

  /** @throws InputMistake when the records are of something else: effects are known by what they were made of. */
  check({ cycle, ...now }: CycleIdentity): void {
    for (const record of this.records) {
      if (record.kind !== 'CYCLE_STARTED') continue
      for (const field of ['graph', 'bundleHash', 'mode'] as const) {
        if (record[field] === now[field]) continue
        const message = `expected the ${field} that the cycle began with, ${record[field]}, found ${now[field]}`
        throw new InputMistake({ place: `cycle ${cycle}`, message })
      }
    }
  }

  private take(record: AuditRecord): void {
    switch (record.kind) {
      case 'TASK_SKIPPED':
        this.ends.set(record.task, { status: 'SKIPPED', reason: record.reason })
        break
      case 'TASK_FINISHED':
        this.ends.set(record.task, endOf(record))
        break
      case 'TASK_BLOCKED':
        this.ends.set(record.task, { status: 'BLOCKED', blockers: record.blockers })
        break
      case 'SKILL_VIOLATION':
        this.violations.set(record.task, record.violation)
        break
      case 'EFFECT':
        this.takeEffect(record)
        break
      case 'RELEASED':
        this.released.add(record.key)
        break
      default:
    }
  }

  private takeEffect(record: EffectRecord): void {
    this.effects.set(record.key, record)
    if (!record.key.endsWith(ORDERS)) return
    const taskId = record.key.slice(0, record.key.indexOf('/'))
    const orders = this.orders.get(taskId)
    if (orders === undefined) this.orders.set(taskId, [orderIn(record)])
    else orders.push(orderIn(record))
  }
}

type EffectRecord = Extract<AuditRecord, { kind: 'EFFECT' }>

const ORDERS = '/orders'

function orderIn({ key, payload }: EffectRecord): HeldOrder {
  return { key, payload }
}

function endOf(record: Extract<AuditRecord, { kind: 'TASK_FINISHED' }>): TaskEnd {
  if (record.status === 'SUCCESS') return { status: 'SUCCESS', output: record.output ?? null }
  return { status: 'FAILED', reason: record.reason ?? 'ERROR' }
}
