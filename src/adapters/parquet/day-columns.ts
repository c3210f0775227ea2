import { present } from '../../base/present.js'
import type { DayColumns, DayFile, EigenColumn } from '../../ports/days.js'
import type { DecodedDay } from './decode-day.js'

/** The day as the port gives it: views over the decoded buffer. What the values mean is not looked at. */
export function dayColumns(
  { date, path }: Pick<DayFile, 'date' | 'path'>,
  { rows, columns, buffer }: DecodedDay,
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
        assets.push(name)
        prices.push(values)
      }
    }
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
  }
}
