/**
 * The scans that a scanner leaves, one Arrow file each, in a folder that one process writes and anybody reads. Format:
 * system bible §27.4.
 *
 * @example
 * ```ts
 * import { openScanArchive } from 'dolphin-engine/arrow'
 *
 * const archive = await openScanArchive('storage')
 * for await (const { path, record } of archive.after(0)) console.log(path, record.velDiv)
 * await archive.close()
 * ```
 *
 * @module
 */

export { type OpenedArchive, openScanArchive, readScanFile, scanFileName } from '../adapters/arrow/scan-archive.js'
export { arrowScanFolder } from '../adapters/arrow/scan-folder.js'
export type * from '../ports/scan-archive.js'
export { ScanArchiveError, ScanFileError } from '../ports/scan-archive.js'
export type * from '../ports/scan-folder.js'
export { ScanFolderError } from '../ports/scan-folder.js'
