import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'
import type { Mandate } from '../../ports/strategy.js'
import type {
  AuditEvent,
  AuditRecord,
  CycleOutcome,
  HarnessHalt,
  OrderProvenance,
} from '../../ports/vocabulary/harness.js'
import { runCycleNow } from '../harness/cycle-now.js'
import { buildGraph } from '../harness/graph.js'
import { SkillDesk } from '../harness/skill-desk.js'
import type { SkillRegistry } from '../harness/skill-registry.js'
import { type FilteredBeliefs, v1Graph, v1Registry, v1Skills } from '../harness/v1.js'
import { beliefId, type HarnessSituation, harnessBundle } from './harness-bundle.js'
import type { HarnessMemory } from './harness-memory.js'
import type { HarnessCycle } from './recorded-harness.js'
import type { HarnessSettings } from './settings.js'

/** What became of a bar's candidates. */
export interface Gated {
  /** As it goes into the bar's record; absent: no cycle was run. */
  readonly record?: HarnessCycle
  /** Those that may go on, each with what it was released with. */
  readonly released: ReadonlyMap<Mandate, OrderProvenance>
  /** Why the others may not, for people. */
  heldBack(mandate: Mandate): string
}

/**
 * The harness between the strategies' candidates and arbitration: the graph v1 over the state of the bar. In `live` mode only what
 * a cycle releases goes on; in `shadow` it is only written down. Exits never come here. See docs/harness.md.
 */
export class HarnessGate {
  private readonly registry: SkillRegistry
  private readonly skills: SkillDesk

  /** @param memory what processes before have left. */
  constructor(
    readonly settings: HarnessSettings,
    memory: HarnessMemory,
  ) {
    this.registry = v1Registry({ held: memory.held })
    this.skills = new SkillDesk({ registry: this.registry, skills: settings.skills ?? v1Skills })
  }

  /** Runs a cycle over the candidates. A machine that is HALTED takes no input. */
  judge(situation: HarnessSituation): Gated {
    const { halt } = situation.memory
    if (halt !== null) return { released: NOTHING, heldBack: () => `the harness is halted: ${halt.reason}` }
    const record = this.run(situation)
    const released = new Map<Mandate, OrderProvenance>()
    for (const [index, mandate] of situation.candidates.entries()) {
      const order = record.released.find((released) => released.beliefId === beliefId(situation.cycle, index))
      if (order !== undefined) released.set(mandate, order)
    }
    return {
      record: record.cycle,
      released,
      heldBack: (mandate) => whyHeldBack(record.cycle, situation.candidates.indexOf(mandate)),
    }
  }

  private run(situation: HarnessSituation): { readonly cycle: HarnessCycle; readonly released: OrderProvenance[] } {
    const { cycle, nowMs, memory } = situation
    const { mode } = this.settings
    const bundle = harnessBundle(situation)
    const audit: AuditRecord[] = []
    const actions: OrderProvenance[] = []
    const released: OrderProvenance[] = []
    const append = (event: AuditEvent) => {
      audit.push({ seq: memory.audited + audit.length + 1, atMs: nowMs, cycle, ...event })
    }
    const before = JSON.stringify(this.registry.record().held)
    let outcome: CycleOutcome
    try {
      const options = { cycle, graph: V1, bundle, mode, factorImplemented: true, skills: this.skills }
      outcome = runCycleNow(options, {
        nowMs: () => nowMs,
        append: (_cycle, _atMs, event) => append(event),
        apply: (_resource, _key, payload) => void actions.push(payload as OrderProvenance),
        release: (_key, payload) => void released.push(payload as OrderProvenance),
      }).outcome
    } catch (error) {
      // The position has to be managed by whatever is left: a harness that is broken halts, and not the process.
      outcome = 'HALTED'
      append({ kind: 'HARNESS_ERROR', task: null, message: error instanceof Error ? error.message : String(error) })
      append({ kind: 'CYCLE_FINISHED', outcome })
    }
    if (outcome !== 'COMPLETE') released.length = 0
    const { held } = this.registry.record()
    const changed = JSON.stringify(held) === before ? undefined : held
    const found = present({ halt: haltOf(audit), held: changed })
    return { cycle: { cycle, mode, bundle, outcome, audit, actions, ...found }, released }
  }
}

/** Why the machine stands still after a cycle; undefined: it does not. */
function haltOf(audit: readonly AuditRecord[]): HarnessHalt | undefined {
  for (const record of audit) {
    const { atMs, cycle } = record
    if (record.kind === 'HARNESS_VIOLATION')
      return { atMs, cycle, reason: `${record.violation} of the skill ${record.skill} in ${record.task}` }
    if (record.kind === 'HARNESS_ERROR') return { atMs, cycle, reason: record.message }
  }
  return undefined
}

/** Of one candidate, by its place among them. */
function whyHeldBack({ cycle, outcome, audit }: HarnessCycle, index: number): string {
  if (outcome !== 'COMPLETE') return `the harness's cycle is ${outcome}: ${causeOf(outcome, audit)}`
  const dropped = outputOf<FilteredBeliefs>(audit, 'T3')?.dropped.find(
    (drop) => drop.beliefId === beliefId(cycle, index),
  )
  if (dropped !== undefined) return `the harness dropped its belief: ${dropped.reason}`
  const skipped = audit.find((record) => record.kind === 'TASK_SKIPPED')
  return skipped?.kind === 'TASK_SKIPPED' ? `the harness skipped ${skipped.task}: ${skipped.reason}` : 'not released'
}

function causeOf(outcome: CycleOutcome, audit: readonly AuditRecord[]): string {
  for (const record of audit) {
    if (record.kind === 'CYCLE_DEGRADED' && record.cause !== 'VALIDATION' && outcome === 'DEGRADED')
      return `${record.cause} did not come to its end`
    if (record.kind === 'SKILL_VIOLATION' || record.kind === 'HARNESS_VIOLATION')
      return `${record.violation} of the skill ${record.skill}`
  }
  const validated = audit.find((record) => record.kind === 'VALIDATED')
  return validated?.kind === 'VALIDATED' ? validated.findings.map((finding) => finding.join(' ')).join(', ') : ''
}

function outputOf<Output>(audit: readonly AuditRecord[], task: string): Output | undefined {
  const finished = audit.find((record) => record.kind === 'TASK_FINISHED' && record.task === task)
  return finished?.kind === 'TASK_FINISHED' ? (finished.output as Output | undefined) : undefined
}

const V1 = builtV1()
const NOTHING: ReadonlyMap<Mandate, OrderProvenance> = new Map()

function builtV1() {
  const built = buildGraph(v1Graph)
  assert(built.kind === 'graph', 'the graph v1 can be built')
  return built
}
