import { systemClock } from '../../adapters/clock/system-clock.js'
import { type MemoryGridSettings, memoryGrid } from '../../adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../adapters/grid-memory/memory-grid-store.js'
import { reason } from '../../files/reason.js'
import type { Grid } from '../../ports/grid.js'
import { clockTimer } from '../../runtime/time/scaled-clock.js'

/** A grid in the memory of this process, for all of its parts. */
export function embeddedGrid(report: (text: string) => void): Grid {
  const listenerFailed: MemoryGridSettings['listenerFailed'] = (error, of) =>
    report(`a listener of ${of} failed: ${reason(error)}`)
  return memoryGrid({ store: new MemoryGridStore({ timer: clockTimer(systemClock) }), listenerFailed })
}
