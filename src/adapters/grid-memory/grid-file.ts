import { basename, dirname } from 'node:path'
import { assert } from '../../base/assert.js'
import { SurroundingsFailed } from '../../base/mistakes.js'
import { makeFolder } from '../../files/folder.js'
import { displayPath } from '../../files/package-files.js'
import { systemFailure } from '../../files/system-failure.js'
import { removeTemporaries, stageFile } from '../../files/whole-file.js'
import { LockHeldError, takeWriterLock, type WriterLock } from '../../files/writer-lock.js'
import { encodeGrid, readGridFile } from './grid-file-format.js'
import { MemoryGridStore, type MemoryGridStoreSettings } from './memory-grid-store.js'
import { WriteBehind } from './write-behind.js'

/**
 * A store that a file keeps over restarts: read now, written a while after each change, and at the end. Whenever the process
 * dies, the file is whole, and shows the grid as it was at one moment before; what was written to the grid after that is lost.
 *
 * Times to live go on while nobody has it open. Locks are free again. Fencing tokens rise on from any that was ever given, as
 * long as the file stays. Numbers of a stream go on from its last entry in the file: after a crash, entries that were lost
 * with it leave their numbers to others.
 *
 * @throws DataRefused when the file is no grid, or is damaged: it names the file, the line, what was expected and found.
 * @throws SurroundingsFailed when another process has it open, or it cannot be read or written.
 */
export async function openGridFile(settings: GridFileSettings): Promise<GridFile> {
  const { file, everyMs = EVERY_MS, streamEntriesMax = Number.POSITIVE_INFINITY } = settings
  assert(everyMs >= 0, 'time between writes does not go back')
  assert(streamEntriesMax >= 1, 'a file keeps the last entry of a stream, since numbers go on from it')
  const lock = await told(lockFile(file, () => behind?.giveUp(takenOver(file))))
  let behind: WriteBehind | undefined
  try {
    await told(removeTemporaries(dirname(file), (name) => name === basename(file)))
    const before = await readGridFile(file)
    const openings = before.openings + 1
    const store = MemoryGridStore.restored(settings, {
      records: before.records,
      lastFence: BigInt(openings) << FENCE_BITS,
      changed: () => behind?.changed(),
    })
    const write = async (): Promise<void> => {
      const staged = await told(
        stageFile(file, await encodeGrid({ openings, records: store.records(streamEntriesMax) })),
      )
      await (behind?.isGivenUp ? staged.discard() : told(staged.commit()))
    }
    // Before anything is done with it: tokens of this opening must not be those of the next, and a disk that is full is told of.
    await write()
    behind = new WriteBehind({ write, everyMs, timer: settings.timer, failed: settings.writeFailed })
    return { store, close: () => closed(behind!, lock) }
  } catch (error) {
    // The lock of a process that goes on without it is dead, and no reason of its own.
    await lock.release().catch(() => undefined)
    throw error
  }
}

/** Another process has the file open: whoever may wait for it tries again. */
export class GridFileHeld extends SurroundingsFailed {}

export interface GridFile {
  readonly store: MemoryGridStore
  /** Writes what is not written, and lets go of the file. Clients are closed before: what they change later is not kept. */
  close(): Promise<void>
}

export interface GridFileSettings extends MemoryGridStoreSettings {
  /** Missing folders are made. Beside it lies `<file>.lock` while it is open. */
  readonly file: string
  /** From a change to the beginning of its write, and from the end of one write to the next, ms; 1,000 unless it is given. */
  readonly everyMs?: number | undefined
  /**
   * Entries of each stream that the file keeps, the newest; all unless it is given. Every write writes the whole grid, so a
   * full stream of scans makes it one of a hundred megabytes.
   */
  readonly streamEntriesMax?: number | undefined
  /**
   * A write failed, for another reason than the last one; the grid goes on and tries again. Or, once, another process has taken
   * the file over: then nothing more is written. It must not throw.
   */
  readonly writeFailed: (failure: Error) => void
}

const EVERY_MS = 1_000
/** Tokens of one opening of a file: more than locks are ever taken. The number of the opening stands above them. */
const FENCE_BITS = 32n

async function lockFile(file: string, lost: () => void): Promise<WriterLock> {
  await makeFolder(dirname(file))
  return await takeWriterLock(`${file}.lock`, lost).catch((error: unknown) => {
    if (!(error instanceof LockHeldError)) throw error
    throw new GridFileHeld(
      { place: displayPath(file), message: `another process${error.who} has this grid open` },
      { hint: 'Stop it, or use another file.' },
    )
  })
}

function takenOver(file: string): SurroundingsFailed {
  const message = 'another process has taken this grid over; nothing more is written to it'
  return new SurroundingsFailed({ place: displayPath(file), message })
}

async function closed(behind: WriteBehind, lock: WriterLock): Promise<void> {
  await behind.close()
  await lock.release().catch((error: unknown) => behind.report(systemFailure(error) ?? error))
}

/** Errors of the system become what a person is told of them. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw systemFailure(error) ?? error
  }
}
