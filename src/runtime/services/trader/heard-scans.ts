import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../../core/grid/names.js'
import { type Grid, GridUnavailable } from '../../../ports/grid.js'
import type { ReadScan, ScanNews, ScanTaker } from './scan-taker.js'

export interface HeardScansParts {
  readonly grid: Grid
  readonly taker: ScanTaker
  readonly news: ScanNews
}

/**
 * Scans as they are published, for a trader by the clock: an entry listener parks them, and the trader drains them between two
 * bars, so nothing is called back into a step. What was published while the connection was lost, or before it was there, is
 * read from the stream, as far as that goes, before anything newer is taken.
 *
 * Source: system bible §14.2, §24.3.
 */
export class HeardScans {
  private readonly parked: ReadScan[] = []
  /** While a gap is being read, what is heard waits behind it. */
  private behind: ReadScan[] | undefined
  private wake: (() => void) | undefined
  /** Looks for what was not heard, one after the other. */
  private looking: Promise<void> = Promise.resolve()
  private looks = 0
  private nextSequence: number | undefined
  private readonly parts: HeardScansParts
  private readonly takenAway: (() => void)[] = []
  /** Scans that came faster than they were drained, and were given up. */
  overrun = 0

  constructor(parts: HeardScansParts) {
    this.parts = parts
  }

  /** Waiting to be drained. */
  get waiting(): number {
    return this.parked.length
  }

  /** Begins to listen. Rejects with GridUnavailable when the grid cannot be reached. */
  async start(): Promise<void> {
    const { grid } = this.parts
    const features = grid.map(GRID_MAPS.features)
    this.behind = []
    const stop = await features.listen(({ value }) => value !== undefined && this.heard(value), {
      key: FEATURE_KEYS.scan,
    })
    this.takenAway.push(() => void stop().catch(() => {}))
    this.takenAway.push(grid.connection.listen((state) => state === 'CONNECTED' && void this.catchUp()))
    await this.catchUp()
  }

  /** Scans until the signal is aborted. */
  async *scans(signal: AbortSignal): AsyncGenerator<ReadScan, void, void> {
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    while (!signal.aborted) {
      const scan = this.parked.shift()
      if (scan !== undefined) yield scan
      else {
        await Promise.race([
          stopped,
          new Promise<void>((resolve) => {
            this.wake = resolve
          }),
        ])
      }
    }
    for (const takeAway of this.takenAway.splice(0)) takeAway()
  }

  private heard(text: string): void {
    const { taker } = this.parts
    const scan = taker.read(text)
    if (scan === undefined) return
    if (this.behind !== undefined) {
      if (this.behind.length < PARKED_MAX) this.behind.push(scan)
    } else if (taker.leavesGap(scan)) {
      // A bridge that finds several files writes the newest alone under the key, and all of them into the stream.
      this.behind = [scan]
      void this.catchUp()
    } else this.offer(scan)
  }

  private offer(scan: ReadScan): void {
    if (!this.parts.taker.take(scan)) return
    if (this.parked.length >= PARKED_MAX) {
      // The oldest goes: what is newest says where the market is.
      this.parked.shift()
      if (this.overrun++ === 0) this.parts.news.onLost(`more than ${PARKED_MAX} scans waited for the trader`)
    }
    this.parked.push(scan)
    const { wake } = this
    this.wake = undefined
    wake?.()
  }

  /** What was published and not heard. A grid that goes away meanwhile is caught up with when it is back. */
  private catchUp(): Promise<void> {
    this.behind ??= []
    this.looks++
    this.looking = this.looking.then(() => this.look())
    return this.looking
  }

  private async look(): Promise<void> {
    try {
      await this.readStream()
      const latest = await this.parts.grid.map(GRID_MAPS.features).get(FEATURE_KEYS.scan)
      this.read(latest)
    } catch (error) {
      if (!(error instanceof GridUnavailable)) throw error
    } finally {
      if (--this.looks === 0) {
        const { behind } = this
        this.behind = undefined
        for (const scan of behind ?? []) this.offer(scan)
      }
    }
  }

  private read(text: string | undefined): void {
    const scan = text === undefined ? undefined : this.parts.taker.read(text)
    if (scan !== undefined) this.offer(scan)
  }

  private async readStream(): Promise<void> {
    const stream = this.parts.grid.stream(SCAN_STREAM)
    const { oldest, newest } = await stream.bounds()
    // What was there before this trader is not its business, and what lies further back is too old to be a bar of a live one.
    const known = this.nextSequence
    const isOurs = known !== undefined && known >= oldest && known <= newest + 1
    let next = isOurs ? Math.max(known, newest + 1 - CAUGHT_UP_MAX) : newest + 1
    while (next <= newest) {
      const read = await stream.read(next, { max: newest + 1 - next })
      if (read.kind === 'lost') break
      for (const { value, sequence } of read.entries) {
        this.read(value)
        next = sequence + 1
      }
    }
    this.nextSequence = newest + 1
  }
}

/** Entries of the stream that are looked at for what was not heard. */
const CAUGHT_UP_MAX = 256
/** Nearly an hour and a half of a scan every five seconds. */
const PARKED_MAX = 1000
