import { type OpenedArchive, openScanArchive } from '../../adapters/arrow/scan-archive.js'
import { DataRefused, InputMistake, type Mistake, SurroundingsFailed } from '../../base/mistakes.js'
import { displayPath } from '../../files/package-files.js'
import { ScanArchiveError, ScanFileError } from '../../ports/scan-archive.js'

/**
 * Opens the folder that a scanner of this process writes.
 *
 * @throws InputMistake when it is somebody else's or none; SurroundingsFailed when it cannot be written.
 */
export async function openScanStorage(folder: string): Promise<OpenedArchive> {
  try {
    return await openScanArchive(folder)
  } catch (error) {
    if (error instanceof ScanArchiveError) throw new InputMistake({ place: '--storage', message: error.message })
    throw cannotWrite(folder, error)
  }
}

/** What a person is told of an error that ended the writing of scan files. */
export function scanStorageError(error: unknown, folder: string): unknown {
  if (error instanceof ScanFileError) {
    return new DataRefused(error.message, {
      hint: 'A scan file of the storage cannot be read. Move it away, or use another storage.',
    })
  }
  return error instanceof Error && 'syscall' in error ? cannotWrite(folder, error) : error
}

export function cannotWrite(path: string, error: unknown): Mistake {
  const message = error instanceof Error ? error.message : String(error)
  return new SurroundingsFailed({ place: displayPath(path), message: `cannot write: ${message}` })
}
