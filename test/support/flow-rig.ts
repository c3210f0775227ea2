import { setImmediate } from 'node:timers/promises'
import type { FlowStore } from '../../src/ports/flow-store.js'
import type { FlowDate, FlowName, FlowRecord } from '../../src/ports/vocabulary/flows.js'
import type { FlowListener } from '../../src/runtime/flows/flow-listener.js'
import type { FlowWork } from '../../src/runtime/flows/flow-work.js'
import type { DateTurn } from '../../src/runtime/flows/run-date.js'
import { type FlowResult, runFlow } from '../../src/runtime/flows/run-flow.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { MemoryFlowStore } from './memory-flow-store.js'
import { type FlowScript, ScriptedFlow } from './scripted-flow.js'

/** A flow that the production runtime runs in virtual time, in one process after another: each may die after any record. */
export class FlowRig {
  readonly time = new VirtualTime(Date.UTC(2026, 2, 21, 0, 10))
  readonly store = new MemoryFlowStore()
  readonly scripted: ScriptedFlow
  readonly date: FlowDate

  constructor(
    readonly flow: FlowName,
    script: FlowScript = {},
  ) {
    this.scripted = new ScriptedFlow(flow, this.time, script)
    this.date = { flow, colour: 'blue', stamp: flow === 'forewarner' ? '2026-03-21T00' : '2026-03-20' }
  }

  /** Runs the date in a new process. @param dieAfter records of this process after which it is gone. */
  async process({ isDry = false, dieAfter = Number.POSITIVE_INFINITY } = {}): Promise<FlowProcess> {
    const beganMs = this.time.epochMs()
    const records: FlowRecord[] = []
    const listener: FlowListener = {
      recorded: (_, record) => {
        this.scripted.recorded(record)
        if (records.push(record) >= dieAfter) throw new Died()
      },
    }
    const store = isDry ? null : this.store
    const run = { date: this.date, work: this.scripted.work(), store, fence: 1, clock: this.time, listener }
    const result = await this.throughTime(runFlow({ ...run, end: new AbortController().signal }))
    return { beganMs, records, result }
  }

  /** A turn of the rig's date. */
  turn(more: Partial<DateTurn> = {}): DateTurn {
    const [lost, stop] = [new AbortController().signal, new AbortController().signal]
    const listener: FlowListener = { recorded: (_, record) => this.scripted.recorded(record) }
    const store: FlowStore = this.store
    return { store, fence: 1, owner: 'here:1', clock: this.time, lost, stop, listener, ...more }
  }

  work(): FlowWork {
    return this.scripted.work()
  }

  /** What comes of a promise of a process; null: the process died. */
  async throughTime<T>(promise: Promise<T>): Promise<T | null> {
    const lived = promise.catch((error: unknown) => {
      if (error instanceof Died) return null
      throw error
    })
    return throughTime(this.time, lived)
  }
}

/**
 * What comes of a promise when time passes as long as anything waits for it, one thing after another: of what is due at the same
 * moment all that comes of the one happens before the other.
 */
export async function throughTime<T>(time: VirtualTime, promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  for (;;) {
    await setImmediate()
    const dueMs = time.nextDueMs()
    if (dueMs === undefined) return promise
    time.step(dueMs)
  }
}

/** What a process did until its end. */
export interface FlowProcess {
  /** UTC ms. */
  readonly beganMs: number
  readonly records: readonly FlowRecord[]
  /** Null: it died. */
  readonly result: FlowResult | null
}

/** Nothing of a process comes after it. */
export class Died extends Error {
  override readonly name = 'Died'
}

/** A store as a process sees it that is gone after so many writes: the last is durable, and nothing comes after it. */
export function mortalStore(store: FlowStore, dieAfter: number): FlowStore {
  let writes = 0
  const lives = (): void => {
    if (writes >= dieAfter) throw new Died()
  }
  const written = async <T>(write: () => Promise<T>): Promise<T> => {
    lives()
    const answer = await write()
    writes++
    lives()
    return answer
  }
  return {
    rows: async (key) => store.rows(key),
    allRows: async () => store.allRows(),
    since: async (key) => store.since(key),
    setSince: (key, stamp) => written(() => store.setSince(key, stamp)),
    put: (row) => written(() => store.put(row)),
    records: async (date) => store.records(date),
    append: (date, fence, atMs, event) => written(() => store.append(date, fence, atMs, event)),
    close: () => store.close(),
  }
}
