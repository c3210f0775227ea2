import { MemoryGridStore } from '../../../src/adapters/grid-memory/memory-grid-store.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { gridLaw } from '../../ports/grid-law.js'
import { twoClients } from './clients.js'

gridLaw(
  'the grid in this process, on virtual time',
  async (listenerFailed) => {
    const time = new VirtualTime(1_767_571_200_000)
    const store = new MemoryGridStore({ timer: time, streamCapacity: 4 })
    return {
      ...twoClients(store, listenerFailed, 4),
      async pass(ms) {
        time.runTo(time.epochMs() + ms)
      },
    }
  },
  { numRuns: 1_000, stepsMax: 60 },
)
