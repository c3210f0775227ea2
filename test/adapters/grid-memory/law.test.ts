import { memoryGrid } from '../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../src/adapters/grid-memory/memory-grid-store.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { gridLaw } from '../../ports/grid-law.js'

gridLaw(
  'the grid in this process, on virtual time',
  async (listenerFailed) => {
    const time = new VirtualTime(1_767_571_200_000)
    const store = new MemoryGridStore({ timer: time, streamCapacity: 4 })
    const clients = [memoryGrid({ store, listenerFailed }), memoryGrid({ store, listenerFailed })] as const
    return {
      clients,
      isEmbedded: true,
      streamCapacity: 4,
      async pass(ms) {
        time.runTo(time.epochMs() + ms)
      },
      async end() {
        for (const client of clients) await client.close()
      },
    }
  },
  { numRuns: 1_000, stepsMax: 60 },
)
