import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { memoryGrid } from '../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../src/adapters/grid-memory/memory-grid-store.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'

/** A grid that outlives the commands of a test: each opens a client of its own, as of a cluster. */
export function sharedGrid() {
  const store = new MemoryGridStore({ timer: clockTimer(systemClock) })
  const client = () =>
    memoryGrid({
      store,
      listenerFailed: (error) => {
        throw error
      },
    })
  return { store, client, openGrid: async () => client() }
}
