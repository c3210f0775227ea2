import { type FSWatcher, watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type ScanFileEntry, type ScanFolder, ScanFolderError } from '../../ports/scan-folder.js'
import { readScanFile } from './scan-archive.js'

/**
 * Scan files of another program: those of a storage (its `arrow_scans`), of folders by day, or of a plain folder.
 *
 * Nothing is written here and no lock is taken: the files are somebody else's.
 */
export function arrowScanFolder(path: string): ScanFolder {
  return new WatchedFolder(path)
}

const STORAGE_FOLDER = 'arrow_scans'
const DAY_FOLDER = /^\d{4}-\d{2}-\d{2}$/
const SCAN_FILE = /^scan_.*\.arrow$/
/** The folders of the newest days are read each time: the time of a folder on a network share lags behind. */
const DAYS_ALWAYS_READ = 2
/** Files that are asked about at once. */
const ASKED_AT_ONCE = 32

class WatchedFolder implements ScanFolder {
  readonly name: string
  /** Times of the folders of days when they were last read. */
  private readonly readAt = new Map<string, number>()
  private readonly watchers = new Map<string, FSWatcher>()
  private changed: ((path?: string) => void) | undefined

  constructor(name: string) {
    this.name = name
  }

  async *unknown(isKnown: (path: string) => boolean): AsyncGenerator<ScanFileEntry, void, void> {
    const { files, days } = await this.contents()
    const newest = days.slice(-DAYS_ALWAYS_READ)
    // Before they are read: what is written between reading and watching would be missed until the next poll.
    this.watchFolders(['', STORAGE_FOLDER, ...newest])
    yield* this.entries(files.filter((path) => !isKnown(path)))
    for (const day of days) {
      const { mtimeMs } = await stat(join(this.name, day)).catch(() => ({ mtimeMs: Number.NaN }))
      if (this.readAt.get(day) === mtimeMs && !newest.includes(day)) continue
      const names = await readdir(join(this.name, day)).catch(() => [])
      const paths = names.filter((name) => SCAN_FILE.test(name)).map((name) => `${day}/${name}`)
      yield* this.entries(paths.filter((path) => !isKnown(path)))
      // Not before its files have been told: whoever stops in between is told of them the next time.
      this.readAt.set(day, mtimeMs)
    }
  }

  async look(path: string): Promise<ScanFileEntry | undefined> {
    const info = await stat(join(this.name, path)).catch(() => undefined)
    return info?.isFile() ? { path, modifiedMs: info.mtimeMs, bytes: info.size } : undefined
  }

  read(path: string) {
    return readScanFile(join(this.name, path))
  }

  watch(changed: (path?: string) => void): () => void {
    this.changed = changed
    this.watchFolders([''])
    return () => {
      this.changed = undefined
      for (const watcher of this.watchers.values()) watcher.close()
      this.watchers.clear()
    }
  }

  /** Scan files of the folder itself, and the folders of days in it or in its `arrow_scans`, oldest first. */
  private async contents(): Promise<{ readonly files: string[]; readonly days: string[] }> {
    const names = await readdir(this.name).catch((error: NodeJS.ErrnoException) => {
      throw new ScanFolderError(error.code === 'ENOENT' ? 'it is not there' : error.message)
    })
    const days = names.filter((name) => DAY_FOLDER.test(name))
    const files = names.filter((name) => SCAN_FILE.test(name))
    if (names.includes(STORAGE_FOLDER)) {
      const below = await readdir(join(this.name, STORAGE_FOLDER)).catch(() => [])
      days.push(...below.filter((name) => DAY_FOLDER.test(name)).map((name) => `${STORAGE_FOLDER}/${name}`))
      files.push(...below.filter((name) => SCAN_FILE.test(name)).map((name) => `${STORAGE_FOLDER}/${name}`))
    }
    return { files, days: days.sort((a, b) => (basename(a) < basename(b) ? -1 : 1)) }
  }

  private async *entries(paths: readonly string[]): AsyncGenerator<ScanFileEntry, void, void> {
    for (let from = 0; from < paths.length; from += ASKED_AT_ONCE) {
      const asked = await Promise.all(paths.slice(from, from + ASKED_AT_ONCE).map((path) => this.look(path)))
      for (const entry of asked) if (entry !== undefined) yield entry
    }
  }

  /** Watches these folders and no others; one that cannot be watched is left to whoever looks now and then. */
  private watchFolders(folders: readonly string[]): void {
    if (this.changed === undefined) return
    for (const [folder, watcher] of this.watchers) {
      if (folders.includes(folder)) continue
      watcher.close()
      this.watchers.delete(folder)
    }
    for (const folder of folders) if (!this.watchers.has(folder)) this.watchFolder(folder)
  }

  private watchFolder(folder: string): void {
    const forget = (): void => {
      this.watchers.get(folder)?.close()
      this.watchers.delete(folder)
    }
    try {
      const watcher = watch(join(this.name, folder), (_, name) => {
        if (name === null) this.changed?.()
        else if (SCAN_FILE.test(name)) this.changed?.(folder === '' ? name : `${folder}/${name}`)
        // A hidden name is temporary: it tells of itself again when it becomes a scan file.
        else if (!name.startsWith('.')) this.changed?.()
      })
      // A folder that was removed, or a machine without watches left: the next reading of the folder tries again.
      watcher.on('error', forget)
      this.watchers.set(folder, watcher)
    } catch {
      forget()
    }
  }
}
