import type { ScanFileEntry, ScanFolder } from '../../../ports/scan-folder.js'
import type { GridScans, PublishedMark } from '../../grid/grid-scans.js'
import { byMark, type FileLedger } from './file-ledger.js'

/**
 * Where a bridge begins that the grid holds nothing of: with the newest file, with all, or with those changed since then. `anew`:
 * with all of them whatever the grid holds, for readers that go on from elsewhere.
 */
export type ScanBridgeStart = 'newest' | 'all' | 'anew' | { readonly sinceMs: number }

/**
 * The first look at a folder: which of its files are history. What the grid holds of them says where to go on: behind the
 * file that was published last, and leaving out what was published before it. A file whose time lies before that one's
 * counts as published: it came while nobody looked, and nothing tells it from the others.
 */
export class FirstListing {
  private done = false
  private newest: ScanFileEntry | undefined

  constructor(
    private readonly folder: ScanFolder,
    private readonly ledger: FileLedger,
    private readonly start: ScanBridgeStart,
  ) {}

  get isDone(): boolean {
    return this.done
  }

  /** One that is interrupted by a failure goes on where it stopped. */
  async make(scans: GridScans, nowMs: number): Promise<void> {
    const held = this.start === 'anew' ? [] : await scans.newest(ENTRIES_LOOKED_THROUGH)
    const published = held.filter(isFromFile)
    const last = published.at(-1)?.source
    const marks = new Map(published.map((mark) => [mark.source.file, mark]))
    for await (const entry of this.folder.unknown((path) => this.ledger.isKnown(path))) {
      const mark = marks.get(entry.path)
      // A later change of a published file is looked into: it may hold another scan now.
      if (mark !== undefined) this.ledger.published({ ...entry, modifiedMs: mark.source.modified_ms }, scanOf(mark))
      const isNew =
        last === undefined
          ? this.isWanted(entry)
          : mark !== undefined || byMark(entry, { path: last.file, modifiedMs: last.modified_ms }) > 0
      if (isNew) this.ledger.found(entry, nowMs)
      else this.ledger.skip(entry)
      if (this.newest === undefined || byMark(entry, this.newest) > 0) this.newest = entry
    }
    if (last === undefined && this.start === 'newest' && this.newest !== undefined) {
      this.ledger.wanted(this.newest, nowMs)
    }
    this.done = true
  }

  private isWanted({ modifiedMs }: ScanFileEntry): boolean {
    if (typeof this.start === 'object') return modifiedMs >= this.start.sinceMs
    return this.start !== 'newest'
  }
}

type FromFile = PublishedMark & { readonly source: NonNullable<PublishedMark['source']> }

function isFromFile(mark: PublishedMark): mark is FromFile {
  return mark.source !== undefined
}

function scanOf({ scanNumber, timestampNs }: PublishedMark): string {
  return `${scanNumber}@${timestampNs}`
}

/** Files are recognised as published, whatever their times, as far back as this. */
const ENTRIES_LOOKED_THROUGH = 2_000
