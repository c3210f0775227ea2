import { systemClock } from '../../../src/adapters/clock/system-clock.js'
import { memoryGrid } from '../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../src/adapters/grid-memory/memory-grid-store.js'
import { clockTimer } from '../../../src/runtime/time/scaled-clock.js'
import { gridContract } from '../../ports/grid-contract.js'

gridContract('the grid in this process', async (listenerFailed) => {
  const store = new MemoryGridStore({ timer: clockTimer(systemClock), streamCapacity: 50 })
  const first = memoryGrid({ store, listenerFailed })
  const second = memoryGrid({ store, listenerFailed })
  return {
    clients: [first, second],
    isEmbedded: true,
    streamCapacity: 50,
    async end() {
      await first.close()
      await second.close()
    },
  }
})
