import { readFileSync } from 'node:fs'
import { InputMistake } from '../../../base/mistakes.js'
import { dateOfEpochDay, epochDay, type IsoDate } from '../../../base/utc-date.js'
import { parseFactorsCsv } from '../../../config/factors-csv.js'
import type { BreakerTable } from '../../../core/breaker/breaker.js'
import { type W750Day, type W750Scans, w750OfDate } from '../../../core/breaker/scan-factors.js'
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
  readonly w750: W750Scans
}

/**
 * The breaker's daily table, one row per date and one for the date after the last: each row holds what was known at
 * 00:00 UTC of its date, so taker ratio and w750 velocity are those of the day before; with `first-10` the velocity is that of
 * the date's own first scans, as the source takes it. Of a day that is not over neither is known yet. Engine semantics, section 10.
 */
export function factorsCsv({ days, from, to, carried, w750 }: FactorsInput): string {
  const lines = ['date,funding_btc,dvol_btc,fng,taker,w750']
  const last = epochDay(to) + 1
  for (let day = epochDay(from); day <= last; day++) {
    const date = dateOfEpochDay(day)
    const other = carried?.get(date)
    const before = days[dateOfEpochDay(day - 1)]
    const cells = [
      other?.fundingBtc,
      other?.dvolBtc,
      other?.fng,
      (before?.incomplete === undefined ? before?.taker : undefined) ?? other?.taker,
      w750OfDate((other) => velocitiesOf(days, other, w750), date, w750),
    ]
    lines.push([date, ...cells.map((value) => (value === null || value === undefined ? '' : String(value)))].join(','))
  }
  return `${lines.join('\n')}\n`
}

function velocitiesOf(days: FactorsInput['days'], date: IsoDate, w750: W750Scans): W750Day | undefined {
  const day = days[date]
  if (day === undefined || (w750 === 'last-10' && day.incomplete !== undefined)) return undefined
  const { firstW750 = [], lastW750 } = day
  if (w750 === 'first-10' && day.firstW750 === undefined) {
    throw new InputMistake(
      { place: '--w750', message: `expected the first scans of ${date} in the manifest, found none` },
      { hint: 'An earlier version made this day: --force builds the folder anew.' },
    )
  }
  return { firstW750, lastW750 }
}
