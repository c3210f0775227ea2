import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { IsoDate } from '../../base/utc-date.js'
import type { DayFile } from '../../ports/days.js'
import { RECORDING_FILE } from '../../runtime/services/scan/recording-manifest.js'

/** The days among `files` that were built before they were over, a sentence each, as the manifest beside them says. */
export function incompleteDays(files: readonly DayFile[]): readonly string[] {
  const manifests = new Map<string, ManifestDays>()
  return files.flatMap(({ date, path }) => {
    const folder = dirname(path)
    const days = manifests.get(folder) ?? manifestDays(folder)
    manifests.set(folder, days)
    const { incomplete, isRecorded } = (basename(path) === `${date}.parquet` ? days[date] : undefined) ?? {}
    if (incomplete === undefined) return []
    return [isRecorded === true ? recordedSoFar(date, incomplete) : notOver(date, incomplete)]
  })
}

/** The same words at a build and at a run over the day. */
export function notOver(date: IsoDate, until: string): string {
  return `${date} is not over: its prices end at ${until.slice(11, 19)} UTC; the same build completes it when the rest is there`
}

function recordedSoFar(date: IsoDate, until: string): string {
  return `${date} was not over when it was recorded: its last step is of ${until.slice(11, 19)} UTC; a recording that goes on completes it`
}

type ManifestDays = Readonly<
  Record<IsoDate, { readonly incomplete?: string; readonly isRecorded?: boolean } | undefined>
>

/** None where there is no manifest of built or recorded days; whether it is sound is for whoever writes it next to say. */
function manifestDays(folder: string): ManifestDays {
  const recorded = Object.entries(daysIn(join(folder, RECORDING_FILE))).map(
    ([date, day]) => [date, { ...day, isRecorded: true }] as const,
  )
  return { ...daysIn(join(folder, 'build.json')), ...Object.fromEntries(recorded) }
}

function daysIn(path: string): ManifestDays {
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { readonly days?: ManifestDays }
    return manifest.days ?? {}
  } catch {
    return {}
  }
}
