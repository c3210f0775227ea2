import type { GridEntryEvent, GridStreamRead } from '../../src/ports/grid.js'
import type { Step } from './grid-steps.js'

/** What a grid does, as simply as it can be said: one map, one reference, one lock and one stream, and nothing at the same time. */
export class GridModel {
  private readonly values = new Map<string, { readonly value: string; readonly goesAtMs: number }>()
  private readonly listeners: ModelListener[] = []
  private readonly entries: string[] = []
  private reference: string | undefined
  private holder: { readonly client: number; readonly fence: number } | undefined
  private fences = 0
  private nowMs = 0

  constructor(private readonly stream: { readonly firstSequence: number; readonly streamCapacity: number }) {}

  /** What the call answers; those that have something to do with what was answered before are asked for by name. */
  answer(step: Step): unknown {
    switch (step.op) {
      case 'get':
        return this.values.get(step.key)?.value
      case 'getAll':
        return new Map(step.keys.flatMap((key) => (this.values.has(key) ? [[key, this.values.get(key)!.value]] : [])))
      case 'keys':
        return new Set(this.values.keys())
      case 'set':
        return this.set(step.key, step.value, step.ttlMs)
      case 'setAll':
        for (const [key, value] of new Map(step.entries)) this.set(key, value)
        return undefined
      case 'remove':
        return this.take(step.key, 'removed')
      case 'getReference':
        return this.reference
      case 'setReference':
        this.reference = step.value
        return undefined
      case 'compareAndSet': {
        const isExpected = this.reference === step.expected
        if (isExpected) this.reference = step.value
        return isExpected
      }
      case 'acquire':
        return this.acquire(step.client)
      case 'append':
        return this.sequence(this.entries.push(step.value) - 1)
      case 'bounds':
        return this.bounds()
      case 'read':
        return this.read(step.at, step.max)
      case 'pass':
        return this.pass(step.ms)
      default:
        throw new Error(`the model is asked for ${step.op} by name`)
    }
  }

  listen(key: string | undefined): ModelListener {
    const listener = new ModelListener(key)
    this.listeners.push(listener)
    return listener
  }

  stop(listener: ModelListener | undefined): void {
    if (listener !== undefined) listener.isOver = true
  }

  /** @param fence which of those that were given, from 0. */
  release(client: number, fence: number): boolean {
    const isHeld = this.holder?.client === client && this.holder.fence === fence
    if (isHeld) this.holder = undefined
    return isHeld
  }

  /** The number of the entry that was appended as the one after so many others. */
  sequence(at: number): number {
    return this.stream.firstSequence + at
  }

  private set(key: string, value: string, ttlMs = Number.POSITIVE_INFINITY): void {
    const before = this.values.get(key)
    this.values.set(key, { value, goesAtMs: this.nowMs + ttlMs })
    this.tell(
      before === undefined ? { kind: 'added', key, value } : { kind: 'updated', key, value, oldValue: before.value },
    )
  }

  private take(key: string, kind: 'removed' | 'expired'): void {
    const before = this.values.get(key)
    if (!this.values.delete(key)) return
    this.tell(kind === 'expired' ? { kind, key } : { kind, key, oldValue: before!.value })
  }

  private acquire(client: number): boolean {
    if (this.holder !== undefined) return false
    this.holder = { client, fence: this.fences++ }
    return true
  }

  private bounds(): { oldest: number; newest: number } {
    const { length } = this.entries
    return {
      oldest: this.sequence(Math.max(0, length - this.stream.streamCapacity)),
      newest: this.sequence(length - 1),
    }
  }

  private read(at: number, max: number): GridStreamRead {
    const { oldest, newest } = this.bounds()
    const from = this.sequence(at)
    if (from < oldest || from > newest + 1) return { kind: 'lost', oldest, newest }
    const entries = this.entries.slice(at, at + max)
    return { kind: 'entries', entries: entries.map((value, i) => ({ sequence: from + i, value })) }
  }

  private pass(ms: number): void {
    this.nowMs += ms
    for (const [key, { goesAtMs }] of [...this.values]) if (goesAtMs <= this.nowMs) this.take(key, 'expired')
  }

  private tell(event: GridEntryEvent): void {
    for (const listener of this.listeners) listener.hear(event)
  }
}

/** What a listener must be told; of one that was taken away, what it may be told: no more, and nothing else before. */
export class ModelListener {
  isOver = false
  private readonly events: GridEntryEvent[] = []

  constructor(private readonly key: string | undefined) {}

  hear(event: GridEntryEvent): void {
    if (!this.isOver && (this.key === undefined || this.key === event.key)) this.events.push(event)
  }

  of(key: string): readonly GridEntryEvent[] {
    return this.events.filter((event) => event.key === key)
  }
}
