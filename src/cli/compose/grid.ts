import { systemClock } from '../../adapters/clock/system-clock.js'
import { openGridFile } from '../../adapters/grid-memory/grid-file.js'
import { memoryGrid } from '../../adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../adapters/grid-memory/memory-grid-store.js'
import { hazelcastGrid } from '../../adapters/hazelcast/hazelcast-grid.js'
import type { HazelcastSettings } from '../../adapters/hazelcast/hazelcast-settings.js'
import { InputMistake } from '../../base/mistakes.js'
import { reason } from '../../files/reason.js'
import type { Grid, NearCacheSettings } from '../../ports/grid.js'
import { clockTimer } from '../../runtime/time/scaled-clock.js'
import { ANY_GRID, clusterAddress, EMBEDDED_GRID } from './grid-address.js'

/** Which grid, and how it is used. */
export interface GridOpening extends Pick<HazelcastSettings, 'deadlineMs' | 'callsMax'> {
  /** {@link EMBEDDED_GRID}, or `hazelcast://host:port[,host:port…][/cluster]`. */
  readonly url: string
  /** Keeps an embedded grid over restarts, streams but for their last entries. */
  readonly file?: string | undefined
  /** What a person should know of it: that a listener failed, that the connection was lost or is back. */
  report(text: string): void
}

/** By names of maps. Only what is asked for again and again; what must be new is not there. */
export const NEAR_CACHES: Readonly<Record<string, NearCacheSettings>> = {
  'DOLPHIN_FEATURES_SHARD_*': { ttlMs: 300_000, entriesMax: 5_000 },
  'DOLPHIN_FEATURE_STORE_*': { ttlMs: 300_000, entriesMax: 5_000 },
}

/**
 * Opens a grid: in the memory of this process, or of a cluster. A cluster that is not there is reported and waited for.
 *
 * @throws InputMistake when the URL is none.
 * @throws SurroundingsFailed when a cluster's client is not installed.
 */
export async function openGrid({ url, file, report, ...limits }: GridOpening): Promise<Grid> {
  const listenerFailed = (error: unknown, of: string): void => report(`a listener of ${of} failed: ${reason(error)}`)
  if (url === EMBEDDED_GRID) {
    if (file !== undefined) return keptGrid(file, { listenerFailed, report })
    return memoryGrid({ store: new MemoryGridStore({ timer }), listenerFailed })
  }
  const problems: string[] = []
  const address = clusterAddress(url, (message) => void problems.push(message), ANY_GRID)
  if (address === undefined) throw new InputMistake(problems.map((message) => ({ place: '--grid', message })))
  let said = ''
  const log: NonNullable<HazelcastSettings['log']> = (level, text) => {
    if (level !== 'info') said = causeOf(text) ?? said
  }
  const grid = await hazelcastGrid({ ...address, ...limits, nearCaches: NEAR_CACHES, listenerFailed, log })
  if (grid.connection.state !== 'CONNECTED') {
    report(`No connection to the grid ${url} yet${said && ` (${said})`}, it is tried again and again.`)
  }
  reportStates(grid, url, report)
  return grid
}

const timer = clockTimer(systemClock)

/** A full stream would be written again and again, a hundred megabytes each time: what was published is in scan files, too. */
const KEPT_STREAM_ENTRIES = 1

async function keptGrid(
  file: string,
  { listenerFailed, report }: { listenerFailed(error: unknown, of: string): void; report(text: string): void },
): Promise<Grid> {
  const kept = await openGridFile({
    file,
    timer,
    streamEntriesMax: KEPT_STREAM_ENTRIES,
    writeFailed: (error) => report(reason(error)),
  })
  const grid = memoryGrid({ store: kept.store, listenerFailed })
  const close = grid.close.bind(grid)
  grid.close = async () => {
    await close()
    await kept.close()
  }
  return grid
}

/** The error behind what the client says of an attempt; undefined of its plans for the next one. */
function causeOf(text: string): string | undefined {
  return /^WaitStrategy\b/.test(text) ? undefined : /(?:.*Error: )?(.*)$/s.exec(text)?.[1]
}

function reportStates(grid: Grid, url: string, report: (text: string) => void): void {
  let isConnected = grid.connection.state === 'CONNECTED'
  grid.connection.listen((state, members) => {
    if (state === 'OFFLINE' && isConnected)
      report(`The connection to the grid ${url} is lost, it is tried again and again.`)
    if (state === 'CONNECTED' && !isConnected) {
      report(`Connected to the grid ${url}, of ${members} ${members === 1 ? 'member' : 'members'}.`)
    }
    isConnected = state === 'CONNECTED'
  })
}
