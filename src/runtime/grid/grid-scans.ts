import { LATEST_EIGEN_SCAN } from '../../core/grid/eigen-scan.js'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../core/grid/names.js'
import { type Grid, type GridMap, type GridStream, GridUnavailable } from '../../ports/grid.js'
import type { EigenScanPayload, EigenScanSource } from '../../ports/vocabulary/eigen-scan.js'

/** Scans that are appended again when the stream was lost with its cluster: 80 minutes of them every 5 s. */
export const SCANS_BEGUN_ANEW = 1_000

/** What tells one publication from another: number and time of its scan, and the file it came from. */
export interface PublishedMark {
  readonly scanNumber: number
  readonly timestampNs: string
  readonly source: EigenScanSource | undefined
}

/**
 * The two places of scans in the grid, for their one writer: the stream of all, and the latest one under its key. A call that
 * ends without an answer is looked into before the next one: the scan is then in the stream once, unless the cluster carries
 * the lost call out later still. So readers drop a number that they have taken.
 *
 * Every method rejects with {@link GridUnavailable}.
 */
export class GridScans {
  private readonly stream: GridStream
  private readonly features: GridMap
  /** The newest entry that is known: of ours, or of those that were there before. */
  private last: { readonly sequence: number; readonly text: string } | undefined
  /** Both places get the same text, which takes as long to check and write as a reader takes to read it. */
  private written: { readonly scan: EigenScanPayload; readonly text: string } | undefined
  /** Whether it is in the stream is not known. */
  private inDoubt: EigenScanPayload | undefined

  constructor(grid: Grid) {
    this.stream = grid.stream(SCAN_STREAM)
    this.features = grid.map(GRID_MAPS.features)
  }

  /** Adds a scan to the stream, behind all that were added before. */
  async append(scan: EigenScanPayload): Promise<void> {
    if (await this.isThereAfterAll(scan)) return
    const text = this.textOf(scan)
    try {
      this.last = { sequence: await this.stream.append(text), text }
    } catch (error) {
      if (!(error instanceof GridUnavailable) || !CHANGED_NOTHING.has(error.reason)) this.inDoubt = scan
      throw error
    }
  }

  async setLatest(scan: EigenScanPayload): Promise<void> {
    await this.features.set(FEATURE_KEYS.scan, this.textOf(scan))
  }

  /** The newest entries that are scans, oldest first. */
  async newest(count: number): Promise<PublishedMark[]> {
    const entries = await this.newestEntries(count)
    const last = entries.at(-1)
    if (last !== undefined) this.last ??= { sequence: last.sequence, text: last.value }
    return entries.flatMap(({ value }) => markOfText(value) ?? [])
  }

  /** The scan under the key; undefined where there is none that could be read. */
  async latest(): Promise<PublishedMark | undefined> {
    const text = await this.features.get(FEATURE_KEYS.scan)
    return text === undefined ? undefined : markOfText(text)
  }

  /** False when the newest entry that is known is gone, and the stream with it: the cluster has begun it anew. */
  async isWhole(): Promise<boolean> {
    if (this.last === undefined) return true
    const { sequence, text } = this.last
    const read = await this.stream.read(sequence, { max: 1 })
    if (read.kind === 'lost') return read.oldest > sequence
    const [entry] = read.entries
    return entry !== undefined && entry.value === text
  }

  /** The stream was lost: nothing of before is in it. */
  forget(): void {
    this.last = undefined
    this.inDoubt = undefined
  }

  private textOf(scan: EigenScanPayload): string {
    if (this.written?.scan !== scan) this.written = { scan, text: LATEST_EIGEN_SCAN.write(scan) }
    return this.written.text
  }

  private async isThereAfterAll(scan: EigenScanPayload): Promise<boolean> {
    if (this.inDoubt === undefined) return false
    const wanted = identityOf(markOf(this.inDoubt))
    const found = (await this.newestEntries(ENTRIES_LOOKED_THROUGH)).find(({ value }) => {
      const mark = markOfText(value)
      return mark !== undefined && identityOf(mark) === wanted
    })
    this.inDoubt = undefined
    if (found === undefined) return false
    this.last = { sequence: found.sequence, text: found.value }
    return identityOf(markOf(scan)) === wanted
  }

  private async newestEntries(count: number): Promise<{ readonly sequence: number; readonly value: string }[]> {
    const entries: { readonly sequence: number; readonly value: string }[] = []
    const { oldest, newest } = await this.stream.bounds()
    for (let from = Math.max(oldest, newest - count + 1); from <= newest; ) {
      const read = await this.stream.read(from, { max: Math.min(ENTRIES_AT_ONCE, newest - from + 1) })
      if (read.kind === 'lost') {
        // Others append meanwhile, and the oldest go.
        if (read.oldest <= from) break
        from = read.oldest
        continue
      }
      if (read.entries.length === 0) break
      entries.push(...read.entries)
      from = read.entries.at(-1)!.sequence + 1
    }
    return entries
  }
}

/** Failures after which a call is known to have changed nothing. */
const CHANGED_NOTHING: ReadonlySet<string> = new Set(['offline', 'busy'])
/** Others may have appended since the call that is in doubt. */
const ENTRIES_LOOKED_THROUGH = 16
const ENTRIES_AT_ONCE = 100

export function markOf({ scan_number, timestamp_ns, source }: EigenScanPayload): PublishedMark {
  return { scanNumber: scan_number, timestampNs: timestamp_ns, source }
}

export function identityOf({ scanNumber, timestampNs, source }: PublishedMark): string {
  return `${scanNumber}@${timestampNs}@${source?.file ?? ''}`
}

/** Undefined for what another program wrote into the stream and is no scan of this form. */
function markOfText(text: string): PublishedMark | undefined {
  try {
    const { scan_number, timestamp_ns, source } = JSON.parse(text) as Partial<EigenScanPayload>
    if (!Number.isSafeInteger(scan_number) || typeof timestamp_ns !== 'string') return undefined
    const isSource = typeof source?.file === 'string' && Number.isFinite(source.modified_ms)
    return { scanNumber: scan_number!, timestampNs: timestamp_ns, source: isSource ? source : undefined }
  } catch {
    return undefined
  }
}
