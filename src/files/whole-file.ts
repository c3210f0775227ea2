import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { open, readdir, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { makeFolder, syncFolder } from './folder.js'
import { atPath, withPath } from './reason.js'

/** Text as UTF-8, bytes, or bytes in parts. */
export type FileContents = string | Uint8Array | readonly Uint8Array[]

/**
 * Writes a file that readers see whole or not at all, and that survives a power cut once this resolves: a temporary name
 * in the target's folder, fsync, rename, fsync of the folder. Missing folders are made, durably too.
 *
 * Rejects when any of that fails. The target is then what it was before or, where only the last fsync failed, the new
 * file, whose rename a power cut may still undo.
 */
export async function writeAtomically(path: string, contents: FileContents): Promise<void> {
  const staged = await stageFile(path, contents)
  await staged.commit()
}

/** A file that is complete and durable under a temporary name beside its target, waiting for its verdict. */
export interface StagedFile {
  readonly path: string
  /** Moves it over the target: readers see the old file or the whole new one, never a part. */
  commit(): Promise<void>
  discard(): Promise<void>
}

/**
 * Writes `contents` to a temporary name in the target's folder (a rename across file systems would not be atomic) and
 * fsyncs it. Several staged files can then be committed together, so an interrupted command leaves none of them.
 */
export function stageFile(path: string, contents: FileContents): Promise<StagedFile> {
  return stageWith(path, async (temporary) => {
    const handle = await open(temporary, 'wx')
    try {
      for (const part of partsOf(contents)) await handle.writeFile(part)
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
}

/** {@link stageFile} for a writer that wants a path: `write` leaves a durable file at the temporary name it is given. */
export async function stageWith(path: string, write: (temporary: string) => Promise<void>): Promise<StagedFile> {
  await refuseFolder(path)
  const temporary = temporaryName(path)
  removeAtExit(temporary)
  await makeFolder(dirname(path))
  try {
    await withPath(temporary, write(temporary))
  } catch (error) {
    await removeQuietly(temporary)
    throw error
  }
  return {
    path,
    async commit() {
      try {
        await rename(temporary, path)
      } catch (error) {
        await removeQuietly(temporary)
        throw error
      }
      pending.delete(temporary)
      await syncFolder(dirname(path))
    },
    discard: () => removeQuietly(temporary),
  }
}

/**
 * {@link writeAtomically} for a thread that does nothing else meanwhile, into a folder that is there. The rename itself is
 * not fsynced: what is written so can be made again from something else.
 */
export function writeAtomicallySync(path: string, parts: readonly Uint8Array[]): void {
  const temporary = temporaryName(path)
  removeAtExit(temporary)
  try {
    const descriptor = openSync(temporary, 'wx')
    try {
      for (const part of parts) for (let at = 0; at < part.byteLength; ) at += writeSync(descriptor, part, at)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(temporary, path)
  } catch (error) {
    unlinkQuietly(temporary)
    throw atPath(temporary, error)
  } finally {
    pending.delete(temporary)
  }
}

const TEMPORARY_NAME = /^\.(.+)\.[0-9a-f]{12}\.tmp$/

/** The file that a temporary name was meant for; undefined for any other name. */
export function targetOfTemporary(name: string): string | undefined {
  return TEMPORARY_NAME.exec(name)?.[1]
}

/**
 * Removes what killed writers left under temporary names for the targets that `isTarget` accepts, and answers how many.
 * Only for the one writer of these files: another's may be under way.
 */
export async function removeTemporaries(folder: string, isTarget: (name: string) => boolean): Promise<number> {
  let removed = 0
  for (const name of await readdir(folder)) {
    const target = targetOfTemporary(name)
    if (target === undefined || !isTarget(target)) continue
    await unlink(join(folder, name))
    removed++
  }
  return removed
}

/** Found out before anything is written: a rename over a folder would fail when other files have been committed. */
async function refuseFolder(path: string): Promise<void> {
  const entry = await stat(path).catch(() => undefined)
  if (entry?.isDirectory())
    throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR', syscall: 'rename', path })
}

function partsOf(contents: FileContents): readonly (string | Uint8Array)[] {
  return typeof contents === 'string' || contents instanceof Uint8Array ? [contents] : contents
}

/** A hidden name beside `path` that no other process picks. */
function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
}

const pending = new Set<string>()
let listening = false

/** A second Ctrl-C exits at once, without unwinding: what is still staged then goes here. */
function removeAtExit(temporary: string): void {
  pending.add(temporary)
  if (listening) return
  listening = true
  process.once('exit', () => {
    for (const path of pending) unlinkQuietly(path)
  })
}

async function removeQuietly(path: string): Promise<void> {
  await unlink(path).catch(() => undefined)
  pending.delete(path)
}

function unlinkQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Never made, or in a folder that is gone.
  }
}
