import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { found, InputMistake } from '../../../base/mistakes.js'
import type { IsoDate } from '../../../base/utc-date.js'
import type { BuiltDay } from '../../../core/eigen/build-day.js'
import { SCANNER_SCHEMA, type ScannerSnapshot } from '../../../core/eigen/snapshot.js'
import { writeAtomically } from '../../../files/whole-file.js'
import type { KlineFile, SymbolDay } from '../../../ports/klines.js'
import type { ScanPrecision } from '../../../ports/vocabulary/scan.js'
import { dayPath, isIntact, type ListedFile, manifestText, parseManifest, refuseForeignDays } from '../day-folder.js'

/** What decides a folder's days beside the prices: another value is another folder. */
export interface BuildSpec {
  readonly symbols: readonly string[]
  readonly stepMs: number
  readonly precision: ScanPrecision
  /** First day asked for; null: from the first day of the input. */
  readonly from: IsoDate | null
  /** Research: fewer symbols than this and a window has no values; absent: as the scan is defined. */
  readonly minSymbols?: number
  readonly scanner: string
}

/** One day that is on disk; one that only warmed the windows up, or has no bar at all, has no file (`bytes` 0). */
export interface ManifestDay extends ListedFile {
  /** SHA-256 of the prices the day was made from. */
  readonly input: string
  readonly rows: number
  readonly gaps: BuiltDay['gaps']
  readonly missingSteps: number
  readonly longestHoleMs: number
  readonly duplicates: number
  readonly escalated: number
  /** BTCUSDT taker buy over taker sell volume; null where the input does not say. */
  readonly taker: number | null
  readonly lastW750: BuiltDay['lastW750']
  /** Absent where an earlier version made the day. */
  readonly firstW750?: BuiltDay['firstW750']
  /** The day is not over: the input ends at this UTC time. It is made again when there is more. */
  readonly incomplete?: string
  /** `off`: made from files that were not held against their `.CHECKSUM`. */
  readonly checksums?: 'off'
}

/** What a folder of built days was made from, so that a stopped or a longer run continues it. */
export interface BuildManifest {
  readonly schema: 'dolphin.build/1'
  readonly spec: BuildSpec
  readonly files: readonly KlineFile[]
  readonly days: Readonly<Record<IsoDate, ManifestDay>>
}

/** Where the scanner stood after a day. */
export interface BuildState {
  readonly schema: 'dolphin.build-state/1'
  readonly after: IsoDate
  readonly nextScan: number
  /** Open time of the last step; null where there was none yet. */
  readonly beforeMs: number | null
  readonly scanner: ScannerSnapshot
  /** The last day with prices where it is not over. */
  readonly open?: OpenDay
}

/** A day that was made before it was over. */
export interface OpenDay {
  readonly date: IsoDate
  /** SHA-256 of the prices that the scanner has seen of it; the manifest may already tell of more. */
  readonly input: string
  /** Where the scanner stood before it; null: nowhere yet. */
  readonly before: Omit<BuildState, 'open'> | null
}

const MANIFEST = 'build.json'
const STATE = 'build-state.json'

export function specOf(spec: Omit<BuildSpec, 'scanner'>): BuildSpec {
  return { ...spec, scanner: SCANNER_SCHEMA }
}

/**
 * The manifest to continue in `folder`: an empty one for a new folder, the one found when it is of the same build.
 * Anything else is refused. With `force` the folder begins anew, and what an old manifest lists is removed.
 */
export async function openBuild(folder: string, spec: BuildSpec, force: boolean): Promise<BuildManifest> {
  const fresh: BuildManifest = { schema: 'dolphin.build/1', spec, files: [], days: {} }
  const path = join(folder, MANIFEST)
  const text = await manifestText(path)
  if (text === undefined) {
    if (!force) await refuseForeignDays(folder, MANIFEST)
    return fresh
  }
  const manifest = parseManifest<BuildManifest>(text, 'dolphin.build/1')
  const difference = manifest === undefined ? 'no manifest of built days' : differenceBetween(manifest.spec, spec)
  if (manifest !== undefined && difference === undefined && !force) return manifest
  if (!force) {
    throw new InputMistake(
      { place: path, message: `the folder holds another build: ${difference}` },
      { hint: 'Give another --out, the same options as before, or --force to build the folder anew.' },
    )
  }
  await removeBuild(folder, manifest)
  return fresh
}

/** Removes what a manifest lists, the manifest and the state, and nothing else. */
export async function removeBuild(folder: string, manifest: BuildManifest | undefined): Promise<void> {
  for (const date of Object.keys(manifest?.days ?? {})) await rm(dayPath(folder, date), { force: true })
  await rm(join(folder, STATE), { force: true })
  await rm(join(folder, MANIFEST), { force: true })
}

export async function writeBuild(folder: string, manifest: BuildManifest): Promise<void> {
  const days = Object.fromEntries(Object.entries(manifest.days).sort(([a], [b]) => (a < b ? -1 : 1)))
  await writeAtomically(join(folder, MANIFEST), `${JSON.stringify({ ...manifest, days }, null, 1)}\n`)
}

/** The state after the last day that was finished; undefined where there is none, or it is not one of ours. */
export async function readState(folder: string): Promise<BuildState | undefined> {
  const text = await readFile(join(folder, STATE), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : parseManifest<BuildState>(text, 'dolphin.build-state/1')
}

export async function writeState(folder: string, state: BuildState): Promise<void> {
  await writeAtomically(join(folder, STATE), `${JSON.stringify(state)}\n`)
}

/** Whether a listed day is on disk exactly as the manifest says; a day without a file always is. */
export async function isBuilt(folder: string, date: IsoDate, day: ManifestDay | undefined): Promise<boolean> {
  return day !== undefined && (day.bytes === 0 || (await isIntact(folder, date, day)))
}

/** A hash of everything that a day is made from. */
export function inputHash(symbols: readonly string[], days: readonly (SymbolDay | undefined)[]): string {
  const hash = createHash('sha256')
  days.forEach((day, i) => {
    if (day === undefined) return
    hash.update(`${symbols[i]}\n`)
    for (const array of [day.openTimesMs, day.closes]) {
      hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    }
  })
  return hash.digest('hex')
}

/** Whether the input is, file by file, the one the manifest was made from. */
export function sameFiles(a: readonly KlineFile[], b: readonly KlineFile[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function differenceBetween(there: BuildSpec, wanted: BuildSpec): string | undefined {
  const keys = new Set([...Object.keys(wanted), ...Object.keys(there)] as (keyof BuildSpec)[])
  const differences = [...keys]
    .filter((key) => JSON.stringify(there[key]) !== JSON.stringify(wanted[key]))
    .map((key) =>
      key === 'symbols'
        ? symbolsDiffer(there.symbols, wanted.symbols)
        : `${key} ${found(there[key])}, not ${found(wanted[key])}`,
    )
  return differences.length === 0 ? undefined : differences.join('; ')
}

function symbolsDiffer(there: readonly string[], wanted: readonly string[]): string {
  const [more, fewer] = [wanted.filter((s) => !there.includes(s)), there.filter((s) => !wanted.includes(s))]
  if (more.length > 0) return `it was made without ${more.slice(0, 5).join(', ')}`
  return fewer.length > 0 ? `it was made with ${fewer.slice(0, 5).join(', ')} too` : 'its symbols are in another order'
}
