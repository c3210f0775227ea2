import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SYNTH_VERSION, type SynthSpec } from '../core/days/synthesize.js'
import { isDate } from '../core/days/utc-date.js'
import type { IsoDate } from '../ports/market.js'
import { EXIT } from './exit-codes.js'
import { found, UserError } from './problems.js'
import { writeAtomically } from './write-atomically.js'

/** What a folder of synthetic days was made from, so that an interrupted or a longer run can continue it. */
export interface SynthManifest {
  readonly schema: 'dolphin.synth/1'
  /** Construction of the market; days of another version are another market. */
  readonly version: number
  readonly spec: SynthSpec
  /** By date: what was written. */
  readonly days: Readonly<Record<IsoDate, SynthDay>>
}

export interface SynthDay {
  readonly bytes: number
  /** SHA-256 of the file, hex. */
  readonly sha256: string
}

const MANIFEST = 'synth.json'
const DAY_FILE = /^\d{4}-\d{2}-\d{2}\.(parquet|pq)$/i

export function dayPath(folder: string, date: IsoDate): string {
  return join(folder, `${date}.parquet`)
}

/**
 * The manifest to continue in `folder`: an empty one for a new folder, the one found when it is of the same market.
 * Anything else is refused with a {@link UserError}, unless `force` gives the folder to the new market; the days that
 * an old manifest lists are then removed.
 */
export async function openManifest(folder: string, spec: SynthSpec, force: boolean): Promise<SynthManifest> {
  const fresh: SynthManifest = { schema: 'dolphin.synth/1', version: SYNTH_VERSION, spec, days: {} }
  const path = join(folder, MANIFEST)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new UserError({ place: path, message: `cannot read the manifest: ${error.message}` })
  })
  if (text === undefined) {
    if (!force) await refuseForeignDays(folder)
    return fresh
  }
  const manifest = parseManifest(text)
  const difference = manifest === undefined ? 'no manifest of synthetic days' : differenceBetween(manifest, fresh)
  if (difference === undefined) return manifest!
  if (!force) {
    throw new UserError(
      { place: path, message: `the folder holds another market: ${difference}` },
      { hint: 'Give another --out, the same options as before, or --force to replace the days.' },
    )
  }
  await removeMarket(folder, manifest)
  return fresh
}

/** Removes what a manifest lists, and nothing else: two markets in one folder would pass for one. */
async function removeMarket(folder: string, manifest: SynthManifest | undefined): Promise<void> {
  for (const date of Object.keys(manifest?.days ?? {})) {
    if (isDate(date)) await rm(dayPath(folder, date), { force: true })
  }
  await rm(join(folder, MANIFEST), { force: true })
}

export async function writeManifest(folder: string, manifest: SynthManifest): Promise<void> {
  const days = Object.fromEntries(Object.entries(manifest.days).sort(([a], [b]) => (a < b ? -1 : 1)))
  await writeAtomically(join(folder, MANIFEST), `${JSON.stringify({ ...manifest, days }, null, 2)}\n`)
}

/** Whether the file of `date` is on disk exactly as the manifest says. */
export async function isComplete(folder: string, date: IsoDate, day: SynthDay | undefined): Promise<boolean> {
  if (day === undefined) return false
  const bytes = await readFile(dayPath(folder, date)).catch(() => undefined)
  if (bytes === undefined || bytes.byteLength !== day.bytes) return false
  return createHash('sha256').update(bytes).digest('hex') === day.sha256
}

async function refuseForeignDays(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new UserError({ place: folder, message: `expected a folder, found ${error.message}` })
  })
  const day = names.find((name) => DAY_FILE.test(name))
  if (day === undefined) return
  throw new UserError(
    { place: folder, message: `expected a folder without days of another origin, found ${day} and no ${MANIFEST}` },
    { hint: 'Give another --out, or --force to write into this folder (days of the same dates are replaced).' },
  )
}

function parseManifest(text: string): SynthManifest | undefined {
  try {
    const manifest = JSON.parse(text) as Partial<SynthManifest> | null
    const complete = manifest?.schema === 'dolphin.synth/1' && isRecord(manifest.spec) && isRecord(manifest.days)
    return complete ? (manifest as SynthManifest) : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function differenceBetween(there: SynthManifest, wanted: SynthManifest): string | undefined {
  const differences = (Object.keys(wanted.spec) as (keyof SynthSpec)[])
    .filter((key) => there.spec[key] !== wanted.spec[key])
    .map((key) => `${key} ${found(there.spec[key])}, not ${found(wanted.spec[key])}`)
  if (there.version !== wanted.version) differences.push(`made by construction ${there.version}, not ${wanted.version}`)
  return differences.length === 0 ? undefined : differences.join('; ')
}

/** Thrown where a day cannot be written: a full disk, a folder without permission. */
export function writeFailure(path: string, error: unknown): UserError {
  const message = error instanceof Error ? error.message : String(error)
  return new UserError({ place: path, message: `cannot write: ${message}` }, { exitCode: EXIT.failed })
}
