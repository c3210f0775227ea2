import type { GridReference } from '../../ports/grid.js'
import { checkText } from '../../ports/grid-arguments.js'
import type { MemoryClient } from './memory-client.js'
import type { MemoryGridStore } from './memory-grid-store.js'

/** A reference as one client has it: a call is done before the next begins, whoever makes it, so all see one order. */
export class MemoryReference implements GridReference {
  constructor(
    readonly name: string,
    private readonly client: MemoryClient,
    private readonly store: MemoryGridStore,
  ) {}

  async get(): Promise<string | undefined> {
    this.client.checkOpen()
    return this.store.value(this.name)
  }

  async set(value: string): Promise<void> {
    checkText(value)
    this.client.checkOpen()
    this.store.setValue(this.name, value)
  }

  async compareAndSet(expected: string | undefined, next: string): Promise<boolean> {
    if (expected !== undefined) checkText(expected)
    checkText(next)
    this.client.checkOpen()
    if (this.store.value(this.name) !== expected) return false
    this.store.setValue(this.name, next)
    return true
  }
}
