import {
  type HarnessBundle,
  type HarnessGraph,
  type HarnessTask,
  STATE_OBJECTS,
  type StateObjectName,
} from '../../ports/vocabulary/harness.js'
import { type Condition, type ConditionError, evaluateCondition, parseCondition, type Truth } from './condition.js'
import { orderOf, tasksOnCycles } from './graph-order.js'
import { type GraphRefusal, refusal } from './graph-refusal.js'
import { checkNames, checkTasks } from './graph-tasks.js'

export type { GraphRefusal }

/** A graph that can be run: every name in it is known, its conditions are read, and its tasks have an order. */
export interface BuiltGraph {
  readonly kind: 'graph'
  /** As it was declared. */
  readonly graph: HarnessGraph
  /** As a serial run takes them: of those that may run, the first in order of declaration. */
  readonly order: readonly HarnessTask[]
  readonly gates: readonly BuiltGate[]
  /** Of each task, by name, the tasks that depend on it, each once. */
  readonly dependents: ReadonlyMap<string, readonly HarnessTask[]>
  /** Objects that its tasks declare, in the order in which they are looked at. Factor is always looked at, and not among them unless declared. */
  readonly required: readonly StateObjectName[]
}

export interface BuiltGate {
  readonly condition: Condition
  readonly ifTrue: string
  /** A task's name, or `SKIP`. */
  readonly ifFalse: string
  evaluate(bundle: HarnessBundle, factorImplemented: boolean): Truth
}

/** Looks at all of a graph before any of it runs. Source: spec "Build", phase by phase. @throws Error for inputs with a number that JSON does not have. */
export function buildGraph(graph: HarnessGraph): BuiltGraph | GraphRefusal {
  const { tasks } = graph
  if (tasks.length === 0) return refusal('EMPTY_GRAPH', null, 'expected a task, found none')
  const refused = checkNames(tasks) ?? checkTasks(tasks)
  if (refused !== undefined) return refused
  const dependents = dependentsOf(tasks)
  const order = orderOf(tasks, dependents)
  if (order === undefined) {
    const cycle = tasksOnCycles(tasks)
    return refusal(
      'CYCLE',
      cycle,
      `expected tasks that wait for no task that waits for them, found ${cycle.join(', ')}`,
    )
  }
  const gates: BuiltGate[] = []
  const names = new Set(tasks.map(({ name }) => name))
  for (const [index, gate] of graph.gates.entries()) {
    const built = builtGate(gate, index, names)
    if ('error' in built) return built
    gates.push(built)
  }
  const declared = new Set(tasks.flatMap(({ requiredState }) => requiredState))
  const required = STATE_OBJECTS.filter((object) => declared.has(object))
  return { kind: 'graph', graph, order, gates, dependents, required }
}

export function isRefusal(built: BuiltGraph | GraphRefusal): built is GraphRefusal {
  return built.kind === 'refused'
}

function builtGate(
  { condition: text, ifTrue, ifFalse }: HarnessGraph['gates'][number],
  index: number,
  names: ReadonlySet<string>,
): BuiltGate | GraphRefusal {
  const condition = parseCondition(text, names)
  if (condition.kind === 'refused') {
    const error: `GATE_${ConditionError}` = `GATE_${condition.error}`
    return refusal(error, index, `${condition.message} in the condition ${JSON.stringify(text)}`)
  }
  const unknown = [ifTrue, ifFalse].find((target, at) => !names.has(target) && !(at === 1 && target === 'SKIP'))
  if (unknown !== undefined) {
    const found = JSON.stringify(unknown)
    return refusal('GATE_UNKNOWN_TARGET', index, `expected the name of a task, or of ifFalse SKIP, found ${found}`)
  }
  if (ifTrue === ifFalse) {
    return refusal('GATE_SAME_TARGET', index, `expected two tasks, or ifFalse SKIP, found ${ifTrue} twice`)
  }
  const evaluate = (bundle: HarnessBundle, factorImplemented: boolean) =>
    evaluateCondition(condition, bundle, factorImplemented)
  return { condition, ifTrue, ifFalse, evaluate }
}

function dependentsOf(tasks: readonly HarnessTask[]): ReadonlyMap<string, readonly HarnessTask[]> {
  const dependents = new Map<string, HarnessTask[]>(tasks.map(({ name }) => [name, []]))
  for (const task of tasks) for (const name of new Set(task.dependsOn)) dependents.get(name)!.push(task)
  return dependents
}
