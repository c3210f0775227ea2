import { eigenScanPayload } from '../../core/eigen/payload.js'
import type { Clock } from '../../ports/clock.js'
import { type Grid, GridUnavailable } from '../../ports/grid.js'
import type { ScanArchive } from '../../ports/scan-archive.js'
import type { ScanSink } from '../../ports/scan-sink.js'
import type { EigenScanPayload } from '../../ports/vocabulary/eigen-scan.js'
import { allOver } from './all-over.js'
import { GridScans, SCANS_BEGUN_ANEW } from './grid-scans.js'

/** What is published where. */
export interface GridScanSinkParts {
  readonly grid: Grid
  /** Where every scan lies before it is published: what the grid missed is read from there. */
  readonly archive: ScanArchive
  readonly clock: Pick<Clock, 'epochMs'>
  /** Says that the grid is away, and what was made up for, a sentence each. */
  tell?(text: string): void
}

/**
 * Publishes the scans of an archive into the grid: each into the stream, in the order of their numbers, and the latest under
 * its key, once everything before it is in the stream. A grid that is away never stops the scanner and holds nothing up: `publish` then resolves at once, the sink keeps
 * that one scan, and with the connection (or the next scan) the stream gets all that it missed, the key the latest alone.
 * A stream that was lost with its cluster is begun anew with the last 1,000.
 */
export function openGridScanSink(parts: GridScanSinkParts): ScanSink {
  return new GridScanSink(parts)
}

class GridScanSink implements ScanSink {
  private readonly parts: GridScanSinkParts
  private readonly scans: GridScans
  private readonly stopListening: () => void
  /** Highest number that was there before this process published. */
  private readonly archivedBefore: number
  /** Up to which number the stream has ours; undefined while nobody has looked. */
  private streamedTo: number | undefined
  private newest: EigenScanPayload | undefined
  /** Number of the scan under the key. */
  private latestNumber: number | undefined
  /** The connection was lost, and perhaps what the grid held. */
  private isInQuestion = false
  private isToldAway = false
  /** What goes on in the grid, one thing after another. */
  private work: Promise<void> = Promise.resolve()
  private failure: unknown

  constructor(parts: GridScanSinkParts) {
    this.parts = parts
    this.scans = new GridScans(parts.grid)
    this.archivedBefore = parts.archive.lastNumber
    this.stopListening = parts.grid.connection.listen((state) => {
      if (state === 'CONNECTED') void this.bringUpToDate()
      else this.isInQuestion = true
    })
  }

  async publish(scan: EigenScanPayload): Promise<void> {
    await this.work
    this.newest = scan
    await this.bringUpToDate()
    if (this.failure !== undefined) throw this.failure
  }

  async lastPublished(): Promise<number | undefined> {
    try {
      const marks = [(await this.scans.newest(1)).at(-1), await this.scans.latest()]
      const numbers = marks.flatMap((mark) => (mark === undefined ? [] : [mark.scanNumber]))
      return numbers.length === 0 ? undefined : Math.max(...numbers)
    } catch (error) {
      if (error instanceof GridUnavailable) return undefined
      throw error
    }
  }

  async close(): Promise<void> {
    this.stopListening()
    await this.bringUpToDate()
    if (this.failure !== undefined) throw this.failure
  }

  /** Never rejects: a grid that is away is waited for, and what is wrong with the archive is thrown by the next `publish`. */
  private bringUpToDate(): Promise<void> {
    this.work = this.work.then(async () => {
      const { newest, failure } = this
      if (newest === undefined || failure !== undefined || (this.isUpToDate(newest) && !this.isInQuestion)) return
      try {
        await this.catchUp(newest)
      } catch (error) {
        if (error instanceof GridUnavailable) this.noteAway(error)
        else this.failure = error
      }
    })
    return this.work
  }

  private isUpToDate({ scan_number }: EigenScanPayload): boolean {
    return this.streamedTo === scan_number && this.latestNumber === scan_number
  }

  private async catchUp(newest: EigenScanPayload): Promise<void> {
    const missed = await this.appendMissed(newest)
    // Whoever listens to the key does not wait for the stream, and finds all in it that came before.
    await allOver([this.appendNewest(newest), this.setLatest(newest)])
    const { isToldAway } = this
    this.isInQuestion = false
    this.isToldAway = false
    if (missed > 0) this.parts.tell?.(`the stream of scans has been given ${missed} that it did not have`)
    else if (isToldAway) this.parts.tell?.('the grid is back')
  }

  private async appendNewest(newest: EigenScanPayload): Promise<void> {
    if (this.streamedTo! >= newest.scan_number) return
    await this.scans.append(newest)
    this.streamedTo = newest.scan_number
  }

  private async setLatest(newest: EigenScanPayload): Promise<void> {
    await this.scans.setLatest(newest)
    this.latestNumber = newest.scan_number
  }

  /** How many scans before `newest` were not there. */
  private async appendMissed(newest: EigenScanPayload): Promise<number> {
    const { archive, clock } = this.parts
    const from = await this.whereTheStreamEnds(newest)
    let missed = 0
    if (from < newest.scan_number - 1) {
      for await (const { record } of archive.after(from)) {
        if (record.scanNumber >= newest.scan_number) break
        await this.scans.append(eigenScanPayload(record, { publishedAtMs: clock.epochMs() }))
        this.streamedTo = record.scanNumber
        missed++
      }
    }
    return missed
  }

  private async whereTheStreamEnds(newest: EigenScanPayload): Promise<number> {
    if (this.streamedTo === undefined) this.streamedTo = await this.foundInStream()
    // Only after a silence: with each scan that would be a question more.
    else if (this.isInQuestion && !(await this.scans.isWhole())) {
      this.scans.forget()
      this.streamedTo = Math.max(0, newest.scan_number - SCANS_BEGUN_ANEW)
      this.latestNumber = undefined
      this.parts.tell?.('the stream of scans was lost with the grid and is begun anew')
    }
    return this.streamedTo
  }

  /** What earlier processes left in the stream. Scans of another storage say nothing about those of this one. */
  private async foundInStream(): Promise<number> {
    const last = (await this.scans.newest(ENTRIES_LOOKED_THROUGH)).findLast(({ source }) => source === undefined)
    const anew = Math.max(0, this.archivedBefore - SCANS_BEGUN_ANEW)
    if (last === undefined) return anew
    if (last.scanNumber > this.archivedBefore) return this.archivedBefore
    for await (const { record } of this.parts.archive.after(last.scanNumber - 1)) {
      return String(record.timestampNs) === last.timestampNs ? last.scanNumber : anew
    }
    return anew
  }

  private noteAway({ message }: GridUnavailable): void {
    this.isInQuestion = true
    if (this.isToldAway) return
    this.isToldAway = true
    this.parts.tell?.(`${message}; scans go to their files, and the grid is given them when it is back`)
  }
}

/** Others may write to the stream as well. */
const ENTRIES_LOOKED_THROUGH = 16
