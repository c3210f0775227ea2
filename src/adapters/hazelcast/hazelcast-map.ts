import type { Client, EntryEvent, IMap, MapListener } from 'hazelcast-client'
import type { GridEntryEvent, GridMap } from '../../ports/grid.js'
import { checkListener, checkText, checkTexts, checkTtl } from '../../ports/grid-arguments.js'
import type { Calls } from './calls.js'
import { forgetListener } from './client-internals.js'
import type { HazelcastModule } from './failure.js'
import { KeyOrder } from './key-order.js'
import { textOf } from './text.js'

/** What the things of one client share. */
export interface ClientParts {
  readonly client: Client
  readonly module: HazelcastModule
  readonly calls: Calls
  readonly listenerFailed: (error: unknown, of: string) => void
}

/** A map of the cluster. */
export class HazelcastMap implements GridMap {
  private readonly order = new KeyOrder()
  private opened: Promise<IMap<string, unknown>> | undefined

  constructor(
    readonly name: string,
    private readonly parts: ClientParts,
  ) {}

  async get(key: string): Promise<string | undefined> {
    checkText(key)
    return await this.read('get', async (map) => this.textOf(await map.get(key)))
  }

  async getAll(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    checkTexts(keys)
    const wanted = [...new Set(keys)]
    return await this.read('getAll', async (map) => {
      const texts = new Map<string, string>()
      for (const [key, value] of wanted.length === 0 ? [] : await map.getAll(wanted)) {
        const text = this.textOf(value)
        if (text !== undefined) texts.set(key, text)
      }
      return texts
    })
  }

  async set(key: string, value: string, { ttlMs }: { readonly ttlMs?: number } = {}): Promise<void> {
    checkText(key)
    checkText(value)
    checkTtl(ttlMs)
    await this.write('set', [key], (map) => map.set(key, value, clusterTtlMs(ttlMs)))
  }

  async setAll(entries: ReadonlyMap<string, string>): Promise<void> {
    checkTexts(entries.keys())
    checkTexts(entries.values())
    const pairs = [...entries]
    // Not `setAll`: no listener is told of that.
    await this.write('setAll', entries.keys(), (map) => (pairs.length === 0 ? Promise.resolve() : map.putAll(pairs)))
  }

  async remove(key: string): Promise<void> {
    checkText(key)
    // Not `delete`: its listeners are not told the value before.
    await this.write('remove', [key], async (map) => void (await map.remove(key)))
  }

  async keys(): Promise<readonly string[]> {
    return await this.read('keys', async (map) => [...(await map.keySet())])
  }

  async listen(
    listener: (event: GridEntryEvent) => void,
    { key }: { readonly key?: string } = {},
  ): Promise<() => Promise<void>> {
    checkListener(listener)
    if (key !== undefined) checkText(key)
    let isWanted = true
    const entryListener = this.entryListener((event) => {
      if (isWanted && this.parts.calls.connection.state !== 'CLOSED') this.tell(listener, event)
    })
    const stop = async (map: IMap<string, unknown>, id: string): Promise<void> => {
      isWanted = false
      // Whether the cluster hears of it or not, the listener does not; a connection that is lost takes it away itself.
      await this.parts.calls.run(`removal of a listener of ${this.of}`, () => map.removeEntryListener(id)).catch(ignore)
      forgetListener(this.parts.client, id)
    }
    try {
      return await this.read('listen', async (map) => {
        const id = await map.addEntryListener(entryListener, key, true)
        if (!isWanted) void stop(map, id)
        let stopping: Promise<void> | undefined
        return () => {
          stopping ??= stop(map, id)
          return stopping
        }
      })
    } catch (error) {
      isWanted = false
      throw error
    }
  }

  private get of(): string {
    return `map ${this.name}`
  }

  private read<T>(what: string, work: (map: IMap<string, unknown>) => Promise<T>): Promise<T> {
    return this.parts.calls.run(`${what} of ${this.of}`, async () => await work(await this.open()))
  }

  private write(
    what: string,
    keys: Iterable<string>,
    work: (map: IMap<string, unknown>) => Promise<void>,
  ): Promise<void> {
    const asked = `${what} in ${this.of}`
    const { calls } = this.parts
    return calls.run(asked, () =>
      this.order.run(keys, async () => {
        calls.connection.check(asked)
        await work(await this.open())
      }),
    )
  }

  private open(): Promise<IMap<string, unknown>> {
    if (this.opened === undefined) {
      const opening = this.parts.client.getMap<string, unknown>(this.name)
      this.opened = opening
      opening.catch(() => {
        if (this.opened === opening) this.opened = undefined
      })
    }
    return this.opened
  }

  private textOf(value: unknown): string | undefined {
    return textOf(this.parts.module, value, this.of)
  }

  private entryListener(told: (event: GridEntryEvent) => void): MapListener<string, unknown> {
    const as = (kind: GridEntryEvent['kind']) => (event: EntryEvent<string, unknown>) => {
      try {
        told(this.gridEvent(kind, event))
      } catch (error) {
        this.parts.listenerFailed(error, this.of)
      }
    }
    return {
      added: as('added'),
      updated: as('updated'),
      removed: as('removed'),
      evicted: as('removed'),
      expired: as('expired'),
    }
  }

  private gridEvent(kind: GridEntryEvent['kind'], event: EntryEvent<string, unknown>): GridEntryEvent {
    const { key } = event
    const value = kind === 'added' || kind === 'updated' ? this.textOf(event.value) : undefined
    const oldValue = this.textOf(event.oldValue)
    return { kind, key, ...(value === undefined ? {} : { value }), ...(oldValue === undefined ? {} : { oldValue }) }
  }

  private tell(listener: (event: GridEntryEvent) => void, event: GridEntryEvent): void {
    try {
      listener(event)
    } catch (error) {
      this.parts.listenerFailed(error, this.of)
    }
  }
}

/**
 * A cluster counts whole seconds and may cut the first one short; 0 is for ever, where leaving it out keeps the time of the
 * value before.
 */
function clusterTtlMs(ttlMs: number | undefined): number {
  const seconds = ttlMs === undefined ? 0 : Math.ceil(ttlMs / 1_000) + 1
  return seconds > TTL_SECONDS_MAX ? 0 : seconds * 1_000
}

const TTL_SECONDS_MAX = 2 ** 31 - 1

function ignore(): void {}
