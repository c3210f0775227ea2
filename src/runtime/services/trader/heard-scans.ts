import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../../core/grid/names.js'
import type { Grid } from '../../../ports/grid.js'
import { Attendance } from '../../grid/attendance.js'
import type { GridTime } from '../../grid/grid-circuit.js'
import { unlessUnavailable } from '../../grid/unless-unavailable.js'
import { lossText } from './followed-scans.js'
import { onAbort } from './on-abort.js'
import type { ReadScan, ScanNews, ScanTaker, TakenScan } from './scan-taker.js'

export interface HeardScansParts {
  readonly grid: Grid
  readonly time: GridTime
  /** 0 … 1, for jitter. */
  readonly random: () => number
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
  private readonly parked: TakenScan[] = []
  /** While a gap is being read, what is heard waits behind it. */
  private behind: ReadScan[] | undefined
  private wake: (() => void) | undefined
  /** Looks for what was not heard, one after the other. */
  private looking: Promise<unknown> = Promise.resolve()
  private looks = 0
  private nextSequence: number | undefined
  private readonly parts: HeardScansParts
  private readonly attendance: Attendance
  private started: (() => void) | undefined
  /** Whoever drains has nothing to do. */
  isDrained = false
  /** Scans that came faster than they were drained, and were given up. */
  overrun = 0

  constructor(parts: HeardScansParts) {
    this.parts = parts
    const { grid, time, random } = parts
    this.attendance = new Attendance({
      grid,
      time,
      random,
      listen: () => this.listen(),
      readAll: () => this.catchUp(),
    })
  }

  /** Waiting to be drained. */
  get waiting(): number {
    return this.parked.length
  }

  /** Listens until the signal is aborted, as soon as there is a grid. Resolves when it hears everything, or could not yet. */
  async start(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    onAbort(signal, () => {
      this.started?.()
      void this.attendance.stop()
    })
    const started = new Promise<void>((resolve) => {
      this.started = resolve
    })
    this.attendance.start()
    await started
  }

  /** Scans until the signal is aborted. */
  async *scans(signal: AbortSignal): AsyncGenerator<TakenScan, void, void> {
    onAbort(signal, () => this.wake?.())
    while (!signal.aborted) {
      const scan = this.parked.shift()
      if (scan !== undefined) yield scan
      else {
        this.isDrained = true
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
        this.isDrained = false
      }
    }
  }

  private async listen(): Promise<() => Promise<void>> {
    try {
      return await this.parts.grid
        .map(GRID_MAPS.features)
        .listen(({ value }) => value !== undefined && this.heard(value), { key: FEATURE_KEYS.scan })
    } catch (error) {
      this.started?.()
      throw error
    }
  }

  private heard(text: string): void {
    const { taker } = this.parts
    const scan = taker.read(text)
    if (scan === undefined) return
    if (this.behind !== undefined) {
      if (this.behind.length < PARKED_MAX) this.behind.push(scan)
      else this.gaveUp()
    } else if (taker.leavesGap(scan)) {
      // A bridge that finds several files writes the newest alone under the key, and all of them into the stream.
      this.behind = [scan]
      void this.catchUp().catch(unlessUnavailable)
    } else this.offer(scan)
  }

  private offer(scan: ReadScan): void {
    const taken = this.parts.taker.take(scan)
    if (taken === undefined) return
    if (this.parked.length >= PARKED_MAX) {
      // The oldest goes: what is newest says where the market is.
      this.parked.shift()
      this.gaveUp()
    }
    this.parked.push(taken)
    this.wake?.()
  }

  private gaveUp(): void {
    if (this.overrun++ === 0) this.parts.news.onLost(`more than ${PARKED_MAX} scans waited for the trader`)
  }

  /** What was published and not heard. Rejects when the grid goes away meanwhile: it is caught up with when it is back. */
  private catchUp(): Promise<void> {
    this.behind ??= []
    this.looks++
    const look = this.looking.then(() => this.look())
    this.looking = look.catch(() => {})
    return look
  }

  private async look(): Promise<void> {
    try {
      await this.readStream()
      this.again(await this.parts.grid.map(GRID_MAPS.features).get(FEATURE_KEYS.scan))
    } finally {
      if (--this.looks === 0) {
        const { behind } = this
        this.behind = undefined
        for (const scan of behind ?? []) this.offerUnlessBehind(scan)
      }
      this.started?.()
    }
  }

  private again(text: string | undefined): void {
    const scan = text === undefined ? undefined : this.parts.taker.read(text)
    if (scan !== undefined) this.offerUnlessBehind(scan)
  }

  /** What was taken when it was heard is in the stream as well: it has not come twice. */
  private offerUnlessBehind(scan: ReadScan): void {
    if (!this.parts.taker.isBehind(scan)) this.offer(scan)
  }

  private async readStream(): Promise<void> {
    const stream = this.parts.grid.stream(SCAN_STREAM)
    const { oldest, newest } = await stream.bounds()
    let next = Math.max(this.whereToGoOn(oldest, newest), newest + 1 - CAUGHT_UP_MAX)
    while (next <= newest) {
      const read = await stream.read(next, { max: newest + 1 - next })
      if (read.kind === 'lost') {
        this.parts.news.onLost(lossText(next, read))
        break
      }
      for (const { value, sequence } of read.entries) {
        this.again(value)
        next = sequence + 1
      }
    }
    this.nextSequence = newest + 1
  }

  /**
   * What was there before this trader is not its business. All that a stream has may be news where it was begun anew meanwhile,
   * or has gone on beyond what was read of it; what is gone shows in the numbers of the scans.
   */
  private whereToGoOn(oldest: number, newest: number): number {
    const known = this.nextSequence ?? newest + 1
    return known >= oldest && known <= newest + 1 ? known : oldest
  }
}

/** Entries of the stream that are looked at for what was not heard. */
const CAUGHT_UP_MAX = 256
/** Nearly an hour and a half of a scan every five seconds. */
const PARKED_MAX = 1000
