import { readFileSync } from 'node:fs'
import { InputMistake } from '../../../base/mistakes.js'
import { dateOfEpochDay, epochDay, type IsoDate } from '../../../base/utc-date.js'
import { parseFactorsCsv } from '../../../config/factors-csv.js'
import type { BreakerTable } from '../../../core/breaker/breaker.js'
import { medianOfLastScans, SCANS_PER_DATE } from '../../../core/breaker/daily-factors.js'
import { reason } from '../../../files/reason.js'
import type { ManifestDay } from './manifest.js'

/** Factors from elsewhere (funding, DVOL, Fear & Greed) that a built table carries along. */
export function factorsIn(path: string): BreakerTable['factors'] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputMistake({ place: path, message: `cannot read it: ${reason(error)}` })
  }
  return parseFactorsCsv(text, path).factors
}

export interface FactorsInput {
  readonly days: Readonly<Record<IsoDate, ManifestDay>>
  readonly from: IsoDate
  readonly to: IsoDate
  readonly carried: BreakerTable['factors'] | undefined
}

/**
 * The breaker's daily table, one row per date and one for the date after the last: each row holds what was known at
 * 00:00 UTC of its date, so taker ratio and w750 velocity are those of the day before. Engine semantics, section 10.
 */
export function factorsCsv({ days, from, to, carried }: FactorsInput): string {
  const lines = ['date,funding_btc,dvol_btc,fng,taker,w750']
  const last = epochDay(to) + 1
  for (let day = epochDay(from); day <= last; day++) {
    const date = dateOfEpochDay(day)
    const other = carried?.get(date)
    const cells = [
      other?.fundingBtc,
      other?.dvolBtc,
      other?.fng,
      days[dateOfEpochDay(day - 1)]?.taker ?? other?.taker,
      medianOfLastScans(scansBefore(days, day)),
    ]
    lines.push([date, ...cells.map((value) => (value === null || value === undefined ? '' : String(value)))].join(','))
  }
  return `${lines.join('\n')}\n`
}

/** The last scans before a date; a short day gives fewer, and the day before it the rest. */
function scansBefore(days: FactorsInput['days'], epoch: number): (number | null)[] {
  const scans: (number | null)[] = []
  for (let day = epoch - 1; scans.length < SCANS_PER_DATE; day--) {
    const built = days[dateOfEpochDay(day)]
    if (built === undefined) break
    scans.unshift(...built.lastW750.slice(-(SCANS_PER_DATE - scans.length)))
  }
  return scans
}
