import { eigenScanPayload } from '../../../core/eigen/payload.js'
import { checkOf } from '../../../core/grid/document-check.js'
import { EIGEN_SCAN_SCHEMA } from '../../../core/grid/feature-documents.js'
import type { Clock } from '../../../ports/clock.js'
import { type Grid, GridUnavailable } from '../../../ports/grid.js'
import { ScanFileError, type ScanRecord } from '../../../ports/scan-archive.js'
import { type ScanFolder, ScanFolderError } from '../../../ports/scan-folder.js'
import type { EigenScanPayload } from '../../../ports/vocabulary/eigen-scan.js'
import { allOver } from '../../grid/all-over.js'
import { GridScans, SCANS_BEGUN_ANEW } from '../../grid/grid-scans.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'
import { Wake } from '../wake.js'
import { FileLedger, type FileMark } from './file-ledger.js'
import { FirstListing, type ScanBridgeStart } from './first-listing.js'
import { Silence } from './silence.js'

/** What a bridge brings where. */
export interface ScanBridgeParts {
  readonly folder: ScanFolder
  readonly grid: Grid
  readonly clock: Clock
  /** Where to begin while the grid holds nothing of this folder. */
  readonly start: ScanBridgeStart
  /** Says what a person should know, a sentence each: broken files, a silent scanner, a grid that is away. */
  tell?(text: string): void
}

/** What it has done since it was started. */
export interface ScanBridgeFigures {
  /** Files whose scans went into the grid. */
  readonly published: number
  /** Files that nobody writes any more and that are no whole scan. */
  readonly refused: number
  /** Times a file was not whole and was left for later. */
  readonly unfinished: number
  /** Files that are waiting now. */
  readonly waiting: number
  readonly lastFile: string | undefined
  /** Since the last new scan, ms, where that is longer than a minute. */
  readonly silentMs: number | undefined
}

/** The folder is read this often even when nobody tells of a change, ms. Source: system bible §24.7. */
export const POLL_MS = 5_000

/**
 * Brings the scan files of another scanner into the grid: each once, in the order of their times and then names, since that
 * scanner's numbers begin anew when it is restarted. The stream gets every one, the key `latest_eigen_scan` the newest.
 *
 * What was published is read from the grid, so a bridge that was restarted goes on behind it; while the grid is away the files
 * wait in their folder, and nothing waits in memory. A file that is not whole is tried again until it has not changed for 15 s;
 * it holds up no other, since its time rises as long as it is written.
 *
 * Source: system bible §2a, §24.4, §27.1; spec "Live path". Both files of a scan that came twice are published: dropping the
 * second is the reader's rule.
 */
export class ScanBridge implements Service {
  readonly name = 'bridge'
  private readonly life: ServiceLife
  private readonly wake: Wake
  private readonly ledger = new FileLedger()
  private readonly scans: GridScans
  private readonly first: FirstListing
  private readonly silence: Silence
  private readonly touched = new Set<string>()
  private polledAtMs = Number.NEGATIVE_INFINITY
  private isFolderTouched = false
  /** Found by the last listing: what lies before them may be missing. */
  private unconfirmed: ReadonlySet<string> = new Set()
  /** The connection was lost, and perhaps what the grid held. */
  private isInQuestion = false
  private toldTrouble: string | undefined
  /** Published last; under its key when nothing is due there. */
  private newest: { readonly scan: EigenScanPayload; isLatestSet: boolean } | undefined
  private readonly counts = { published: 0, refused: 0, unfinished: 0 }

  constructor(private readonly parts: ScanBridgeParts) {
    const { clock, grid, folder, start } = parts
    this.life = new ServiceLife(this.name, clock)
    this.wake = new Wake(clock)
    this.scans = new GridScans(grid)
    this.first = new FirstListing(folder, this.ledger, start)
    this.silence = new Silence(clock, (text) => parts.tell?.(text))
  }

  start(signal: AbortSignal): Promise<void> {
    return this.life.run(signal, () => this.run(signal))
  }

  health(): ServiceHealth {
    return this.life.health()
  }

  figures(): ScanBridgeFigures {
    const lastFile = this.newest?.scan.source?.file
    return { ...this.counts, waiting: this.ledger.waiting, lastFile, silentMs: this.silence.ms() }
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { folder, grid, clock } = this.parts
    const stopWatching = folder.watch((path) => {
      if (path === undefined) this.isFolderTouched = true
      else this.touched.add(path)
      this.wake.call()
    })
    const stopListening = grid.connection.listen((state) => {
      if (state === 'CONNECTED') this.wake.call()
      else this.isInQuestion = true
    })
    try {
      while (!signal.aborted) {
        await this.pass(signal)
        await this.wake.wait(this.polledAtMs + POLL_MS - clock.nowMs(), signal)
      }
    } finally {
      stopListening()
      stopWatching()
    }
  }

  /** Looks for what is new, and publishes it. What keeps it from that is told once, and tried again with the next pass. */
  private async pass(signal: AbortSignal): Promise<void> {
    try {
      await this.lookAround()
      await this.beginAnewWhereLost()
      await this.publishReady(signal)
      await this.setLatest()
      this.troubled(undefined)
      this.silence.look()
      this.life.progress(this.detail())
    } catch (error) {
      if (error instanceof GridUnavailable) this.isInQuestion = true
      const trouble = troubleOf(error, this.parts.folder)
      if (trouble === undefined) throw error
      this.troubled(trouble)
      this.silence.look()
      this.life.progress(`waits: ${trouble}`)
    }
  }

  private async lookAround(): Promise<void> {
    const { folder, clock } = this.parts
    const nowMs = clock.nowMs()
    const isPollDue = nowMs >= this.polledAtMs + POLL_MS
    if (isPollDue) this.polledAtMs = nowMs
    if (!this.first.isDone) {
      await this.first.make(this.scans, nowMs)
      this.unconfirmed = new Set(this.ledger.ready(nowMs).map(({ entry }) => entry.path))
    }
    const paths = new Set([...this.touched, ...(isPollDue ? this.ledger.unsettled() : [])])
    const mustList = isPollDue || this.isFolderTouched || this.unconfirmed.size > 0
    this.touched.clear()
    this.isFolderTouched = false
    for (const path of paths) {
      const entry = await folder.look(path)
      if (entry === undefined) this.ledger.gone(path)
      else this.ledger.found(entry, nowMs)
    }
    if (mustList) await this.list(nowMs)
  }

  /**
   * A listing may leave out a file that was written during it, and have one that was written later. Whatever was there before
   * a listing began is in it: so what one has found waits until the next one has found what belongs before it.
   */
  private async list(nowMs: number): Promise<void> {
    const found = new Set<string>()
    for await (const entry of this.parts.folder.unknown((path) => this.ledger.isKnown(path))) {
      this.ledger.found(entry, nowMs)
      found.add(entry.path)
    }
    this.unconfirmed = found
    if (found.size > 0) this.wake.call()
  }

  private async publishReady(signal: AbortSignal): Promise<void> {
    const ready = this.ledger.ready(this.parts.clock.nowMs())
    for (const [place, { entry }] of ready.entries()) {
      if (signal.aborted || this.unconfirmed.has(entry.path)) return
      const scan = await this.wholeScan(entry)
      if (scan === undefined) continue
      const identity = `${scan.scan_number}@${scan.timestamp_ns}`
      if (!this.ledger.held(entry.path, identity)) {
        const newest = { scan, isLatestSet: false }
        // Whoever waits for the key of the last one does not wait for the stream, too.
        const isLast = place === ready.length - 1
        await allOver([this.scans.append(scan), ...(isLast ? [this.setLatest(newest)] : [])])
        this.newest = newest
        this.counts.published++
        this.silence.end(entry.path)
        this.life.progress(this.detail())
      }
      this.ledger.published(entry, identity)
    }
  }

  /** Only behind all that is ready: whoever waits for the key is not led through what it has missed. */
  private async setLatest(newest = this.newest): Promise<void> {
    if (newest === undefined || newest.isLatestSet) return
    await this.scans.setLatest(newest.scan)
    newest.isLatestSet = true
  }

  /** Undefined where it is none, or none yet. */
  private async wholeScan(entry: FileMark): Promise<EigenScanPayload | undefined> {
    const { folder, clock, tell } = this.parts
    try {
      return publishable(await folder.read(entry.path), entry, clock.epochMs())
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      if ((await folder.look(entry.path)) === undefined) this.ledger.gone(entry.path)
      else if (this.ledger.unreadable(entry, problem, clock.nowMs())) {
        this.counts.refused++
        tell?.(`refused a scan file (${this.counts.refused} so far): ${problem}`)
      } else this.counts.unfinished++
      return undefined
    }
  }

  /** A cluster that was restarted holds nothing: the newest files are appended again, as history for whoever was away. */
  private async beginAnewWhereLost(): Promise<void> {
    if (!this.isInQuestion) return
    if (!(await this.scans.isWhole())) {
      this.scans.forget()
      this.parts.tell?.('the stream of scans was lost with the grid and is begun anew')
      this.ledger.again(SCANS_BEGUN_ANEW, this.parts.clock.nowMs())
      if (this.newest !== undefined) this.newest.isLatestSet = false
    }
    this.isInQuestion = false
  }

  private troubled(trouble: string | undefined): void {
    if (trouble === this.toldTrouble) return
    if (trouble !== undefined) this.parts.tell?.(trouble)
    else this.parts.tell?.('scans are published again')
    this.toldTrouble = trouble
  }

  private detail(): string {
    const { published, lastFile, silentMs } = this.figures()
    if (silentMs !== undefined) return `no new scan for ${Math.floor(silentMs / 1000)} s`
    return lastFile === undefined ? 'waits for the first scan' : `${published} published, the last from ${lastFile}`
  }
}

const checkScan = checkOf(EIGEN_SCAN_SCHEMA)

/** @throws ScanFileError on a file that is whole and whose scan nobody could use. */
function publishable(record: ScanRecord, { path, modifiedMs }: FileMark, publishedAtMs: number): EigenScanPayload {
  const scan = { ...eigenScanPayload(record, { publishedAtMs }), source: { file: path, modified_ms: modifiedMs } }
  const refusal = checkScan(scan)
  if (refusal === undefined) return scan
  throw new ScanFileError({ file: path, field: refusal.path.replace(/^\./, '') }, refusal.expected, refusal.found)
}

/** Undefined for what it cannot go on after. */
function troubleOf(error: unknown, { name }: ScanFolder): string | undefined {
  if (error instanceof GridUnavailable) return `${error.message}; scan files wait in their folder`
  if (error instanceof ScanFolderError) return `cannot read the folder ${name}: ${error.message}`
  return undefined
}
