import { Client } from 'hazelcast-client'
import { systemClock } from '../src/adapters/clock/system-clock.js'
import { memoryGrid } from '../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../src/adapters/grid-memory/memory-grid-store.js'
import { hazelcastGrid } from '../src/adapters/hazelcast/hazelcast-grid.js'
import { clockTimer } from '../src/runtime/time/scaled-clock.js'
import { type HazelcastCluster, startCluster } from '../test/support/hazelcast-cluster.js'
import { latencyLine, measureSetToListener, type ToldMap } from './set-to-listener.js'

/**
 * From a `set` to another client's listener of it, `tsx bench/grid.ts` (`node scripts/hazelcast.mjs fetch` first): the client
 * as it is, the grid over it, and the grid in this process, in one run; over one member and over three.
 */
const SIZE = { samples: 20_000, warmup: 5_000, bytes: 2_048 }
const MAP = 'bench'

await embedded()
for (const members of [1, 3] as const) {
  const cluster = await startCluster(members)
  try {
    await bare(cluster, members)
    await grid(cluster, members)
  } finally {
    await cluster.end()
  }
}

async function embedded(): Promise<void> {
  const store = new MemoryGridStore({ timer: clockTimer(systemClock) })
  const [writer, reader] = [memoryGrid({ store, listenerFailed }), memoryGrid({ store, listenerFailed })]
  const figures = await measureSetToListener({ writer: writer.map(MAP), reader: reader.map(MAP) }, SIZE)
  console.log(latencyLine('embedded grid', figures))
  await Promise.all([writer.close(), reader.close()])
}

async function grid({ address }: HazelcastCluster, members: number): Promise<void> {
  const settings = { ...address, listenerFailed }
  const [writer, reader] = [await hazelcastGrid(settings), await hazelcastGrid(settings)]
  const figures = await measureSetToListener({ writer: writer.map(MAP), reader: reader.map(MAP) }, SIZE)
  console.log(latencyLine(`grid, members: ${members}`, figures))
  await Promise.all([writer.close(), reader.close()])
}

async function bare({ address }: HazelcastCluster, members: number): Promise<void> {
  const config = {
    clusterName: address.cluster,
    network: { clusterMembers: [...address.members] },
    properties: { 'hazelcast.logging.level': 'OFF' },
  }
  const clients = [await Client.newHazelcastClient(config), await Client.newHazelcastClient(config)] as const
  const [writer, reader] = [await bareMap(clients[0]), await bareMap(clients[1])]
  console.log(latencyLine(`client alone, members: ${members}`, await measureSetToListener({ writer, reader }, SIZE)))
  await Promise.all(clients.map((client) => client.shutdown()))
}

async function bareMap(client: Client): Promise<ToldMap> {
  const map = await client.getMap<string, string>(MAP)
  return {
    set: (key, value) => map.set(key, value),
    listen: (listener) => map.addEntryListener({ added: listener, updated: listener }, undefined, true),
  }
}

function listenerFailed(error: unknown): never {
  throw error
}
