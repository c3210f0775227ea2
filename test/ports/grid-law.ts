import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GridEntryEvent } from '../../src/ports/grid.js'
import { until } from '../support/until.js'
import { fresh, hear, type OpenGrid, type SharedGrid } from './grid-contract/clients.js'
import { GridModel, type ModelListener } from './grid-model.js'
import { gridSteps, KEYS, type Step } from './grid-steps.js'

/**
 * Whatever two clients do to a grid, one call after another, every call answers what the model answers, and every listener
 * is told, key by key, what the model tells it.
 */
export function gridLaw(name: string, open: OpenGrid, { numRuns, stepsMax }: GridLawSize): void {
  describe(`the law of the grid: ${name}`, () => {
    it('answers and tells what a model of it does, whatever two clients do in turns', async () => {
      const failures: unknown[] = []
      const shared = await open((error) => failures.push(error))
      try {
        const steps = gridSteps({ hasTime: shared.pass !== undefined, stepsMax })
        await fc.assert(
          fc.asyncProperty(steps, (steps) => holds(shared, steps)),
          { numRuns },
        )
        expect(failures).toEqual([])
      } finally {
        await shared.end()
      }
    })
  })
}

/** Thousands of runs where a call is a matter of microseconds, a few where it crosses a network. */
export interface GridLawSize {
  readonly numRuns: number
  readonly stepsMax: number
}

async function holds(shared: SharedGrid, steps: readonly Step[]): Promise<void> {
  const things = { map: fresh('map'), reference: fresh('reference'), lock: fresh('lock'), stream: fresh('stream') }
  const { oldest } = await shared.clients[0].stream(things.stream).bounds()
  const run = new Run(shared, things, new GridModel({ firstSequence: oldest, streamCapacity: shared.streamCapacity }))
  for (const step of steps) await run.take(step)
  await run.end()
}

interface Things {
  readonly map: string
  readonly reference: string
  readonly lock: string
  readonly stream: string
}

class Run {
  private readonly listeners: Heard[] = []
  private readonly fences: bigint[] = []

  constructor(
    private readonly shared: SharedGrid,
    private readonly names: Things,
    private readonly model: GridModel,
  ) {}

  async take(step: Step): Promise<void> {
    expect(await this.answer(step), JSON.stringify(step)).toEqual(this.expected(step))
  }

  /** A last event of every key shows that all before have been told. */
  async end(): Promise<void> {
    for (const key of KEYS) await this.take({ op: 'set', client: 0, key, value: END })
    for (const { events, expected, stop } of this.listeners) {
      for (const key of KEYS) {
        const should = expected.of(key)
        if (!expected.isOver) await until(() => should.length === 0 || told(events, key).at(-1)?.value === END)
        const is = told(events, key)
        expect(is).toEqual(expected.isOver ? should.slice(0, is.length) : should)
      }
      await stop()
    }
  }

  private async answer(step: Step): Promise<unknown> {
    const { map, reference, lock, stream } = this.things(step.client)
    switch (step.op) {
      case 'get':
        return map.get(step.key)
      case 'getAll':
        return map.getAll(step.keys)
      case 'keys':
        return new Set(await map.keys())
      case 'set':
        return map.set(step.key, step.value, step.ttlMs === undefined ? {} : { ttlMs: step.ttlMs })
      case 'setAll':
        return map.setAll(new Map(step.entries))
      case 'remove':
        return map.remove(step.key)
      case 'listen': {
        const heard = await hear(map, step.key === undefined ? {} : { key: step.key })
        this.listeners.push({ ...heard, expected: this.model.listen(step.key) })
        return undefined
      }
      case 'stop':
        return this.listeners[step.listener % this.listeners.length]?.stop()
      case 'getReference':
        return reference.get()
      case 'setReference':
        return reference.set(step.value)
      case 'compareAndSet':
        return reference.compareAndSet(step.expected, step.value)
      case 'acquire':
        return this.isRising(await lock.acquire())
      case 'release':
        return this.fences.length > 0 && (await lock.release(this.fences[step.fence % this.fences.length]!))
      case 'append':
        return stream.append(step.value)
      case 'bounds':
        return stream.bounds()
      case 'read':
        return stream.read(this.model.sequence(step.at), { max: step.max })
      case 'pass':
        return this.shared.pass?.(step.ms)
    }
  }

  private expected(step: Step): unknown {
    const { model } = this
    switch (step.op) {
      case 'listen':
        return undefined
      case 'stop':
        return model.stop(this.listeners[step.listener % this.listeners.length]?.expected)
      case 'release':
        return this.fences.length > 0 && model.release(step.client, step.fence % this.fences.length)
      default:
        return model.answer(step)
    }
  }

  private isRising(fence: bigint | undefined): boolean {
    if (fence === undefined) return false
    expect(fence > (this.fences.at(-1) ?? -1n)).toBe(true)
    this.fences.push(fence)
    return true
  }

  private things(client: 0 | 1) {
    const grid = this.shared.clients[client]
    const { map, reference, lock, stream } = this.names
    return {
      map: grid.map(map),
      reference: grid.reference(reference),
      lock: grid.lock(lock),
      stream: grid.stream(stream),
    }
  }
}

interface Heard {
  readonly events: readonly GridEntryEvent[]
  readonly stop: () => Promise<void>
  readonly expected: ModelListener
}

const END = 'the last value of this key'

/** Whether it knows what has expired is left to the adapter. */
function told(events: readonly GridEntryEvent[], of: string): GridEntryEvent[] {
  return events
    .filter(({ key }) => key === of)
    .map((event) => (event.kind === 'expired' ? { kind: 'expired', key: of } : event))
}
