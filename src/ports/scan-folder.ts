import type { ScanRecord } from './scan-archive.js'

/**
 * The folder into which another program writes its scans, one file each. Files come whole or grow while they are written,
 * change, and go; the folder itself may be missing for a while (a share that is not mounted).
 */
export interface ScanFolder {
  /** As a person named it, for messages. */
  readonly name: string
  /**
   * The files whose paths are not known yet, in no order. Folders of days that have not changed since they were last read, but
   * for the newest, are left out.
   *
   * @throws ScanFolderError when the folder cannot be read.
   */
  unknown(isKnown: (path: string) => boolean): AsyncIterable<ScanFileEntry>
  /** A file as it is now; undefined when it is not there. */
  look(path: string): Promise<ScanFileEntry | undefined>
  /** @throws ScanFileError when it is no whole scan, be it for now or for ever. */
  read(path: string): Promise<ScanRecord>
  /**
   * Calls back when something has happened to a file, or (without a path) to the folder. It may miss anything: a network share
   * tells nothing of what other machines write.
   *
   * @returns what ends it.
   */
  watch(changed: (path?: string) => void): () => void
}

/** A file as its folder describes it. */
export interface ScanFileEntry {
  /** Below the folder, with `/`: `2026-01-05/scan_000001_000005.arrow`. */
  readonly path: string
  /** UTC ms of its last change, by the clock of whoever wrote it; with a fraction where the file system has one. */
  readonly modifiedMs: number
  readonly bytes: number
}

/** Why the folder could not be read, in a sentence. */
export class ScanFolderError extends Error {
  override readonly name = 'ScanFolderError'
}
