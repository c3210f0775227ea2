import { memoryGrid } from '../../../src/adapters/grid-memory/memory-grid.js'
import type { MemoryGridStore } from '../../../src/adapters/grid-memory/memory-grid-store.js'
import type { SharedGrid } from '../../ports/grid-contract/clients.js'

/** Two clients of one store, for the suites of the port. */
export function twoClients(
  store: MemoryGridStore,
  listenerFailed: (error: unknown) => void,
  streamCapacity: number,
): SharedGrid {
  const clients = [memoryGrid({ store, listenerFailed }), memoryGrid({ store, listenerFailed })] as const
  return {
    clients,
    isEmbedded: true,
    streamCapacity,
    async end() {
      for (const client of clients) await client.close()
    },
  }
}

/** For listeners that do not fail. */
export function untold(error: unknown, of: string): never {
  throw new Error(`a listener of ${of} failed`, { cause: error })
}
