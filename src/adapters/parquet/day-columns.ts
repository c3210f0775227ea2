import { present } from '../../base/present.js'
import { type DayColumns, DayError, type DayFile, type EigenColumn, type Rename } from '../../ports/days.js'
import type { DecodedDay } from './decode-day.js'

/**
 * The day as the port gives it: views over the decoded buffer. What the values mean is not looked at.
 *
 * @throws DayError on a day before a renaming that has a column of the new name, too.
 */
export function dayColumns(
  { date, path }: Pick<DayFile, 'date' | 'path'>,
  { rows, columns, otherColumns, buffer }: DecodedDay,
  renames: readonly Rename[] = [],
): DayColumns {
  const eigen: Partial<Record<EigenColumn, Float64Array>> = {}
  const assets: string[] = []
  const prices: Float64Array[] = []
  let velDiv = new Float64Array(0)
  let timestampNs: BigInt64Array | undefined
  let scanNumber: BigInt64Array | undefined
  for (const [i, { name, role }] of columns.entries()) {
    const at = i * rows * 8
    if (role === 'timestamp') timestampNs = new BigInt64Array(buffer, at, rows)
    else if (role === 'scan') scanNumber = new BigInt64Array(buffer, at, rows)
    else {
      const values = new Float64Array(buffer, at, rows)
      if (role === 'signal') velDiv = values
      else if (role === 'eigen') eigen[name as EigenColumn] = values
      else {
        assets.push(renamed(name))
        prices.push(values)
      }
    }
  }
  const twice = assets.find((name, i) => assets.indexOf(name) < i)
  if (twice !== undefined) {
    throw new DayError({ file: path, column: twice }, `no column of the new name before it is one`, 'both names')
  }
  return {
    date,
    path,
    bars: rows,
    ...present({ timestampNs, scanNumber }),
    velDiv,
    eigen,
    assets,
    prices,
    ...(otherColumns.length === 0 ? {} : { otherColumns }),
  }

  function renamed(name: string): string {
    return renames.find((rename) => rename.from === name && date < rename.date)?.to ?? name
  }
}
