import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, statSync, unlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { isWriterAtWork, takeWriterLock } from '../../files/writer-lock.js'

/** Almost four years of days of 50 symbols every 5 s. */
export const CACHE_BYTES_MAX = 10e9

/** A write that has taken this long was killed: what it left is removed. */
const ABANDONED_MS = 3_600_000
/** Times of files lag behind the clock by some milliseconds, and on a network's disk by more. */
const CLOCK_SLACK_MS = 1_000
/** From the mark on what a path held to the mark on its columns lies the time of loading them. */
const INDEX_SLACK_MS = 60_000
const RUN = /^(\d+)-[0-9a-f]+\.lock$/

/** A run that reads through a cache, until it is released: nothing that it has used is evicted. */
export interface CacheRun {
  release(): Promise<void>
}

/** Begins a run, in a cache that is cut down to `bytesMax` before. One that cannot be written has nobody who would evict anything. */
export async function beginCacheRun(folder: string, bytesMax = CACHE_BYTES_MAX): Promise<CacheRun> {
  try {
    await makeRoom(folder, 0, bytesMax)
    const runs = join(folder, 'runs')
    mkdirSync(runs, { recursive: true })
    const name = `${Date.now() - CLOCK_SLACK_MS}-${randomBytes(6).toString('hex')}.lock`
    const lock = await takeWriterLock(join(runs, name), () => undefined)
    return { release: () => lock.release().catch(() => undefined) }
  } catch {
    return { release: async () => undefined }
  }
}

/** Remembers that a file of the cache was used now. */
export function markUsed(path: string): void {
  try {
    const now = new Date()
    utimesSync(path, now, now)
  } catch {
    // Evicted or not writable; its columns are good all the same.
  }
}

/**
 * Makes room for `bytes` more columns below `limitBytes`: the entries that were used longest ago go, but none that a run
 * which is still under way has used. Answers with the bytes that are free then; where they are fewer than `bytes`, the
 * columns are not to be stored. Several threads and processes may do so at once: whoever finds a file gone takes it for
 * evicted.
 */
export async function makeRoom(folder: string, bytes: number, limitBytes: number): Promise<number> {
  const entries = columnFiles(join(folder, 'columns'))
  let total = entries.reduce((sum, entry) => sum + entry.bytes, 0)
  if (total + bytes <= limitBytes || bytes > limitBytes) return limitBytes - total
  const inUseFromMs = await oldestRun(join(folder, 'runs'))
  entries.sort((a, b) => a.usedMs - b.usedMs || (a.path < b.path ? -1 : 1))
  let kept = 0
  for (; kept < entries.length && total + bytes > limitBytes; kept++) {
    const { path, bytes: freed, usedMs } = entries[kept]!
    if (usedMs >= inUseFromMs) break
    remove(path)
    total -= freed
  }
  forgetFiles(join(folder, 'files'), entries[kept]?.usedMs ?? Number.POSITIVE_INFINITY)
  return limitBytes - total
}

interface CacheEntry {
  readonly path: string
  readonly bytes: number
  readonly usedMs: number
}

/** The entries, and what is being written; what killed writers left is removed. */
function columnFiles(columns: string): CacheEntry[] {
  return filesIn(columns).filter(({ path, usedMs }) => {
    const isAbandoned = path.endsWith('.tmp') && Date.now() - usedMs > ABANDONED_MS
    if (isAbandoned) remove(path)
    return !isAbandoned
  })
}

/** What a path held is marked as used just before its columns are, so a mark that is older by far is one of evicted columns. */
function forgetFiles(index: string, usedBeforeMs: number): void {
  for (const { path, usedMs } of filesIn(index)) if (usedMs < usedBeforeMs - INDEX_SLACK_MS) remove(path)
}

/** When the oldest run under way began; those of processes that are gone are forgotten. */
async function oldestRun(runs: string): Promise<number> {
  let oldestMs = Number.POSITIVE_INFINITY
  for (const { path, name } of filesIn(runs)) {
    const beganMs = Number(RUN.exec(name)?.[1] ?? Number.NaN)
    if (Number.isNaN(beganMs)) continue
    if (await isWriterAtWork(path)) oldestMs = Math.min(oldestMs, beganMs)
    else remove(path)
  }
  return oldestMs
}

function filesIn(folder: string): (CacheEntry & { readonly name: string })[] {
  const files: (CacheEntry & { name: string })[] = []
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat?.isFile()) files.push({ path, name, bytes: stat.size, usedMs: stat.mtimeMs })
  }
  return files
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Another process was faster, or may write here while this one may not.
  }
}
