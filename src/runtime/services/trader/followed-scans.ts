import { SCAN_STREAM } from '../../../core/grid/names.js'
import type { Clock } from '../../../ports/clock.js'
import { type Grid, GridUnavailable } from '../../../ports/grid.js'
import { LastEntry } from './last-entry.js'
import type { ReadScan, ScanNews, ScanTaker } from './scan-taker.js'

export interface FollowedScans {
  readonly grid: Grid
  /** Paces retries while the grid is away. */
  readonly clock: Clock
  readonly taker: ScanTaker
  readonly news: ScanNews
  /** The entry that it begins with; absent: the oldest that is kept. */
  readonly from?: number | undefined
}

/**
 * The scans of the grid's stream, from an entry or from the oldest that is kept on: none is missed that the stream still has, so the same scans
 * come out however slow this process is, or how often it was away. Time is what the scans say: none of them is old. A stream that
 * was lost with its cluster and begun anew is read from its beginning: what was taken before is not taken again.
 *
 * Waits while the grid is away. Ends when the signal is aborted.
 */
export async function* followScans(
  { grid, clock, taker, news, from }: FollowedScans,
  signal: AbortSignal,
): AsyncGenerator<ReadScan, void, void> {
  const stream = grid.stream(SCAN_STREAM)
  const last = new LastEntry(stream, grid.connection, signal)
  let next = from
  while (!signal.aborted) {
    try {
      if (!(await last.isOfThisStream())) {
        news.onLost('the stream was lost with the grid; it is read again from where it was begun anew')
        next = undefined
      }
      next ??= (await stream.bounds()).oldest
      const read = await stream.read(next, { max: READ_MAX, waitMs: WAIT_MS })
      if (read.kind === 'lost') {
        news.onLost(`entries from ${next} on are gone; the stream goes from ${read.oldest} to ${read.newest}`)
        next = read.oldest
        continue
      }
      for (const entry of read.entries) {
        next = entry.sequence + 1
        last.read(entry)
        const scan = taker.read(entry.value)
        if (scan === undefined || !taker.take(scan)) continue
        yield scan
        if (signal.aborted) return
      }
    } catch (error) {
      if (!(error instanceof GridUnavailable)) throw error
      await clock.sleep(RETRY_MS, signal).catch(() => {})
    }
  }
}

const READ_MAX = 256
/** A read that finds nothing waits for so long on the grid's side, and is then asked again. */
const WAIT_MS = 500
const RETRY_MS = 200
