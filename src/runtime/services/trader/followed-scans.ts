import { SCAN_STREAM } from '../../../core/grid/names.js'
import type { Clock } from '../../../ports/clock.js'
import { type Grid, type GridStreamRead, GridUnavailable } from '../../../ports/grid.js'
import { LastEntry } from './last-entry.js'
import type { ScanNews, ScanTaker, TakenScan } from './scan-taker.js'

export interface FollowedScans {
  readonly grid: Grid
  /** Paces retries while the grid is away. */
  readonly clock: Clock
  readonly taker: ScanTaker
  readonly news: ScanNews
  /** The entry that it begins with; absent: the oldest that is kept. */
  readonly from?: number | undefined
  /** Asked when nothing more is there: whether nothing more will come. */
  isOver?(): boolean
  /** It has looked, and there was nothing. */
  idle?(): void
}

/**
 * The scans of the grid's stream, from an entry or from the oldest that is kept on: none is missed that the stream still has, so the same scans
 * come out however slow this process is, or how often it was away. Time is what the scans say: none of them is old. A stream that
 * was lost with its cluster and begun anew is read from its beginning: what was taken before is not taken again.
 *
 * Waits while the grid is away. Ends when the signal is aborted, or all are there.
 */
export async function* followScans(
  { grid, clock, taker, news, from, isOver, idle }: FollowedScans,
  signal: AbortSignal,
): AsyncGenerator<TakenScan, void, void> {
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
      const isLast = isOver?.() ?? false
      const read = await stream.read(next, { max: READ_MAX, waitMs: isLast ? 0 : WAIT_MS })
      if (read.kind === 'lost') {
        news.onLost(lossText(next, read))
        next = read.oldest
        continue
      }
      if (isLast && read.entries.length === 0) return
      if (read.entries.length === 0) idle?.()
      for (const entry of read.entries) {
        next = entry.sequence + 1
        last.read(entry)
        const scan = taker.read(entry.value)
        const taken = scan && taker.take(scan)
        if (taken === undefined) continue
        yield taken
        if (signal.aborted) return
      }
    } catch (error) {
      if (!(error instanceof GridUnavailable)) throw error
      await clock.sleep(RETRY_MS, signal).catch(() => {})
    }
  }
}

/** What a stream that has not got an entry any more has instead. */
export function lossText(next: number, { oldest, newest }: Extract<GridStreamRead, { kind: 'lost' }>): string {
  if (next > newest) return `the stream has been begun anew: what it held before entry ${next} and was not read is gone`
  return `entries ${next} to ${oldest - 1} of the stream were overwritten before they were read`
}

const READ_MAX = 256
/** A read that finds nothing waits for so long on the grid's side, and is then asked again. */
const WAIT_MS = 500
const RETRY_MS = 200
