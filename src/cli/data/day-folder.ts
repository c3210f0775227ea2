import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InputMistake, type Mistake, SurroundingsFailed } from '../../base/mistakes.js'
import type { IsoDate } from '../../base/utc-date.js'

/** What a manifest says of a day file. */
export interface ListedFile {
  readonly bytes: number
  /** SHA-256 of the file, hex. */
  readonly sha256: string
}

const DAY_FILE = /^\d{4}-\d{2}-\d{2}\.(parquet|pq)$/i

const LEFTOVER = /^\.(\d{4}-\d{2}-\d{2}\.parquet|build(-state)?\.json)\.[0-9a-f-]+\.tmp$|^\.dolphin-klines-/

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
    throw new InputMistake({ place: path, message: `cannot read the manifest: ${error.message}` })
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
    throw new InputMistake({ place: folder, message: `expected a folder, found ${error.message}` })
  })
  const day = names.find((name) => DAY_FILE.test(name))
  if (day === undefined) return
  throw new InputMistake(
    { place: folder, message: `expected a folder without days of another origin, found ${day} and no ${manifest}` },
    { hint: 'Give another --out, or --force to write into this folder (days of the same dates are replaced).' },
  )
}

/** Removes what a killed run left: files that were written under a temporary name, and folders of decoded prices. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (LEFTOVER.test(name)) await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** Thrown where a day cannot be written: a full disk, a folder without permission. */
export function writeFailure(path: string, error: unknown): Mistake {
  const message = error instanceof Error ? error.message : String(error)
  return new SurroundingsFailed({ place: path, message: `cannot write: ${message}` })
}
