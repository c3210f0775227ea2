import type { Grid, GridConnection, GridLock, GridMap, GridReference, GridState, GridStream } from '../../ports/grid.js'
import { checkName } from '../../ports/grid-arguments.js'
import { Listening } from './delivery.js'
import { MemoryClient } from './memory-client.js'
import { type MemoryGridStore, made } from './memory-grid-store.js'
import { MemoryLock } from './memory-lock.js'
import { MemoryMap } from './memory-map.js'
import { MemoryReference } from './memory-reference.js'
import { MemoryStream } from './memory-stream.js'

/**
 * A client of a grid that lies in this process. Clients of one store see the same maps, references, locks and streams, and are
 * otherwise as independent as those of a cluster: each has its own listeners and locks, and is closed by itself.
 *
 * Calls take effect at once, in the order in which they are made, and never wait but where they are asked to. Listeners are
 * called in a turn of their own (the store's setting `turn`).
 */
export function memoryGrid(settings: MemoryGridSettings): Grid {
  return new MemoryGrid(settings)
}

export interface MemoryGridSettings {
  readonly store: MemoryGridStore
  /** A listener threw. `of` is what it listens to: `map DOLPHIN_FEATURES`, `the connection`. It must not throw itself. */
  readonly listenerFailed: (error: unknown, of: string) => void
}

class MemoryGrid implements Grid {
  readonly connection: MemoryConnection
  private readonly store: MemoryGridStore
  private readonly client: MemoryClient
  private readonly maps = new Map<string, GridMap>()
  private readonly references = new Map<string, GridReference>()
  private readonly locks = new Map<string, GridLock>()
  private readonly streams = new Map<string, GridStream>()

  constructor({ store, listenerFailed }: MemoryGridSettings) {
    this.store = store
    this.client = new MemoryClient(store, listenerFailed)
    this.connection = new MemoryConnection(this.client)
    store.enter(this.client)
  }

  map(name: string): GridMap {
    return named(this.maps, name, () => new MemoryMap(name, this.client, this.store.map(name)))
  }

  reference(name: string): GridReference {
    return named(this.references, name, () => new MemoryReference(name, this.client, this.store))
  }

  lock(name: string): GridLock {
    return named(this.locks, name, () => new MemoryLock(name, this.client, this.store.lock(name)))
  }

  stream(name: string): GridStream {
    return named(this.streams, name, () => new MemoryStream(name, this.client, this.store.stream(name)))
  }

  async close(): Promise<void> {
    if (this.client.isClosed) return
    this.client.close()
    this.store.leave(this.client)
    this.connection.tell()
  }
}

class MemoryConnection implements GridConnection {
  readonly isEmbedded = true
  readonly members = 1
  private readonly listenings = new Set<Listening<GridState>>()

  constructor(private readonly client: MemoryClient) {}

  get state(): GridState {
    return this.client.isClosed ? 'CLOSED' : 'CONNECTED'
  }

  listen(listener: (state: GridState, members: number) => void): () => void {
    const listening = new Listening<GridState>((state) => listener(state, this.members), 'the connection')
    this.listenings.add(listening)
    return () => {
      listening.isWanted = false
      this.listenings.delete(listening)
    }
  }

  tell(): void {
    for (const listening of this.listenings) this.client.delivery.post(listening, this.state)
  }
}

function named<T>(known: Map<string, T>, name: string, make: () => T): T {
  checkName(name)
  return made(known, name, make)
}
