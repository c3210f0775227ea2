import { DataRefused } from '../../../base/mistakes.js'
import type { IsoDate } from '../../../base/utc-date.js'
import type { PriceOrigin } from '../../../ports/prices.js'
import type { ScanRecord } from '../../../ports/scan-archive.js'

/** What a recording is of: another value is another folder, or another day. */
export interface RecordedOf {
  readonly symbols: readonly string[]
  readonly stepMs: number
}

/** One step of a recording. Numbers in the order of the day's columns; NaN: none. */
export interface RecordedRow {
  readonly scanNumber: number
  readonly timestampNs: bigint
  /** `vel_div`, the velocities of the four windows, the instabilities of the first two. */
  readonly eigen: readonly number[]
  readonly prices: readonly number[]
  /** A letter for each symbol, see {@link ORIGIN_OF}; empty: not known. */
  readonly origins: string
}

/** Letters of a row by what they mean. */
export const ORIGIN_OF: Readonly<Record<string, PriceOrigin | 'none'>> = { m: 'mid', k: 'mark', '-': 'none' }

/** The first line of a day's file. */
export function headerOf({ symbols, stepMs }: RecordedOf, date: IsoDate): string {
  return JSON.stringify({ schema: 'dolphin.recorded-steps/1', date, stepMs, symbols })
}

/** @throws DataRefused where it is no such line. */
export function readHeader(line: string, path: string): RecordedOf & { readonly date: IsoDate } {
  const header = json(line) as Partial<RecordedOf & { schema: string; date: string }> | undefined
  if (header?.schema !== 'dolphin.recorded-steps/1') throw refusal(path, 1, 'the header of recorded steps')
  return header as RecordedOf & { readonly date: IsoDate }
}

/** A line of a day's file. */
export function rowOf(scan: ScanRecord, origins: readonly (PriceOrigin | null)[] | undefined): string {
  const [w50, w150, w300, w750] = scan.windows
  const eigen = [scan.velDiv, w50.velocity, w150.velocity, w300.velocity, w750.velocity, w50.instability]
  const letters = (origins ?? []).map((origin) => (origin === null ? '-' : origin === 'mid' ? 'm' : 'k')).join('')
  return JSON.stringify([
    scan.scanNumber,
    String(scan.timestampNs),
    // JSON has no NaN: it writes null.
    [...eigen, w150.instability],
    letters,
    Array.from(scan.prices),
  ])
}

/** @throws DataRefused where it is none. */
export function readRow(
  line: string,
  { path, line: number }: { readonly path: string; readonly line: number },
): RecordedRow {
  const row = json(line)
  if (!Array.isArray(row) || row.length !== 5) throw refusal(path, number, 'a recorded step')
  const [scanNumber, time, eigen, origins, prices] = row as [
    number,
    string,
    (number | null)[],
    string,
    (number | null)[],
  ]
  if (typeof scanNumber !== 'number' || !/^\d+$/.test(time) || !Array.isArray(eigen) || !Array.isArray(prices))
    throw refusal(path, number, 'a recorded step')
  const number_ = (value: number | null) => value ?? Number.NaN
  return { scanNumber, timestampNs: BigInt(time), eigen: eigen.map(number_), prices: prices.map(number_), origins }
}

function json(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function refusal(file: string, line: number, expected: string): DataRefused {
  return new DataRefused(
    { place: { file, line }, message: `expected ${expected}, found something else` },
    { hint: 'The file is damaged. Move it away: the steps of that day before now are then lost.' },
  )
}
