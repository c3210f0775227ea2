import { ScanFileError, type ScanRecord } from '../../../../src/ports/scan-archive.js'
import { type ScanFileEntry, type ScanFolder, ScanFolderError } from '../../../../src/ports/scan-folder.js'
import { sampleScan } from '../../../support/scans.js'

/** What a file holds; a text: why it is no whole scan. */
export type Held = ScanRecord | string

/** A scanner's folder in memory. It tells of changes only where a test says so. */
export class MemoryFolder implements ScanFolder {
  readonly name = '/scans'
  readonly files = new Map<string, ScanFileEntry & { readonly held: Held }>()
  /** Why it cannot be read. */
  trouble: string | undefined
  /** Left out of the next listing, as a file may be that is written during it. */
  missed: string | undefined
  /** How often it was read through, and which files were read. */
  listings = 0
  readonly reads: string[] = []
  private changed: ((path?: string) => void) | undefined

  put(path: string, modifiedMs: number, held: Held, bytes = 7_000): void {
    this.files.set(path, { path, modifiedMs, bytes, held })
  }

  /** A scan of that number, as a scanner names its file. */
  scan(number: number, modifiedMs: number, { day = '2026-01-05', second = number } = {}): string {
    const path = `${day}/scan_${String(number).padStart(6, '0')}_${String(second).padStart(6, '0')}.arrow`
    this.put(path, modifiedMs, sampleScan({ scanNumber: number, timestampNs: BigInt(second) * 1_000_000_000n }))
    return path
  }

  tell(path?: string): void {
    this.changed?.(path)
  }

  async *unknown(isKnown: (path: string) => boolean): AsyncGenerator<ScanFileEntry> {
    this.listings++
    if (this.trouble !== undefined) throw new ScanFolderError(this.trouble)
    const { missed } = this
    this.missed = undefined
    for (const { held: _, ...entry } of this.files.values()) {
      if (entry.path !== missed && !isKnown(entry.path)) yield entry
    }
  }

  async look(path: string): Promise<ScanFileEntry | undefined> {
    return this.files.get(path)
  }

  async read(path: string): Promise<ScanRecord> {
    this.reads.push(path)
    const held = this.files.get(path)?.held ?? 'nothing'
    if (typeof held === 'string') throw new ScanFileError({ file: path }, 'a scan', held)
    return held
  }

  watch(changed: (path?: string) => void): () => void {
    this.changed = changed
    return () => {
      this.changed = undefined
    }
  }
}
