import { createHash } from 'node:crypto'
import { access, readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InputMistake, type Mistake, SurroundingsFailed } from '../../base/mistakes.js'
import type { IsoDate } from '../../base/utc-date.js'
import { makeFolder } from '../../files/folder.js'
import { reason } from '../../files/reason.js'
import { targetOfTemporary } from '../../files/whole-file.js'
import { LockHeldError, takeWriterLock } from '../../files/writer-lock.js'

/** What a manifest says of a day file. */
export interface ListedFile {
  readonly bytes: number
  /** SHA-256 of the file, hex. */
  readonly sha256: string
}

const DAY_FILE = /^\d{4}-\d{2}-\d{2}\.(parquet|pq)$/i

const LOCK_FILE = '.dolphin-data.lock'
const WRITTEN_HERE = /^(\d{4}-\d{2}-\d{2}\.parquet|build\.json|build-state\.json|synth\.json)$/
/** Decoded prices that did not fit in memory. */
const SPILL_FOLDER = /^\.dolphin-klines-/

/** A folder that this process alone writes days into. */
export interface HeldFolder {
  /** Aborted, with a {@link SurroundingsFailed}, when another machine has taken the folder over: nothing more may be written. */
  readonly lost: AbortSignal
  /** Gives the folder back; one that was made for nothing goes. */
  release(): Promise<void>
}

/**
 * Takes a folder of days, made when it is not there, and removes what a killed run left in it. Two runs would write over
 * each other's manifest and clear each other's files away.
 *
 * @throws InputMistake when it is no folder, SurroundingsFailed when another process writes days there.
 */
export async function holdFolder(folder: string): Promise<HeldFolder> {
  const isNew = await access(folder).then(
    () => false,
    () => true,
  )
  await makeFolder(folder).catch((error: unknown) => {
    throw new InputMistake({ place: folder, message: `cannot be made a folder: ${reason(error)}` })
  })
  const taken = new AbortController()
  const lost = (): void => {
    const message = 'another process has taken the folder over while this one was silent; nothing more is written'
    taken.abort(new SurroundingsFailed({ place: folder, message }))
  }
  const lock = await takeWriterLock(join(folder, LOCK_FILE), lost).catch((error: unknown) => {
    if (!(error instanceof LockHeldError)) throw writeFailure(folder, error)
    throw new SurroundingsFailed(
      { place: folder, message: `another process${error.who} writes days into this folder` },
      { hint: 'Wait for it, stop it, or give another --out.' },
    )
  })
  await removeLeftovers(folder)
  return {
    lost: taken.signal,
    async release() {
      await lock.release()
      // Fails where anything was written, which is as it should be.
      if (isNew) await rmdir(folder).catch(() => undefined)
    },
  }
}

export function dayPath(folder: string, date: IsoDate): string {
  return join(folder, `${date}.parquet`)
}

/** Whether the file of `date` is on disk exactly as the manifest says. */
export async function isIntact(folder: string, date: IsoDate, listed: ListedFile): Promise<boolean> {
  const bytes = await readFile(dayPath(folder, date)).catch(() => undefined)
  if (bytes === undefined || bytes.byteLength !== listed.bytes) return false
  return createHash('sha256').update(bytes).digest('hex') === listed.sha256
}

/** The text of a folder's manifest; undefined where there is none. */
export async function manifestText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new InputMistake({ place: path, message: `cannot read the manifest: ${reason(error)}` })
  })
}

/** Parses a manifest of a schema; undefined when it is not one. */
export function parseManifest<T extends { readonly schema: string }>(text: string, schema: T['schema']): T | undefined {
  try {
    const document = JSON.parse(text) as T | null
    return document?.schema === schema ? document : undefined
  } catch {
    return undefined
  }
}

/** Days that no manifest accounts for would pass for days of this one. */
export async function refuseForeignDays(folder: string, manifest: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new InputMistake({ place: folder, message: `expected a folder: ${reason(error)}` })
  })
  const day = names.find((name) => DAY_FILE.test(name))
  if (day === undefined) return
  throw new InputMistake(
    { place: folder, message: `expected a folder without days of another origin, found ${day} and no ${manifest}` },
    { hint: 'Give another --out, or --force to write into this folder (days of the same dates are replaced).' },
  )
}

/** Files that were written under a temporary name, and folders of decoded prices. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const isLeftover = WRITTEN_HERE.test(targetOfTemporary(name) ?? '') || SPILL_FOLDER.test(name)
    if (isLeftover) await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** Thrown where a day cannot be written: a full disk, a folder without permission. */
export function writeFailure(path: string, error: unknown): Mistake {
  const message = error instanceof Error ? error.message : String(error)
  return new SurroundingsFailed({ place: path, message: `cannot write: ${message}` })
}
