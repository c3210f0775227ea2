import { assert } from '../../base/assert.js'
import { FLOWS, type FlowDate, type FlowName } from '../../ports/vocabulary/flows.js'
import type { HarnessGraph, HarnessTask } from '../../ports/vocabulary/harness.js'
import { type BuiltGraph, buildGraph, isRefusal } from '../harness/graph.js'
import { bundleHash, taskId } from '../harness/task-id.js'
import { ALWAYS_AGAIN, dryTasks, FLOW_GRAPHS, keyDocument } from './flow-graphs.js'
import { flowRegistry } from './flow-skills.js'

/** A task of a flow, in its place. */
export interface FlowPlace {
  readonly task: HarnessTask
  readonly graph: BuiltGraph
  /** What it waits for, by name: its dependencies; of a graph's first tasks the last ones of the graph before. */
  readonly after: readonly string[]
  /** Whether a dry run runs it. */
  readonly isDry: boolean
  /** Whether it runs in each run, though it has succeeded in one before. */
  readonly runsAgain: boolean
}

/** The places of a flow, in the order in which they run. */
export function builtFlow(flow: FlowName): readonly FlowPlace[] {
  return BUILT[flow]
}

/** The graphs of a flow in a row. @param dry names of the tasks of a dry run. Throws when a graph is refused. */
export function buildFlow(graphs: readonly HarnessGraph[], dry: ReadonlySet<string>): readonly FlowPlace[] {
  const places: FlowPlace[] = []
  let last: readonly string[] = []
  for (const declared of graphs) {
    const graph = buildGraph(declared)
    assert(!isRefusal(graph), `the graph ${declared.graph} can be run`)
    for (const task of graph.order) {
      const after = task.dependsOn.length > 0 ? task.dependsOn : last
      places.push({ task, graph, after, isDry: dry.has(task.name), runsAgain: ALWAYS_AGAIN.has(task.name) })
    }
    last = graph.order.map(({ name }) => name).filter((name) => graph.dependents.get(name)!.length === 0)
  }
  return places
}

/** Names what a task does on a logical date: its effects are made once, however often it runs. Source: spec "Documents". */
export function flowTaskId({ task, graph }: FlowPlace, date: FlowDate): string {
  return taskId(task, { bundle: bundleHash(keyDocument(date)), graph: graph.graph.graph })
}

/** A flow runs with skills that the ledger authorises (SK-5), or there is none. */
for (const flow of FLOWS) flowRegistry(flow)

const BUILT = Object.fromEntries(
  FLOWS.map((flow) => [flow, buildFlow(FLOW_GRAPHS[flow], new Set(dryTasks(flow).map(({ name }) => name)))]),
) as Readonly<Record<FlowName, readonly FlowPlace[]>>
