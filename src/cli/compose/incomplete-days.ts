import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { IsoDate } from '../../base/utc-date.js'
import type { DayFile } from '../../ports/days.js'

/** The days among `files` that were built before they were over, a sentence each, as the manifest beside them says. */
export function incompleteDays(files: readonly DayFile[]): readonly string[] {
  const manifests = new Map<string, ManifestDays>()
  return files.flatMap(({ date, path }) => {
    const folder = dirname(path)
    const days = manifests.get(folder) ?? manifestDays(folder)
    manifests.set(folder, days)
    const until = basename(path) === `${date}.parquet` ? days[date]?.incomplete : undefined
    return until === undefined ? [] : [notOver(date, until)]
  })
}

/** The same words at a build and at a run over the day. */
export function notOver(date: IsoDate, until: string): string {
  return `${date} is not over: its prices end at ${until.slice(11, 19)} UTC; the same build completes it when the rest is there`
}

type ManifestDays = Readonly<Record<IsoDate, { readonly incomplete?: string } | undefined>>

/** None where there is no manifest of built days; whether it is sound is for the next build to say. */
function manifestDays(folder: string): ManifestDays {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8')) as { readonly days?: ManifestDays }
    return manifest.days ?? {}
  } catch {
    return {}
  }
}
