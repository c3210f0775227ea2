import { availableParallelism, loadavg } from 'node:os'
import { AuditNow, runCycleNow } from '../src/core/harness/cycle-now.js'
import type { CycleSkills } from '../src/core/harness/cycle-skills.js'
import { type BuiltGraph, buildGraph, isRefusal } from '../src/core/harness/graph.js'
import { bundleHash, taskId } from '../src/core/harness/task-id.js'
import { TaskOrder } from '../src/core/harness/task-order.js'
import type { HarnessGraph, HarnessTask } from '../src/ports/vocabulary/harness.js'
import { harnessBundle, harnessGraph } from '../test/support/harness-cases.js'
import { line, median } from './measure.js'

/**
 * What the harness costs beside the work of its tasks: `node scripts/run-bundled.mjs bench/harness.ts`. Graphs of 10,000 tasks that
 * do nothing: a chain, tasks that wait for nobody, and layers of 100 in which each waits for three of the layer before. Built, put in order, and
 * run as a cycle with its audit in memory, against a plain loop over the same tasks that makes their ids and calls their skills.
 * Medians of rounds. Nothing here waits, so on a machine that is quiet CPU and wall time are the same; targets are held against CPU time,
 * collection of garbage included, because other programs have no part in it. Ends with 1 when a target is missed.
 */
const TASKS = 10_000
const LAYER = 100
const ROUNDS = 9
const TOTAL_MS_MAX = 1_000
const TASK_US_MAX = 50

const bundle = harnessBundle()
const nowMs = bundle.timestampMs
let called = 0
const skills: CycleSkills = {
  isAvailable: () => true,
  call: (task) => {
    called++
    return { task, returned: { kind: 'returned', value: null } }
  },
  answer: () => ({ kind: 'success', output: null, effects: [] }),
}

const SHAPES: Readonly<Record<string, (at: number) => readonly string[]>> = {
  'a chain': (at) => (at === 0 ? [] : [`t${at - 1}`]),
  'nobody waits': () => [],
  'layers of 100': (at) => {
    const before = (Math.floor(at / LAYER) - 1) * LAYER
    return before < 0 ? [] : [0, 1, 7].map((step) => `t${before + ((at + step) % LAYER)}`)
  },
}

function graphOf(dependsOn: (at: number) => readonly string[]): HarnessGraph {
  return harnessGraph(Array.from({ length: TASKS }, (_, at) => ({ name: `t${at}`, dependsOn: dependsOn(at) })))
}

function built(graph: HarnessGraph): BuiltGraph {
  const answer = buildGraph(graph)
  if (isRefusal(answer)) throw new Error(answer.message)
  return answer
}

function ordered(graph: BuiltGraph): void {
  const order = new TaskOrder(graph)
  for (const { name } of graph.order) {
    if (!order.isCandidate(name)) throw new Error(`${name} is no candidate in its turn`)
    order.start(name)
    order.settle(name, 'SUCCESS')
  }
}

function cycled(graph: BuiltGraph): void {
  const audit = new AuditNow()
  const options = { cycle: 'c', graph, bundle, mode: 'shadow', factorImplemented: true, skills } as const
  const { outcome } = runCycleNow(options, {
    nowMs: () => nowMs,
    append: (cycle, atMs, event) => audit.append(cycle, atMs, event),
    apply: () => {},
    release: () => {},
  })
  if (outcome !== 'COMPLETE') throw new Error(`expected a COMPLETE cycle, found ${outcome}`)
}

function looped(tasks: readonly HarnessTask[]): void {
  const key = { bundle: bundleHash(bundle), graph: 'g' }
  const outputs = new Map<string, unknown>()
  for (const task of tasks) {
    const handed = { bundle, factorImplemented: true, mode: 'shadow', outputs: {}, nowMs } as const
    outputs.set(task.name, skills.call(task, { ...handed, taskId: taskId(task, key) }))
  }
}

interface Spent {
  readonly wallMs: number
  readonly cpuMs: number
}

function spentBy(run: () => void): Spent {
  const wallMs: number[] = []
  const cpuMs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const cpu = process.cpuUsage()
    const startNs = process.hrtime.bigint()
    run()
    wallMs.push(Number(process.hrtime.bigint() - startNs) / 1e6)
    const { user, system } = process.cpuUsage(cpu)
    cpuMs.push((user + system) / 1e3)
  }
  return { wallMs: median(wallMs), cpuMs: median(cpuMs) }
}

let isMissed = false
for (const [shape, dependsOn] of Object.entries(SHAPES)) {
  const graph = graphOf(dependsOn)
  const ready = built(graph)
  const loop = spentBy(() => looped(graph.tasks))
  const build = spentBy(() => built(graph))
  const order = spentBy(() => ordered(ready))
  const cycle = spentBy(() => cycled(ready))
  for (const [what, spent] of Object.entries({ build, order, cycle })) tell(`${shape}: ${what}`, spent, loop)
  const totalMs = build.cpuMs + cycle.cpuMs
  const taskUs = (cycle.cpuMs * 1_000) / TASKS
  console.log(
    line({ name: `${shape}: build and cycle, CPU`, value: totalMs, unit: 'ms', target: `< ${TOTAL_MS_MAX} ms` }),
  )
  console.log(line({ name: `${shape}: build and cycle, wall`, value: build.wallMs + cycle.wallMs, unit: 'ms' }))
  console.log(line({ name: `${shape}: cycle, a task, CPU`, value: taskUs, unit: 'µs', target: `< ${TASK_US_MAX} µs` }))
  console.log(line({ name: `${shape}: cycle, a task, wall`, value: (cycle.wallMs * 1_000) / TASKS, unit: 'µs' }))
  isMissed ||= totalMs >= TOTAL_MS_MAX || taskUs >= TASK_US_MAX
}
console.log(`load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores; skills called: ${called}`)
process.exitCode = isMissed ? 1 : 0

function tell(name: string, spent: Spent, loop: Spent): void {
  const baseline = { name: 'a plain loop', value: loop.cpuMs }
  console.log(line({ name: `${name}, CPU`, value: spent.cpuMs, unit: 'ms', baseline }))
}
