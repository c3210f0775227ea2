import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { found, InputMistake, Mistake } from '../../../base/mistakes.js'
import { type IsoDate, isDate } from '../../../base/utc-date.js'
import type { Plant } from '../../../core/days/planted-cascades.js'
import { SYNTH_VERSION, type SynthSpec } from '../../../core/days/synthesize.js'
import { writeAtomically } from '../../../files/whole-file.js'
import { dayPath, isIntact, type ListedFile, manifestText, parseManifest, refuseForeignDays } from '../day-folder.js'

/** What a folder of synthetic days was made from, so that an interrupted or a longer run can continue it. */
export interface SynthManifest {
  readonly schema: 'dolphin.synth/1'
  /** Construction of the market; days of another version are another market. */
  readonly version: number
  readonly spec: SynthSpec
  /** What was planted into the prices; absent: nothing. */
  readonly plant?: Plant
  /** By date: what was written. */
  readonly days: Readonly<Record<IsoDate, SynthDay>>
}

export type SynthDay = ListedFile

const MANIFEST = 'synth.json'
/**
 * The manifest to continue in `folder`: an empty one for a new folder, the one found when it is of the same market.
 * Anything else is refused with a {@link Mistake}, unless `force` gives the folder to the new market; the days that
 * an old manifest lists are then removed.
 */
export async function openManifest(
  folder: string,
  { spec, plant }: { readonly spec: SynthSpec; readonly plant: Plant | undefined },
  force: boolean,
): Promise<SynthManifest> {
  const planted = plant === undefined ? {} : { plant }
  const fresh: SynthManifest = { schema: 'dolphin.synth/1', version: SYNTH_VERSION, spec, ...planted, days: {} }
  const path = join(folder, MANIFEST)
  const text = await manifestText(path)
  if (text === undefined) {
    if (!force) await refuseForeignDays(folder, MANIFEST)
    return fresh
  }
  const manifest = readManifest(text)
  const difference = manifest === undefined ? 'no manifest of synthetic days' : differenceBetween(manifest, fresh)
  if (difference === undefined) return manifest!
  if (!force) {
    throw new InputMistake(
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
  return day !== undefined && isIntact(folder, date, day)
}

function readManifest(text: string): SynthManifest | undefined {
  const manifest = parseManifest<SynthManifest>(text, 'dolphin.synth/1')
  return manifest !== undefined && isRecord(manifest.spec) && isRecord(manifest.days) ? manifest : undefined
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function differenceBetween(there: SynthManifest, wanted: SynthManifest): string | undefined {
  const differences = (Object.keys(wanted.spec) as (keyof SynthSpec)[])
    .filter((key) => there.spec[key] !== wanted.spec[key])
    .map((key) => `${key} ${found(there.spec[key])}, not ${found(wanted.spec[key])}`)
  if (there.version !== wanted.version) differences.push(`made by construction ${there.version}, not ${wanted.version}`)
  const [planted, wish] = [plantText(there.plant), plantText(wanted.plant)]
  if (planted !== wish) differences.push(`${planted}, not ${wish}`)
  return differences.length === 0 ? undefined : differences.join('; ')
}

function plantText(plant: Plant | undefined): string {
  if (plant === undefined) return 'no liquidations'
  const { symbols, cascadesPerDay, tradesPerSecond } = plant
  return `liquidations of ${symbols} (${cascadesPerDay} cascades a day, ${tradesPerSecond} trades a second)`
}
