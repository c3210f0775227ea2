import { readdir, readFile, realpath, stat, unlink } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { assert } from '../../base/assert.js'
import { makeFolder } from '../../files/folder.js'
import { targetOfTemporary, writeAtomically } from '../../files/whole-file.js'
import { LockHeldError, takeWriterLock, type WriterLock } from '../../files/writer-lock.js'
import {
  type ArchivedScan,
  type ScanArchive,
  ScanArchiveError,
  ScanFileError,
  type ScanRecord,
} from '../../ports/scan-archive.js'
import { decodeScan } from './scan-decoder.js'
import { encodeScan, isoTime } from './scan-encoder.js'

export interface OpenedArchive extends ScanArchive {
  /** Temporary files of a crash that were removed. */
  readonly cleaned: number
}

/**
 * Opens `<root>/arrow_scans` for this process alone, made when it is not there, and removes what a crash left half written.
 *
 * @throws ScanArchiveError when the root is itself named arrow_scans, is no folder, or has another writer.
 */
export async function openScanArchive(root: string): Promise<OpenedArchive> {
  await refuseNesting(root)
  const folder = join(resolve(root), ARCHIVE_FOLDER)
  await makeFolder(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' && error.code !== 'ENOTDIR') throw error
    throw new ScanArchiveError('expected a folder, found a file in its way')
  })
  let archive: FolderArchive | undefined
  const lock = await lockArchive(folder, () => archive?.lose())
  try {
    const { highest, temporary } = await surveyed(folder)
    for (const path of temporary) await unlink(path)
    archive = new FolderArchive(folder, lock, highest, temporary.length)
    return archive
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** The folder that scans lie in, below the storage root. Source: system bible §27.4. */
const ARCHIVE_FOLDER = 'arrow_scans'
const LOCK_FILE = '.scanner.lock'
const DAY_FOLDER = /^\d{4}-\d{2}-\d{2}$/
const SCAN_FILE = /^scan_(\d{6,})_\d{6}\.arrow$/
/** A scan of a thousand symbols has 100 kB; what is larger is no scan and would only fill the memory. */
const BYTES_MAX = 16 * 2 ** 20

/** One writer per archive: two would give one number to two scans. */
async function lockArchive(folder: string, lost: () => void): Promise<WriterLock> {
  return await takeWriterLock(join(folder, LOCK_FILE), lost).catch((error: unknown) => {
    if (!(error instanceof LockHeldError)) throw error
    throw new ScanArchiveError(`another scanner${error.who} writes ${folder}; stop it or use another folder`)
  })
}

/** @throws ScanFileError when there is no such file or it is no scan. */
export async function readScanFile(path: string): Promise<ScanRecord> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new ScanFileError({ file: path }, 'a file', error.code === 'ENOENT' ? 'nothing' : error.message)
  })
  if (!info.isFile()) throw new ScanFileError({ file: path }, 'a file', 'something else')
  if (info.size > BYTES_MAX) throw new ScanFileError({ file: path }, `at most ${BYTES_MAX} bytes`, `${info.size}`)
  return decodeScan(await readFile(path), path)
}

/** `YYYY-MM-DD/scan_NNNNNN_HHMMSS.arrow`, in the scan's own time, UTC. */
export function scanFileName({ scanNumber, timestampNs }: Pick<ScanRecord, 'scanNumber' | 'timestampNs'>): string {
  const time = isoTime(timestampNs)
  const clock = time.slice(11, 19).replaceAll(':', '')
  return join(time.slice(0, 10), `scan_${String(scanNumber).padStart(6, '0')}_${clock}.arrow`)
}

class FolderArchive implements OpenedArchive {
  readonly cleaned: number
  private readonly folder: string
  private readonly lock: WriterLock
  private highest: NumberedFile
  private isLost = false

  constructor(folder: string, lock: WriterLock, highest: NumberedFile, cleaned: number) {
    this.folder = folder
    this.lock = lock
    this.highest = highest
    this.cleaned = cleaned
  }

  get lastNumber(): number {
    return this.highest.number
  }

  async write(scan: ScanRecord): Promise<string> {
    const { scanNumber: number } = scan
    assert(number > this.lastNumber, `scan number ${number} is above the last one, ${this.lastNumber}`)
    if (this.isLost) throw new ScanArchiveError('another scanner has taken this archive over; nothing more is written')
    const path = join(this.folder, scanFileName(scan))
    await writeAtomically(path, encodeScan(scan))
    this.highest = { number, path }
    return path
  }

  async *after(number: number): AsyncGenerator<ArchivedScan, void, void> {
    const found: NumberedFile[] = []
    for await (const file of filesIn(this.folder)) if (file.number > number) found.push(file)
    found.sort((a, b) => a.number - b.number)
    for (const { path } of found) yield { path, record: await readScanFile(path) }
  }

  async last(): Promise<ArchivedScan | undefined> {
    const { path } = this.highest
    return path === '' ? undefined : { path, record: await readScanFile(path) }
  }

  close(): Promise<void> {
    return this.lock.release()
  }

  /** Not part of the port: called when another machine holds the lock. */
  lose(): void {
    this.isLost = true
  }
}

interface NumberedFile {
  readonly number: number
  readonly path: string
}

/** `…/arrow_scans` as a root would put files into `…/arrow_scans/arrow_scans`, where no reader looks. */
async function refuseNesting(root: string): Promise<void> {
  const absolute = resolve(root)
  const real = await realpath(absolute).catch(() => absolute)
  if (basename(absolute) !== ARCHIVE_FOLDER && basename(real) !== ARCHIVE_FOLDER) return
  throw new ScanArchiveError(
    `expected the folder above ${ARCHIVE_FOLDER}, found ${ARCHIVE_FOLDER} itself: ` +
      `scans would go to ${ARCHIVE_FOLDER}/${ARCHIVE_FOLDER}`,
  )
}

/** The file with the highest number, whatever its day, and the temporary files of a crash. */
async function surveyed(folder: string): Promise<{ highest: NumberedFile; temporary: string[] }> {
  let highest: NumberedFile = { number: 0, path: '' }
  const temporary: string[] = []
  for await (const file of filesIn(folder, temporary)) if (file.number > highest.number) highest = file
  return { highest, temporary }
}

async function* filesIn(folder: string, temporary: string[] = []): AsyncGenerator<NumberedFile, void, void> {
  for (const day of await readdir(folder)) {
    if (!DAY_FOLDER.test(day)) continue
    for (const name of await readdir(join(folder, day))) {
      const number = SCAN_FILE.exec(name)?.[1]
      if (number !== undefined) yield { number: Number(number), path: join(folder, day, name) }
      else if (targetOfTemporary(name) !== undefined) temporary.push(join(folder, day, name))
    }
  }
}
