import { AuditNow, runCycleNow } from '../src/core/harness/cycle-now.js'
import type { CycleSkills } from '../src/core/harness/cycle-skills.js'
import { buildGraph } from '../src/core/harness/graph.js'
import type { HarnessGraph } from '../src/ports/vocabulary/harness.js'
import { BUNDLE_NOW_MS, harnessBundle, harnessGraph } from '../test/support/harness-cases.js'
import { line, median } from './measure.js'

/**
 * Building and running a graph of 10,000 tasks that do nothing, each behind two others: `node scripts/run-bundled.mjs bench/harness.ts`.
 * The baseline calls as many functions in the order of the graph, and keeps a line of each.
 */
const TASKS = 10_000
const REPEATS = 7

const graph: HarnessGraph = harnessGraph(
  Array.from({ length: TASKS }, (_, i) => ({
    name: `t${i}`,
    dependsOn: [i - 1, i - 7].filter((before) => before >= 0).map((before) => `t${before}`),
  })),
)

const SKILLS: CycleSkills = {
  isAvailable: () => true,
  call: (task) => ({ task, returned: { kind: 'returned', value: { output: null, effects: [] } } }),
  answer: () => ({ kind: 'success', output: null, effects: [] }),
}

const times = { build: [] as number[], run: [] as number[], bare: [] as number[] }
for (let repeat = 0; repeat < REPEATS; repeat++) {
  const built = timed(times.build, () => buildGraph(graph))
  if (built.kind === 'refused') throw new Error(built.message)
  const { outcome } = timed(times.run, () => {
    const audit = new AuditNow()
    return runCycleNow(
      {
        cycle: 'bench',
        graph: built,
        bundle: harnessBundle(),
        mode: 'shadow',
        factorImplemented: false,
        skills: SKILLS,
      },
      {
        nowMs: () => BUNDLE_NOW_MS,
        append: (...record) => audit.append(...record),
        apply: () => {},
        release: () => {},
      },
    )
  })
  if (outcome !== 'COMPLETE') throw new Error(`expected a cycle that is COMPLETE, found ${outcome}`)
  timed(times.bare, () => {
    const lines: object[] = []
    for (const { name } of built.order) lines.push({ name, result: nothing() })
    return lines.length
  })
}

const [build, run, bare] = [median(times.build), median(times.run), median(times.bare)]
console.log(line({ name: `build ${TASKS} tasks`, value: build, unit: 'ms', target: 'with the run below 1,000' }))
console.log(
  line({
    name: `run ${TASKS} tasks`,
    value: run,
    unit: 'ms',
    baseline: { name: 'bare calls', value: bare },
    target: 'below 1,000',
  }),
)
console.log(line({ name: 'a task', value: ((build + run) * 1_000) / TASKS, unit: 'µs', target: 'below 50' }))

function nothing(): null {
  return null
}

function timed<T>(into: number[], work: () => T): T {
  const start = performance.now()
  const result = work()
  into.push(performance.now() - start)
  return result
}
