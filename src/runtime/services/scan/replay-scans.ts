import { eigenScanPayload } from '../../../core/eigen/payload.js'
import type { Clock } from '../../../ports/clock.js'
import type { ScanArchive, ScanRecord } from '../../../ports/scan-archive.js'
import type { ScanSink } from '../../../ports/scan-sink.js'
import { publishMissed } from './scan-loop.js'

export interface ScanReplay {
  /** Numbered from 1 on. */
  readonly scans: AsyncIterable<ScanRecord>
  /** Where files are written, as a scanner does; absent: none. */
  readonly archive?: ScanArchive | undefined
  /** Where they are published; absent: a bridge publishes the files. */
  readonly sink?: ScanSink | undefined
  /** How many times faster than they were recorded; `max`: as fast as they are taken. */
  readonly speed: number | 'max'
  readonly clock: Clock
  /** Resolves when another scan may be published: whoever trades them is not too far behind. Absent: at any time. */
  demand?(scan: ScanRecord): Promise<void>
  onScan?(scan: ScanRecord): void
}

/**
 * Plays recorded scans as if they were made now: a file, then a publication, then the next one. It goes on after the last one
 * that an earlier process wrote (published, where no files are written), and tells how many there were in all.
 */
export async function replayScans(replay: ScanReplay, signal: AbortSignal): Promise<{ readonly scans: number }> {
  const { archive, sink, clock, speed } = replay
  if (archive !== undefined && sink !== undefined) await publishMissed(archive, sink, clock)
  // Others may have published in the grid, with numbers of their own: what this scanner wrote, its files say.
  const done = archive?.lastNumber ?? (await sink?.lastPublished()) ?? 0
  let scans = 0
  let start: { readonly ns: bigint; readonly ms: number } | undefined
  try {
    for await (const scan of replay.scans) {
      if (signal.aborted) break
      if (scan.scanNumber <= done) continue
      if (speed !== 'max') {
        start ??= { ns: scan.timestampNs, ms: clock.nowMs() }
        await clock.sleep(start.ms + Number(scan.timestampNs - start.ns) / 1e6 / speed - clock.nowMs(), signal)
      }
      await replay.demand?.(scan)
      if (signal.aborted) break
      await archive?.write(scan)
      await sink?.publish(eigenScanPayload(scan, { publishedAtMs: clock.epochMs() }))
      replay.onScan?.(scan)
      scans++
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
  }
  return { scans }
}
