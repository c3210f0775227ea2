import { type ScanCounts, ScanIntake, type ScanStamp } from '../../../core/grid/scan-intake.js'

/** What a trader reads of a scan. */
export interface ReadScan extends ScanStamp {
  /** The signal, v50 minus v750 per bar; NaN where there is none. */
  readonly velDiv: number
  /** USD by symbol, each finite and above zero. */
  readonly prices: ReadonlyMap<string, number>
  /** Whether the market moves enough to enter; null where the scanner does not say. */
  readonly volOk: boolean | null
  /** Share of the scan's data that is good, 0 … 1; null where the scanner does not say. */
  readonly dataQuality: number | null
}

/** A scan that is a bar. */
export interface TakenScan extends ReadScan {
  /** UTC ms: its own time, but none far ahead of when it was taken. Rises from bar to bar. */
  readonly barAtMs: number
}

/** What a person should hear of a feed of scans; each at most as often as it happens. */
export interface ScanNews {
  /** A document that is no scan: what was expected and what was found. */
  onRefused(problem: string): void
  /** Scans that nobody will see any more. */
  onLost(what: string): void
  /** The scanner has begun to count anew. */
  onNewSession(scanNumber: number): void
}

/** Documents in, scans out: each scan once and in order, everything else counted. */
export class ScanTaker {
  private readonly intake: ScanIntake
  private readonly parts: ScanTakerParts
  private lastScan: TakenScan | undefined
  private outOfOrderInARow = 0
  /** Documents that were no scans. */
  refused = 0
  /** Of all that came, taken or not; 0 before the first. */
  highestNumber = 0

  constructor(parts: ScanTakerParts) {
    this.parts = parts
    this.intake = new ScanIntake(parts.nowMs !== undefined)
  }

  /** Of what was traded before the numbers are not known, but nothing at or before its time, UTC ms, is a bar any more. */
  goOnAfter(atMs: number): void {
    this.intake.goOnAfter(atMs)
  }

  get counts(): Readonly<ScanCounts> {
    return this.intake.counts
  }

  /** The last that was taken. */
  get last(): TakenScan | undefined {
    return this.lastScan
  }

  /** The scan that a document is; undefined, counted and told where it is none. */
  read(text: string): ReadScan | undefined {
    const scan = this.parts.read(text)
    if (!('refused' in scan)) {
      this.highestNumber = Math.max(this.highestNumber, scan.scanNumber)
      return scan
    }
    this.refused++
    this.parts.news.onRefused(scan.refused)
    return undefined
  }

  /** Whether numbers of the same count lie between the last that was taken and this one. */
  leavesGap({ scanNumber, atMs }: ReadScan): boolean {
    const { last } = this
    return last !== undefined && atMs > last.barAtMs && scanNumber > last.scanNumber + 1
  }

  /** Whether it is of before the last that was taken: read again rather than published again. */
  isBehind({ atMs }: ReadScan): boolean {
    return this.lastScan !== undefined && atMs <= this.lastScan.barAtMs
  }

  /** The next bar, if the scan is one. */
  take(scan: ReadScan): TakenScan | undefined {
    const { news, nowMs } = this.parts
    // An old scan makes nothing younger: what was taken just now is remembered by the latest time that any has said.
    const now = nowMs === undefined ? Math.max(scan.atMs, this.lastScan?.barAtMs ?? scan.atMs) : nowMs()
    const verdict = this.intake.take(scan, now)
    if (verdict.kind === 'outOfOrder') this.passedOver(scan)
    if (verdict.kind !== 'taken') return undefined
    this.outOfOrderInARow = 0
    if (verdict.newSession && this.lastScan !== undefined) news.onNewSession(scan.scanNumber)
    this.lastScan = { ...scan, barAtMs: verdict.barAtMs }
    return this.lastScan
  }

  /** One is late; by the clock several in a row are of a clock that somebody has set back, theirs or this one. */
  private passedOver({ scanNumber, atMs }: ReadScan): void {
    const { news, nowMs } = this.parts
    if (nowMs === undefined || ++this.outOfOrderInARow !== TOLD_AT) return
    const at = new Date(atMs).toISOString()
    news.onLost(`scan ${scanNumber} of ${at}, and those before it, are older than the last that was taken`)
  }
}

/** Scans in a row. */
const TOLD_AT = 3

export interface ScanTakerParts {
  read(text: string): ReadScan | { readonly refused: string }
  readonly news: ScanNews
  /** Absent: time is what the scans say. */
  readonly nowMs?: (() => number) | undefined
}
