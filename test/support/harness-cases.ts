import fc from 'fast-check'
import { type BuiltGraph, buildGraph } from '../../src/core/harness/graph.js'
import type { HarnessBundle, HarnessGate, HarnessGraph, HarnessTask } from '../../src/ports/vocabulary/harness.js'

/** What golden cases leave out, and tests: a task with the defaults of the case files. */
export function harnessTask(task: Partial<HarnessTask> & Pick<HarnessTask, 'name'>): HarnessTask {
  const taskType = task.taskType ?? task.name
  const skillRef = task.skillRef ?? taskType
  return { ...TASK, outputSchema: taskType, ...task, taskType, skillRef }
}

const TASK = {
  requiredState: [],
  requiredPermissions: [],
  dependsOn: [],
  inputs: {},
  timeoutMs: 30_000,
  sideEffects: [],
  critical: false,
  minConfidence: null,
  retries: 0,
  idempotent: true,
}

export function harnessGraph(
  tasks: readonly (Partial<HarnessTask> & Pick<HarnessTask, 'name'>)[],
  gates: readonly HarnessGate[] = [],
): HarnessGraph {
  return { graph: 'g', tasks: tasks.map(harnessTask), gates }
}

/** @throws when the graph is refused. */
export function builtGraph(...graph: Parameters<typeof harnessGraph>): BuiltGraph {
  return built(harnessGraph(...graph))
}

export function built(graph: HarnessGraph): BuiltGraph {
  const answer = buildGraph(graph)
  if (answer.kind === 'refused') throw new Error(answer.message)
  return answer
}

export const BUNDLE_NOW_MS = 1_774_051_200_000

/** All objects, fresh at {@link BUNDLE_NOW_MS}, all permitted; `null` takes one out. */
export function harnessBundle(parts: Partial<HarnessBundle> = {}): HarnessBundle {
  const at = { timestampMs: BUNDLE_NOW_MS }
  return {
    ...at,
    regime: { ...at, stateId: 'r1', behavior: 'TRENDING_NORMAL_VOL', bias: 'BEARISH', confidence: 0.9, isStable: true },
    factor: { ...at, stateId: 'f1', permitted: { open: true, reduce: true }, sizeMultiplier: 1 },
    signals: { ...at, stateId: 's1', signals: [{ signalId: 'sig1', regimeStateId: 'r1' }] },
    beliefs: {
      ...at,
      stateId: 'b1',
      beliefs: [{ beliefId: 'bel1', signalId: 'sig1', conviction: 0.8, permissions: ['open'] }],
    },
    macro: { ...at, stateId: 'm1' },
    flow: { ...at, stateId: 'w1' },
    posture: { ...at, stateId: 'p1', posture: 'APEX' },
    ...parts,
  }
}

/** Graphs of up to `max` tasks that wait for none that waits for them, declared in any order. */
export function acyclicGraphs({ max = 12 }: { readonly max?: number } = {}): fc.Arbitrary<HarnessGraph> {
  return fc.integer({ min: 1, max }).chain((size) => {
    const edges = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 3 * size })
    const declared = fc.shuffledSubarray(
      Array.from({ length: size }, (_, at) => at),
      { minLength: size, maxLength: size },
    )
    return fc.tuple(edges, declared).map(([pairs, order]) => {
      const before = (at: number) => pairs.filter(([from, to]) => from < to && to === at).map(([from]) => `t${from}`)
      return harnessGraph(order.map((at) => ({ name: `t${at}`, dependsOn: [...new Set(before(at))] })))
    })
  })
}
