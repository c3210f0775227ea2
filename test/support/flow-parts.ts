import { memoryGrid } from '../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../src/adapters/grid-memory/memory-grid-store.js'
import type { FlowDate } from '../../src/ports/vocabulary/flows.js'
import type { FlowTaskInput } from '../../src/runtime/flows/flow-work.js'
import type { FlowParts } from '../../src/runtime/flows/tasks/flow-parts.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'

/** What the tasks of a flow stand on, over a grid of a test's own; what runs a day is not there. */
export function flowParts(
  parts: Partial<FlowParts> = {},
): FlowParts & { readonly lines: object[]; readonly reports: string[] } {
  const lines: object[] = []
  const reports: string[] = []
  const store = new MemoryGridStore({ timer: new VirtualTime(0) })
  const missing = () => Promise.reject(new Error('it is not run in this test'))
  return {
    ...{ colour: 'blue', lines, reports, grid: memoryGrid({ store, listenerFailed: () => {} }) },
    strategy: () => ({
      ...{ strategy: 'blue', parametersHash: '5245d5d61c9542db', championHash: '5245d5d61c9542db' },
      ...{ initialCapital: 25_000, leverage: { max: 5, absoluteMax: 6 }, seed: 42 },
    }),
    ...{ loadDay: missing, paperDay: missing, supervisedDay: missing, assess: missing, warn: () => {} },
    logLine: async (line) => void lines.push(line),
    report: async (name) => void reports.push(name),
    ...parts,
  }
}

export function taskInput(date: FlowDate, outputs: Readonly<Record<string, unknown>> = {}): FlowTaskInput {
  return { date, outputs, dryRun: false, signal: new AbortController().signal, progress: () => {} }
}
