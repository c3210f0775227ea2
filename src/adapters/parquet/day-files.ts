import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { listOf, refuse, text } from '../../base/arguments.js'
import type { IsoDate } from '../../base/utc-date.js'
import type { DayFile } from '../../ports/days.js'

/**
 * Day files among `inputs`: files `YYYY-MM-DD.parquet`, files in a Hive folder `date=YYYY-MM-DD`, or folders of either.
 * Sorted by date. Other names are passed over in a folder and refused when given themselves, as are a path that does
 * not exist, a folder without a day and a date that occurs twice; each error says which path and what was expected.
 */
export async function findDayFiles(inputs: readonly string[]): Promise<DayFile[]> {
  return [...(await searchDayFiles(inputs)).files]
}

/** What folders hold: day files, and files that may be meant as days and are none by their names. */
export interface FoundDays {
  readonly files: readonly DayFile[]
  /** Paths of Parquet files of other names, of misspelt dates, and of unfinished downloads. */
  readonly passedOver: readonly string[]
}

/** As {@link findDayFiles}, with the files that it passes over though somebody may take them for days. */
export async function searchDayFiles(inputs: readonly string[]): Promise<FoundDays> {
  refuse(listOf(text)(inputs, 'inputs'))
  const found: DayFile[] = []
  const passedOver: string[] = []
  for (const input of inputs) found.push(...(await daysOf(input, passedOver)))
  found.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
  for (let i = 1; i < found.length; i++) {
    const [earlier, later] = [found[i - 1]!, found[i]!]
    if (earlier.date === later.date) {
      throw new Error(`one file per date expected, found two of ${earlier.date}: ${earlier.path} and ${later.path}`)
    }
  }
  return { files: found, passedOver }
}

const DAY_FILE = /^(\d{4}-\d{2}-\d{2})\.(?:parquet|pq)$/i
const HIVE_FOLDER = /^date=(\d{4}-\d{2}-\d{2})$/
/** Parquet of another name, a date that is none or is written otherwise, and either as an unfinished download. */
const LIKE_A_DAY = /^(?:[^._].*\.(?:parquet|pq)(?:\.[^.]+)?|(?:date=)?\d{4}[-_.]?\d{1,2}[-_.]?\d{1,2}(?:\..*)?)$/i
const PARQUET_FILE = /^[^._].*\.(?:parquet|pq)$/i

async function daysOf(input: string, passedOver: string[]): Promise<DayFile[]> {
  const entry = await stat(input).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${input}: a day file or a folder of them expected, found ${reasonOf(error)}`)
  })
  if (!entry.isDirectory()) {
    const date = dateOfFile(input)
    if (date === undefined) {
      throw new Error(`${input}: a name like 2026-01-05.parquet or date=2026-01-05/part-0.parquet expected`)
    }
    return [{ date, path: input, bytes: entry.size }]
  }
  const days =
    hiveDate(basename(input)) === undefined ? await daysInFolder(input, passedOver) : await daysInHiveFolder(input)
  if (days.length === 0) {
    const names = passedOver.slice(0, 3).map((path) => basename(path))
    const instead = names.length === 0 ? 'none' : `only ${names.join(', ')}${passedOver.length > 3 ? ', …' : ''}`
    throw new Error(
      `${input}: files like 2026-01-05.parquet or date=2026-01-05/part-0.parquet expected, found ${instead}`,
    )
  }
  return days
}

async function daysInFolder(folder: string, passedOver: string[]): Promise<DayFile[]> {
  const days: DayFile[] = []
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name)
    if (hiveDate(name) !== undefined) {
      const entry = await stat(path)
      if (entry.isDirectory()) days.push(...(await daysInHiveFolder(path)))
    } else {
      const date = dateOfFile(path)
      if (date === undefined) {
        if (LIKE_A_DAY.test(name)) passedOver.push(path)
        continue
      }
      const entry = await stat(path)
      if (entry.isFile()) days.push({ date, path, bytes: entry.size })
    }
  }
  return days
}

async function daysInHiveFolder(folder: string): Promise<DayFile[]> {
  const date = hiveDate(basename(folder))!
  const days: DayFile[] = []
  for (const name of (await readdir(folder)).sort()) {
    if (!PARQUET_FILE.test(name)) continue
    const path = join(folder, name)
    const entry = await stat(path)
    if (entry.isFile()) days.push({ date, path, bytes: entry.size })
  }
  return days
}

/** The date in the file's name, else in the Hive folder it lies in. */
function dateOfFile(path: string): IsoDate | undefined {
  const name = basename(path)
  return (
    validDate(DAY_FILE.exec(name)?.[1]) ?? (PARQUET_FILE.test(name) ? hiveDate(basename(dirname(path))) : undefined)
  )
}

function hiveDate(folderName: string): IsoDate | undefined {
  return validDate(HIVE_FOLDER.exec(folderName)?.[1])
}

/** 2026-02-30 is no date. */
function validDate(text: string | undefined): IsoDate | undefined {
  if (text === undefined) return undefined
  const time = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? undefined : text
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code === 'ENOENT' ? 'nothing there' : error.message
}
