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

  /** The scan, when it is the next bar. */
  take(text: string): ReadScan | undefined {
    const { read, news, nowMs } = this.parts
    const scan = read(text)
    if ('refused' in scan) {
      this.refused++
      news.onRefused(scan.refused)
      return undefined
    }
    const verdict = this.intake.take(scan, nowMs === undefined ? scan.atMs : nowMs())
    if (verdict.kind !== 'taken') return undefined
    if (verdict.newSession && this.lastScan !== undefined) news.onNewSession(scan.scanNumber)
    this.lastScan = scan
    return scan
  }
}

export interface ScanTakerParts {
  read(text: string): ReadScan | { readonly refused: string }
  readonly news: ScanNews
  /** Absent: time is what the scans say. */
  readonly nowMs?: (() => number) | undefined
}
