/** What tells scans apart, and how old they are. */
export interface ScanStamp {
  /** Of its scanner's count. */
  readonly scanNumber: number
  /** UTC ms: the scan's own time. */
  readonly atMs: number
  /** UTC ms when it was written into the grid; null where nobody said. */
  readonly publishedAtMs: number | null
}

/** When a scan is too old to be acted on. */
export interface ScanAgeLimits {
  /**
   * What a scan's age counts from: its own time where the scanner is ours; when it was published where another scanner's
   * files come over a bridge, and its own time may then be older.
   */
  readonly ageFrom: 'scan' | 'publication'
  /** Older, or further in the future, than this: positions are managed, nothing is entered. */
  readonly ageMaxMs: number
  /** From its own time to its publication, where ages count from that. */
  readonly latencyMaxMs: number
}

/** Source: system bible §14.4; spec "The grid" and "Settled late". */
export const SCAN_AGE_LIMITS: ScanAgeLimits = { ageFrom: 'scan', ageMaxMs: 10_000, latencyMaxMs: 30_000 }

/** Clocks of two machines differ by less: a bar may wait for its time for so long. */
export const AHEAD_MS_MAX = 1_000

/** A scanner writes each scan twice, the second one minutes later with stale prices. */
export const SAME_SCAN_WITHIN_MS = 300_000

/** What a scan is. */
export type ScanVerdict =
  /**
   * `newSession`: its scanner has begun to count anew. `missing`: numbers of the same count that were left out. `barAtMs`: its
   * time as a bar, UTC ms: its own, but at most a second ahead of when it came.
   */
  | { readonly kind: 'taken'; readonly newSession: boolean; readonly missing: number; readonly barAtMs: number }
  /** Its number was taken less than five minutes ago. */
  | { readonly kind: 'duplicate' }
  /** Its time is not after that of the bar before. */
  | { readonly kind: 'outOfOrder' }

/** What has come so far, in scans. */
export interface ScanCounts {
  /** That are bars. */
  taken: number
  /** Whose number was taken less than five minutes before. */
  duplicates: number
  /** Whose time was not after that of the one before. */
  outOfOrder: number
  /** Scanner sessions so far, from 1 on with the first scan. */
  sessions: number
  /** Numbers that never came; no more than an integer can say, whatever numbers come. */
  missing: number
}

/**
 * Which scans are bars: each once, in the order of their times, over restarts of the scanner.
 *
 * Source: system bible §2a.2, §14.4, §27.1; spec "The grid".
 */
export class ScanIntake {
  readonly counts: ScanCounts = { taken: 0, duplicates: 0, outOfOrder: 0, sessions: 0, missing: 0 }
  private last: { readonly scanNumber: number; readonly barAtMs: number } | undefined
  /** When each number was taken; a Map, which keeps the order in which they were. */
  private readonly takenAtMs = new Map<number, number>()

  /**
   * @param byClock times are told by a clock, which somebody may have set back: a last bar further ahead of it than any may be
   * was of a wrong clock, and does not keep the present out. Otherwise time is what the scans say.
   */
  constructor(private readonly byClock = false) {}

  /** Nothing at or before this time, UTC ms, is taken any more; which numbers were taken until then is not known. */
  goOnAfter(atMs: number): void {
    this.last = { scanNumber: Number.POSITIVE_INFINITY, barAtMs: atMs }
  }

  /**
   * A scan of the future is a bar of a moment from now: taken at its word it would hold up everything until its time has come, and a scanner
   * whose clock was wrong once would never be heard again.
   *
   * @param nowMs UTC ms, of whichever clock the caller trades by.
   */
  take(scan: ScanStamp, nowMs: number): ScanVerdict {
    this.forget(nowMs)
    const { last, counts } = this
    if (this.takenAtMs.has(scan.scanNumber)) {
      counts.duplicates++
      return { kind: 'duplicate' }
    }
    const barAtMs = Math.min(scan.atMs, nowMs + AHEAD_MS_MAX)
    const isWrong = this.byClock && last !== undefined && last.barAtMs - nowMs > AHEAD_MS_MAX
    if (last !== undefined && barAtMs <= last.barAtMs && !isWrong) {
      counts.outOfOrder++
      return { kind: 'outOfOrder' }
    }
    const newSession = last === undefined || scan.scanNumber <= last.scanNumber
    const missing = newSession ? 0 : scan.scanNumber - last.scanNumber - 1
    this.last = { scanNumber: scan.scanNumber, barAtMs }
    this.takenAtMs.set(scan.scanNumber, nowMs)
    counts.taken++
    counts.missing = Math.min(counts.missing + missing, Number.MAX_SAFE_INTEGER)
    if (newSession) counts.sessions++
    return { kind: 'taken', newSession, missing, barAtMs }
  }

  /** A clock that was set back makes no number younger than it is: what lies in the future is as good as just taken. */
  private forget(nowMs: number): void {
    for (const [number, takenAtMs] of this.takenAtMs) {
      if (Math.abs(nowMs - takenAtMs) < SAME_SCAN_WITHIN_MS) break
      this.takenAtMs.delete(number)
    }
  }
}

/** Both ages of a scan, ms; negative is of the future. `isStale` as the limits say. */
export interface ScanAge {
  readonly scanMs: number
  readonly publicationMs: number | null
  readonly isStale: boolean
}

/** How old a scan is. @param nowMs UTC ms. */
export function ageOf({ atMs, publishedAtMs }: ScanStamp, nowMs: number, limits: ScanAgeLimits): ScanAge {
  const scanMs = nowMs - atMs
  const publicationMs = publishedAtMs === null ? null : nowMs - publishedAtMs
  const { ageFrom, ageMaxMs, latencyMaxMs } = limits
  if (ageFrom === 'scan') return { scanMs, publicationMs, isStale: Math.abs(scanMs) > ageMaxMs }
  const isPublishedStale = publicationMs === null || Math.abs(publicationMs) > ageMaxMs
  const latencyMs = publishedAtMs === null ? Number.POSITIVE_INFINITY : publishedAtMs - atMs
  return { scanMs, publicationMs, isStale: isPublishedStale || Math.abs(latencyMs) > latencyMaxMs }
}
