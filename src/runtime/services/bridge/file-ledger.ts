import type { ScanFileEntry } from '../../../ports/scan-folder.js'

/** A file that has stayed as it is for so long, ms, is not being written any more: what cannot be read then is refused. */
export const SETTLED_MS = 15_000
/** Files whose later changes are noticed by looking at them again, the newest. */
const LOOKED_AT_AGAIN = 500
/** Paths that are remembered, about 100 bytes each: four weeks of scans every 5 s. */
const REMEMBERED_MAX = 500_000

/** Where a file stands among the others: by the time of its last change, then by its path. Numbers restart, and say nothing. */
export type FileMark = Pick<ScanFileEntry, 'path' | 'modifiedMs'>

export function byMark(one: FileMark, other: FileMark): number {
  return one.modifiedMs - other.modifiedMs || (one.path < other.path ? -1 : one.path > other.path ? 1 : 0)
}

/** A file that waits to be read. */
export interface DueFile {
  readonly entry: ScanFileEntry
  /** Why it could not be read the last time; undefined when nobody has tried since it changed. */
  readonly problem: string | undefined
}

/**
 * Which files have been dealt with and which wait, so that none is published twice, and one that changes is looked at again.
 * What it remembers is bounded: beyond that, files that are older than those that were forgotten count as dealt with.
 */
export class FileLedger {
  private readonly due = new Map<string, WaitingFile>()
  /** Times of the files that have been dealt with. */
  private readonly done = new Map<string, number>()
  /** The newest of those, with which scan they held; undefined: none, they were refused. */
  private readonly newest = new Map<string, string | undefined>()
  private forgottenUpToMs = Number.NEGATIVE_INFINITY

  constructor(private readonly rememberedMax = REMEMBERED_MAX) {}

  get waiting(): number {
    return this.due.size
  }

  isKnown(path: string): boolean {
    return this.done.has(path) || this.due.has(path)
  }

  /** Paths whose files may have changed since they were looked at: those that could not be read, and the newest ones. */
  unsettled(): string[] {
    const failed = [...this.due.values()].filter(({ problem }) => problem !== undefined)
    return [...failed.map(({ entry }) => entry.path), ...this.newest.keys()]
  }

  /** What the folder says of a file now. `nowMs` on a clock that never goes back. */
  found(entry: ScanFileEntry, nowMs: number): void {
    const { path, modifiedMs, bytes } = entry
    const before = this.due.get(path)
    if (before !== undefined) {
      const isSame = before.entry.modifiedMs === modifiedMs && before.entry.bytes === bytes
      if (!isSame) this.due.set(path, { entry, problem: undefined, changedAtMs: nowMs })
      return
    }
    const doneMs = this.done.get(path)
    if (doneMs === modifiedMs) return
    if (doneMs === undefined && modifiedMs <= this.forgottenUpToMs) this.remember(entry)
    else this.due.set(path, { entry, problem: undefined, changedAtMs: nowMs })
  }

  gone(path: string): void {
    this.due.delete(path)
  }

  /** Counts as dealt with: it was published before, or is older than what is wanted. */
  skip(entry: FileMark): void {
    this.due.delete(entry.path)
    this.remember(entry)
  }

  /** To be published although it has been dealt with. */
  wanted(entry: ScanFileEntry, nowMs: number): void {
    this.done.delete(entry.path)
    this.newest.delete(entry.path)
    this.due.set(entry.path, { entry, problem: undefined, changedAtMs: nowMs })
  }

  /** The newest that have been dealt with are due again, those that were refused left out. */
  again(count: number, nowMs: number): void {
    const marks = [...this.done].map(([path, modifiedMs]) => ({ path, modifiedMs, bytes: Number.NaN }))
    const isRefused = ({ path }: FileMark) => this.newest.has(path) && this.newest.get(path) === undefined
    const latest = marks.sort(byMark).slice(-count)
    for (const entry of latest) if (!isRefused(entry)) this.wanted(entry, nowMs)
  }

  /** The files that are worth reading now, in the order in which they are published. */
  ready(nowMs: number): DueFile[] {
    const ready = [...this.due.values()].filter(
      ({ problem, changedAtMs }) => problem === undefined || nowMs - changedAtMs >= SETTLED_MS,
    )
    return ready.sort((one, other) => byMark(one.entry, other.entry))
  }

  /** @returns whether it is given up: it has not changed for so long that nobody is writing it. */
  unreadable({ path }: FileMark, problem: string, nowMs: number): boolean {
    const file = this.due.get(path)
    if (file === undefined) return false
    if (nowMs - file.changedAtMs < SETTLED_MS) {
      this.due.set(path, { ...file, problem })
      return false
    }
    this.finish(file.entry, undefined)
    return true
  }

  /** Whether this path held this very scan before: its file was only touched. */
  held(path: string, scan: string): boolean {
    return this.newest.get(path) === scan
  }

  published(entry: FileMark, scan: string): void {
    this.finish(entry, scan)
  }

  private finish(entry: FileMark, scan: string | undefined): void {
    this.skip(entry)
    this.newest.delete(entry.path)
    this.newest.set(entry.path, scan)
    if (this.newest.size > LOOKED_AT_AGAIN) this.newest.delete(first(this.newest.keys()))
  }

  private remember({ path, modifiedMs }: FileMark): void {
    this.done.delete(path)
    this.done.set(path, modifiedMs)
    if (this.done.size <= this.rememberedMax) return
    const oldest = first(this.done.keys())
    this.forgottenUpToMs = Math.max(this.forgottenUpToMs, this.done.get(oldest)!)
    this.done.delete(oldest)
  }
}

interface WaitingFile extends DueFile {
  /** When the change of it was noticed, on a clock that never goes back. */
  readonly changedAtMs: number
}

function first(keys: Iterable<string>): string {
  for (const key of keys) return key
  return ''
}
