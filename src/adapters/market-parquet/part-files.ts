import { open, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { dateOfEpochMs, type IsoDate, isDate } from '../../base/utc-date.js'
import type { MarketTable } from '../../ports/market-recording.js'
import { MARKS_BYTES_MAX, type NumberRange, numbersOf } from './part-marks.js'

/** A file of a table's rows of one date. */
export interface PartFile {
  readonly table: MarketTable
  readonly date: IsoDate
  readonly path: string
}

/** Where a table's rows of a date lie. */
export function dateFolder(folder: string, table: MarketTable, date: IsoDate): string {
  return join(folder, table, `date=${date}`)
}

export function partName(number: number): string {
  return `part-${String(number).padStart(3, '0')}.parquet`
}

/** The number of a part, undefined for the name of any other file. */
export function partNumber(name: string): number | undefined {
  const digits = /^part-(\d{3,})\.parquet$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** Times of which there is no date belong to the first or the last. */
export function dateOfRow(ms: number): IsoDate {
  return dateOfEpochMs(Math.min(Math.max(ms, 0), LAST_MS))
}

/** 9999-12-31, behind which dates have another form. */
const LAST_MS = 253_402_300_799_999

/** The dates that a table has rows of, in order. */
export async function datesOf(folder: string, table: MarketTable): Promise<IsoDate[]> {
  const names = await namesIn(join(folder, table))
  return names
    .filter((name) => name.startsWith('date='))
    .map((name) => name.slice('date='.length))
    .filter(isDate)
    .sort()
}

/** The parts of a date, in the order in which they were written. */
export async function partsOf(folder: string, table: MarketTable, date: IsoDate): Promise<PartFile[]> {
  const of = dateFolder(folder, table, date)
  const numbered = (await namesIn(of)).flatMap((name) => {
    const number = partNumber(name)
    return number === undefined ? [] : [{ number, path: join(of, name) }]
  })
  return numbered.sort((a, b) => a.number - b.number).map(({ path }) => ({ table, date, path }))
}

/** The number that the next part of a date gets. */
export async function nextPart(folder: string, table: MarketTable, date: IsoDate): Promise<number> {
  const last = (await partsOf(folder, table, date)).at(-1)
  return last === undefined ? 1 : partNumber(basename(last.path))! + 1
}

/** First and last `n` of a part, of its last bytes. Throws `PartRefused`. */
export async function numberRange(path: string): Promise<NumberRange> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const tail = Buffer.alloc(Math.min(size, MARKS_BYTES_MAX))
    await file.read(tail, 0, tail.length, size - tail.length)
    return numbersOf(tail)
  } finally {
    await file.close()
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}
