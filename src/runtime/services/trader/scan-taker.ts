import { type ScanCounts, ScanIntake, type ScanStamp } from '../../../core/grid/scan-intake.js'

/** What a trader reads of a scan. */
export interface ReadScan extends ScanStamp {
  /** The signal, v50 minus v750 per bar; NaN where there is none. */
  readonly velDiv: number
  /** USD by symbol, each finite and above zero. */
  readonly prices: ReadonlyMap<string, number>
  /** Whether the market moves enough to enter; null where the scanner does not say. */
  readonly volOk: boolean | null
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
  private readonly intake = new ScanIntake()
  private readonly parts: ScanTakerParts
  private lastScan: ReadScan | undefined
  /** Documents that were no scans. */
  refused = 0
  /** Of all that came, taken or not; 0 before the first. */
  highestNumber = 0

  constructor(parts: ScanTakerParts) {
    this.parts = parts
  }

  /** Of what was traded before the numbers are not known, but nothing at or before its time, UTC ms, is a bar any more. */
  goOnAfter(atMs: number): void {
    this.intake.goOnAfter(atMs)
  }

  get counts(): Readonly<ScanCounts> {
    return this.intake.counts
  }

  /** The last that was taken. */
  get last(): ReadScan | undefined {
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
    return last !== undefined && atMs > last.atMs && scanNumber > last.scanNumber + 1
  }

  /** Whether the scan is the next bar. */
  take(scan: ReadScan): boolean {
    const { news, nowMs } = this.parts
    const verdict = this.intake.take(scan, nowMs === undefined ? scan.atMs : nowMs())
    if (verdict.kind !== 'taken') return false
    if (verdict.newSession && this.lastScan !== undefined) news.onNewSession(scan.scanNumber)
    this.lastScan = scan
    return true
  }
}

export interface ScanTakerParts {
  read(text: string): ReadScan | { readonly refused: string }
  readonly news: ScanNews
  /** Absent: time is what the scans say. */
  readonly nowMs?: (() => number) | undefined
}
