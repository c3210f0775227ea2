import { systemClock } from '../../adapters/clock/system-clock.js'
import { type MemoryGridSettings, memoryGrid } from '../../adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../adapters/grid-memory/memory-grid-store.js'
import { InputMistake } from '../../base/mistakes.js'
import { reason } from '../../files/reason.js'
import type { Grid } from '../../ports/grid.js'
import { clockTimer } from '../../runtime/time/scaled-clock.js'

export interface GridOpening {
  /** `embedded`, or `hazelcast://host:port`. */
  readonly url: string
  /** What a person should know of it. */
  report(text: string): void
}

/** Opens a grid: in the memory of this process, or a cluster. */
export async function openGrid({ url, report }: GridOpening): Promise<Grid> {
  if (url === 'embedded') return embeddedGrid(report)
  throw new InputMistake({ place: '--grid', message: `expected embedded, found ${url}` })
}

/** A grid in the memory of this process, for all of its parts. */
function embeddedGrid(report: (text: string) => void): Grid {
  const listenerFailed: MemoryGridSettings['listenerFailed'] = (error, of) =>
    report(`a listener of ${of} failed: ${reason(error)}`)
  return memoryGrid({ store: new MemoryGridStore({ timer: clockTimer(systemClock) }), listenerFailed })
}
