import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from '../../src/base/canonical-json.js'
import { InvariantViolation } from '../../src/base/invariant-violation.js'
import { type CausalEvent, causalFault } from '../../src/core/harness/causal-order.js'
import { evaluateCondition, parseCondition, type Truth } from '../../src/core/harness/condition.js'
import { buildGraph } from '../../src/core/harness/graph.js'
import { type HarnessMachineEvent, nextHarnessState } from '../../src/core/harness/harness-machine.js'
import { bundleHash, type KeyDocument, taskId } from '../../src/core/harness/task-id.js'
import { HARNESS_LIMITS, type ValidationLimits, validateBundle } from '../../src/core/harness/validation.js'
import type {
  HarnessBundle,
  HarnessGate,
  HarnessGraph,
  HarnessState,
  HarnessTask,
  StateObjectName,
} from '../../src/ports/vocabulary/harness.js'
import { harnessTask } from '../support/harness-cases.js'

export const HARNESS_RULE_FUNCTIONS = {
  canonical: canonicalCase,
  task_id: taskIdCase,
  condition_parse: conditionParseCase,
  condition_eval: conditionEvalCase,
  validate: validateCase,
  build: buildCase,
  causal: causalCase,
  machine: machineCase,
}

interface WrittenGraph {
  readonly graph: string
  readonly tasks: readonly (Partial<HarnessTask> & Pick<HarnessTask, 'name'>)[]
  readonly gates?: readonly HarnessGate[]
}

/** A graph of a case, with the defaults of its file. */
export function graphOfCase({ graph, tasks, gates = [] }: WrittenGraph): HarnessGraph {
  return { graph, tasks: tasks.map(harnessTask), gates }
}

function canonicalCase({ value }: { readonly value: unknown }): unknown {
  const text = canonicalJson(value)
  return { text, sha256: bytesToHex(sha256(utf8ToBytes(text))) }
}

function taskIdCase(args: {
  readonly graph: string
  readonly bundle: KeyDocument
  readonly taskType: string
  readonly inputs: HarnessTask['inputs']
}): unknown {
  const { graph, taskType, inputs } = args
  const bundle = bundleHash(args.bundle)
  return { bundleHash: bundle, taskId: taskId({ taskType, inputs }, { bundle, graph }) }
}

function conditionParseCase({ condition, tasks }: { condition: string; tasks?: readonly string[] }): unknown {
  const parsed = parseCondition(condition, new Set(tasks ?? []))
  return parsed.kind === 'refused' ? { error: parsed.error } : { paths: parsed.paths }
}

function conditionEvalCase(args: {
  readonly condition: string
  readonly bundle: HarnessBundle
  readonly factorImplemented?: boolean
}): unknown {
  const parsed = parseCondition(args.condition)
  if (parsed.kind === 'refused') throw new Error(parsed.message)
  return TRUTHS[evaluateCondition(parsed, args.bundle, args.factorImplemented ?? false)]
}

const TRUTHS: Readonly<Record<Truth, boolean | null>> = { TRUE: true, FALSE: false, UNKNOWN: null }

function validateCase(
  args: {
    readonly bundle: HarnessBundle
    readonly nowMs: number
    readonly required: readonly StateObjectName[]
    readonly factorImplemented?: boolean
  } & Partial<ValidationLimits>,
): unknown {
  const { bundle, nowMs, required, factorImplemented = false, minThreshold, maxStalenessMs } = args
  const limits = {
    minThreshold: minThreshold ?? HARNESS_LIMITS.minThreshold,
    maxStalenessMs: maxStalenessMs ?? HARNESS_LIMITS.maxStalenessMs,
  }
  const { verdict, findings } = validateBundle(bundle, { nowMs, required, factorImplemented, limits })
  return { verdict, findings }
}

function buildCase({ graph }: { readonly graph: WrittenGraph }): unknown {
  const built = buildGraph(graphOfCase(graph))
  if (built.kind === 'refused') return { error: built.error, at: built.at }
  return { order: built.order.map(({ name }) => name) }
}

function causalCase({ graph, events }: { graph: WrittenGraph; events: readonly (readonly string[])[] }): unknown {
  return causalFault(graphOfCase(graph), events.map(causalEventOf)) ?? null
}

/** An effect's key begins with its task's name in the cases. */
function causalEventOf([kind, subject, status]: readonly string[]): CausalEvent {
  const task = kind === 'EFFECT' ? subject?.split('/')[0] : subject
  return { kind: kind!, ...(task === undefined ? {} : { task }), ...(status === undefined ? {} : { status }) }
}

function machineCase({ state, event }: { readonly state: HarnessState; readonly event: HarnessMachineEvent }): unknown {
  try {
    return nextHarnessState(state, event)
  } catch (error) {
    if (error instanceof InvariantViolation) return { refused: error.name }
    throw error
  }
}
