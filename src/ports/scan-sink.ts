import type { EigenScanPayload } from './vocabulary/eigen-scan.js'

/**
 * Where scans are published, each once and in the order of their numbers.
 *
 * `publish` resolves when the scan has been handed over; until then the next one waits. One that fails may or may not
 * have been published: the caller stops, and asks `lastPublished` when it starts again.
 */
export interface ScanSink {
  publish(scan: EigenScanPayload): Promise<void>
  /** Highest scan number published so far, also by earlier processes; `undefined` when the sink cannot know. */
  lastPublished(): Promise<number | undefined>
  close(): Promise<void>
}
