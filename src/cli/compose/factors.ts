import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { parseArrayNames, readFactorScans } from '../../adapters/npz/factor-scans.js'
import { InputMistake } from '../../base/mistakes.js'
import { parseFactorsCsv } from '../../config/factors-csv.js'
import type { BreakerTable } from '../../core/breaker/breaker.js'
import { SCANS_PER_DATE } from '../../core/breaker/daily-factors.js'
import { scanFactors, type W750Scans } from '../../core/breaker/scan-factors.js'
import { reason } from '../../files/reason.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'

export interface FactorsPlace {
  /** A CSV of daily rows, or a folder of scans (NPZ). */
  readonly factors: string
  /** Names of arrays, `taker=taker_ratio,…`; for scans alone. */
  readonly factorNames?: string
  /** For scans alone. */
  readonly w750?: W750Scans
}

export interface Factors {
  readonly rows: Pick<BreakerTable, 'factors' | 'w750'>
  readonly sha256: string
  /** What the run's record says of them beside the hash. */
  readonly recorded: BacktestReport['settings']
}

/** Reads the breaker's factors. Throws `Mistake` with every wrong cell, or with the file and array that is wrong. */
export function readFactors(place: FactorsPlace): Factors {
  const { factors: path, factorNames, w750 = 'last-10' } = place
  if (isFolder(path)) {
    const names = factorNames === undefined ? undefined : parseArrayNames(factorNames, '--factor-names')
    const { days, sha256 } = readFactorScans(path, SCANS_PER_DATE, names)
    const recorded = { factor_scans: 'first 10 of each date: 50 s of look-ahead', w750_scans: w750 }
    return { rows: scanFactors(days, w750), sha256, recorded }
  }
  const ofScans = factorNames !== undefined ? '--factor-names' : place.w750 !== undefined ? '--w750' : undefined
  if (ofScans !== undefined) {
    throw new InputMistake({
      place: ofScans,
      message: `expected --factors with a folder of scans, found the file ${path}`,
    })
  }
  try {
    const bytes = readFileSync(path)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { rows: parseFactorsCsv(bytes.toString('utf8'), path), sha256, recorded: {} }
  } catch (error) {
    if (error instanceof InputMistake) throw error
    throw new InputMistake({ place: path, message: `cannot read it: ${reason(error)}` })
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
