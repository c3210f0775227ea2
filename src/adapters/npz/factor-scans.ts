import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataRefused, found, InputMistake } from '../../base/mistakes.js'
import { type IsoDate, isDate } from '../../base/utc-date.js'
import { reason } from '../../files/reason.js'
import { ZipFault } from '../../files/zip-archive.js'
import { type FactorScanDay, SCAN_FACTORS, type ScanFactor, unlikeFactor } from '../../ports/factor-scans.js'
import { NpyFault, readNpyNumber } from './npy-array.js'
import { NpzFile } from './npz-file.js'

/** The array of each factor, where its name is another one. */
export type ArrayNames = Readonly<Record<ScanFactor, string>>

/** As the source's scanner writes them. Source: system bible §3.2 and §10.2. */
export const ARRAY_NAMES: ArrayNames = Object.freeze({
  funding_btc: 'funding_btc',
  dvol_btc: 'dvol_btc',
  fng: 'fng',
  taker: 'taker',
  w750: 'lambda_vel_w750',
})

export interface FactorScans {
  /** In date order. */
  readonly days: readonly FactorScanDay[]
  /** SHA-256 over the names and contents of the files that were read. */
  readonly sha256: string
}

const SCAN_FILE = /^scan_(\d+)__(Indicators|scan_global)\.npz$/

/**
 * Reads the factors of scans from `<folder>/YYYY-MM-DD/scan_NNNNNN__Indicators.npz` and `…__scan_global.npz`, or the same
 * below `<folder>/eigenvalues`. Of each date only the first and, for the velocities, the last `scansPerDate` scans are
 * opened. An array that a file lacks, and one that holds no finite number, is a missing value.
 *
 * @throws InputMistake where the folder holds no such files; DataRefused with file, array, expected and found.
 */
export function readFactorScans(folder: string, scansPerDate: number, names: ArrayNames = ARRAY_NAMES): FactorScans {
  const root = namesIn(folder).includes('eigenvalues') ? join(folder, 'eigenvalues') : folder
  const reading = new Reading(root, names)
  const days: FactorScanDay[] = []
  for (const date of namesIn(root).filter(isDate).sort()) {
    const day = reading.day(date, scansPerDate)
    if (day !== undefined) days.push(day)
  }
  if (days.length === 0) {
    const message = 'expected files YYYY-MM-DD/scan_NNNNNN__Indicators.npz, found none'
    throw new InputMistake({ place: folder, message })
  }
  reading.refuseOtherArrays(folder)
  return { days, sha256: reading.sha256() }
}

/** One walk through a folder. */
class Reading {
  private readonly hash = createHash('sha256')
  private readonly arrays = new Set<string>()
  private values = 0

  constructor(
    private readonly root: string,
    private readonly names: ArrayNames,
  ) {}

  /** Undefined where the date has no scans. */
  day(date: IsoDate, scansPerDate: number): FactorScanDay | undefined {
    const scans = scansOf(join(this.root, date))
    if (scans.indicators.length + scans.global.length === 0) return undefined
    const first = scans.indicators.slice(0, scansPerDate).map((name) => {
      const file = this.open(date, name)
      const value = (factor: ScanFactor) => this.value(file, factor)
      return {
        funding_btc: value('funding_btc'),
        dvol_btc: value('dvol_btc'),
        fng: value('fng'),
        taker: value('taker'),
      }
    })
    const velocities = new Map<string, number | null>()
    const velocity = (name: string): number | null => {
      const known = velocities.get(name)
      if (known !== undefined) return known
      const read = this.value(this.open(date, name), 'w750')
      velocities.set(name, read)
      return read
    }
    const firstW750 = scans.global.slice(0, scansPerDate).map(velocity)
    return { date, first, firstW750, lastW750: scans.global.slice(-scansPerDate).map(velocity) }
  }

  /** A folder of other arrays would pass for one in which every factor is missing. */
  refuseOtherArrays(folder: string): void {
    if (this.values > 0) return
    const expected = SCAN_FACTORS.map((factor) => this.names[factor]).join(', ')
    const others = [...this.arrays].sort().slice(0, 12).join(', ')
    throw new DataRefused(
      { place: folder, message: `expected any of the arrays ${expected}, found ${others === '' ? 'none' : others}` },
      { hint: 'Arrays of other names are given with --factor-names.' },
    )
  }

  sha256(): string {
    return this.hash.digest('hex')
  }

  private open(date: IsoDate, name: string): OpenedScan {
    const path = join(this.root, date, name)
    try {
      const bytes = readFileSync(path)
      this.hash.update(`${date}/${name} ${createHash('sha256').update(bytes).digest('hex')}\n`)
      const npz = new NpzFile(bytes)
      for (const array of npz.names) this.arrays.add(array)
      return { path, npz }
    } catch (error) {
      throw refusal(path, error)
    }
  }

  private value({ path, npz }: OpenedScan, factor: ScanFactor): number | null {
    const name = this.names[factor]
    try {
      const bytes = npz.member(name)
      if (bytes === undefined) return null
      this.values++
      const value = readNpyNumber(bytes)
      if (!Number.isFinite(value)) return null
      const expected = unlikeFactor(factor, value)
      if (expected !== undefined) throw new NpyFault(expected, `${value}`)
      return value
    } catch (error) {
      throw refusal(`${path}!${name}`, error)
    }
  }
}

interface OpenedScan {
  readonly path: string
  readonly npz: NpzFile
}

/** The files of a date in the order of their scans. */
function scansOf(folder: string): { readonly indicators: readonly string[]; readonly global: readonly string[] } {
  const scans = namesIn(folder).flatMap((name) => {
    const [, number, kind] = SCAN_FILE.exec(name) ?? []
    return number === undefined ? [] : [{ name, number: Number(number), kind }]
  })
  scans.sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1))
  const of = (wanted: string) => scans.filter(({ kind }) => kind === wanted).map(({ name }) => name)
  return { indicators: of('Indicators'), global: of('scan_global') }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw new InputMistake({ place: folder, message: `cannot read it: ${reason(error)}` })
  }
}

function refusal(place: string, error: unknown): Error {
  if (error instanceof NpyFault || error instanceof ZipFault) {
    return new DataRefused({ place, message: `expected ${error.expected}, found ${error.found}` })
  }
  return new DataRefused({ place, message: `cannot read it: ${reason(error)}` })
}

/**
 * Names of arrays as a person gives them, `taker=taker_ratio,fng=fear_greed`, over {@link ARRAY_NAMES}.
 *
 * @throws InputMistake with every wrong part.
 */
export function parseArrayNames(text: string, place: string): ArrayNames {
  const names: Record<ScanFactor, string> = { ...ARRAY_NAMES }
  const problems = text.split(',').flatMap((part) => {
    const [, factor, name] = /^\s*(\w+)\s*=\s*([^,=\s]+)\s*$/.exec(part) ?? []
    const known = SCAN_FACTORS.find((candidate) => candidate === factor)
    if (known !== undefined && name !== undefined) {
      names[known] = name
      return []
    }
    const message = `expected <factor>=<array> with one of ${SCAN_FACTORS.join(', ')}, found ${found(part.trim())}`
    return [{ place, message }]
  })
  if (problems.length > 0) throw new InputMistake(problems)
  return names
}
