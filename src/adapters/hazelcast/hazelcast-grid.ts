import type { Client, ClientConfig } from 'hazelcast-client'
import type { Grid, GridLock, GridMap, GridReference, GridStream } from '../../ports/grid.js'
import { checkName } from '../../ports/grid-arguments.js'
import { Calls } from './calls.js'
import { clientConfig } from './client-config.js'
import { clearNearCaches, listenersAreBack, shutDown, withOwnNamesOnly } from './client-internals.js'
import { HazelcastConnection } from './connection.js'
import type { HazelcastModule } from './failure.js'
import { HazelcastLock } from './hazelcast-lock.js'
import { type ClientParts, HazelcastMap } from './hazelcast-map.js'
import { HazelcastReference } from './hazelcast-reference.js'
import type { HazelcastSettings } from './hazelcast-settings.js'
import { HazelcastStream } from './hazelcast-stream.js'
import { loadClient } from './load-client.js'

/**
 * A client of a Hazelcast cluster. Resolves once it is connected, or after the deadline when it is not: it is `OFFLINE` then,
 * and connects when there is a cluster.
 *
 * @throws SurroundingsFailed where the client's package is not installed.
 */
export async function hazelcastGrid(settings: HazelcastSettings): Promise<Grid> {
  const module = await loadClient()
  const connection = new HazelcastConnection(settings.listenerFailed)
  const grid = new HazelcastGrid(module, connection, settings)
  await grid.open()
  return grid
}

const DEADLINE_MS = 2_000
const CALLS_MAX = 1_024
const LINEARIZABLE_CALLS_MAX = 64
/** How long a cluster is given to let go of locks when the client is closed. */
const GOODBYE_MS = 1_000

class HazelcastGrid implements Grid {
  private readonly deadlineMs: number
  private readonly calls: Calls
  /** Of references and locks. */
  private readonly linearizable: Calls
  private readonly maps = new Map<string, GridMap>()
  private readonly references = new Map<string, GridReference>()
  private readonly locks = new Map<string, GridLock>()
  private readonly streams = new Map<string, GridStream>()
  private client: Client | undefined
  private closing: Promise<void> | undefined
  /** How often the connection has been made or lost. */
  private connections = 0

  constructor(
    private readonly module: HazelcastModule,
    readonly connection: HazelcastConnection,
    private readonly settings: HazelcastSettings,
  ) {
    const { deadlineMs = DEADLINE_MS, callsMax = CALLS_MAX } = settings
    this.deadlineMs = deadlineMs
    this.calls = new Calls(module, connection, { deadlineMs, callsMax })
    const linearizableMax = Math.min(callsMax, LINEARIZABLE_CALLS_MAX)
    this.linearizable = new Calls(module, connection, { deadlineMs, callsMax: linearizableMax })
  }

  async open(): Promise<void> {
    const { LifecycleState } = this.module
    let connected: () => void = () => {}
    const first = new Promise<void>((resolve) => {
      connected = resolve
    })
    const config: ClientConfig = clientConfig(this.module, this.settings, {
      state: (state) => {
        if (state === LifecycleState.CONNECTED) void this.connected().then(connected)
        else if (state === LifecycleState.DISCONNECTED) this.disconnected()
      },
      members: () => this.connection.membersChanged(this.membersSeen()),
    })
    this.client = withOwnNamesOnly(await this.module.Client.newHazelcastClient(config))
    const timeout = setTimeout(connected, this.deadlineMs)
    await first
    clearTimeout(timeout)
  }

  map(name: string): GridMap {
    return named(this.maps, name, () => new HazelcastMap(name, this.parts(this.calls)))
  }

  reference(name: string): GridReference {
    return named(this.references, name, () => new HazelcastReference(name, this.parts(this.linearizable)))
  }

  lock(name: string): GridLock {
    return named(this.locks, name, () => new HazelcastLock(name, this.parts(this.linearizable)))
  }

  stream(name: string): GridStream {
    return named(this.streams, name, () => new HazelcastStream(name, this.parts(this.calls)))
  }

  close(): Promise<void> {
    this.closing ??= this.end()
    return this.closing
  }

  private async end(): Promise<void> {
    this.connection.closed()
    this.calls.close()
    this.linearizable.close()
    if (this.client !== undefined) await shutDown(this.client, GOODBYE_MS)
  }

  private async connected(): Promise<void> {
    this.connections++
    const { client, connections } = this
    if (client !== undefined) {
      await listenersAreBack(client, () => this.connections === connections && this.closing === undefined)
      // It was lost meanwhile, and will be told of again.
      if (this.connections !== connections) return
      clearNearCaches(client)
    }
    this.connection.connected(this.membersSeen())
  }

  private disconnected(): void {
    this.connections++
    this.connection.disconnected()
  }

  /** At least the one that it is connected to. */
  private membersSeen(): number {
    return Math.max(1, this.client?.getCluster().getMembers().length ?? 1)
  }

  private parts(calls: Calls): ClientParts {
    const { module, client, settings } = this
    return { module, client: client!, calls, listenerFailed: settings.listenerFailed }
  }
}

function named<T>(known: Map<string, T>, name: string, make: () => T): T {
  checkName(name)
  let thing = known.get(name)
  if (thing === undefined) {
    thing = make()
    known.set(name, thing)
  }
  return thing
}
