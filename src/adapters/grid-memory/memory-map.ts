import type { GridEntryEvent, GridMap } from '../../ports/grid.js'
import { checkListener, checkText, checkTexts, checkTtl } from '../../ports/grid-arguments.js'
import { Listening } from './delivery.js'
import type { MemoryClient } from './memory-client.js'
import type { StoredMap } from './stored-map.js'

/** A map as one client has it. */
export class MemoryMap implements GridMap {
  constructor(
    readonly name: string,
    private readonly client: MemoryClient,
    private readonly stored: StoredMap,
  ) {}

  async get(key: string): Promise<string | undefined> {
    checkText(key)
    this.client.checkOpen()
    return this.stored.get(key)
  }

  async getAll(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    checkTexts(keys)
    this.client.checkOpen()
    const found = new Map<string, string>()
    for (const key of keys) {
      const value = this.stored.get(key)
      if (value !== undefined) found.set(key, value)
    }
    return found
  }

  async set(key: string, value: string, { ttlMs }: { readonly ttlMs?: number } = {}): Promise<void> {
    checkText(key)
    checkText(value)
    checkTtl(ttlMs)
    this.client.checkOpen()
    this.stored.set(key, value, ttlMs)
  }

  async setAll(entries: ReadonlyMap<string, string>): Promise<void> {
    checkTexts(entries.keys())
    checkTexts(entries.values())
    this.client.checkOpen()
    for (const [key, value] of entries) this.stored.set(key, value, undefined)
  }

  async remove(key: string): Promise<void> {
    checkText(key)
    this.client.checkOpen()
    this.stored.remove(key)
  }

  async keys(): Promise<readonly string[]> {
    this.client.checkOpen()
    return this.stored.keys()
  }

  async listen(
    listener: (event: GridEntryEvent) => void,
    { key }: { readonly key?: string } = {},
  ): Promise<() => Promise<void>> {
    checkListener(listener)
    if (key !== undefined) checkText(key)
    this.client.checkOpen()
    const { delivery } = this.client
    const listening = new Listening(listener, `map ${this.name}`)
    const unsubscribe = this.stored.subscribe({ delivery, listening }, key)
    const takeAway = (): void => {
      listening.isWanted = false
      unsubscribe()
      stayOpen()
    }
    const stayOpen = this.client.atClose(takeAway)
    return async () => takeAway()
  }
}
