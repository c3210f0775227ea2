import type { IsoDate } from '../../base/utc-date.js'
import type { DayColumns, EigenColumn } from '../../ports/days.js'
import { MISSING_INT64 } from './day-schema.js'
import type { DecodedDay } from './decode-day.js'
import { Refusal } from './refusal.js'
import { NS_PER_DAY } from './stored-values.js'

const NS_PER_MS = 1_000_000n

/** The day as the port gives it: views over the decoded buffer, with times checked against the date. */
export function dayColumns(date: IsoDate, { rows, columns, buffer }: DecodedDay): DayColumns {
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
  if (timestampNs !== undefined) checkTimes(date, timestampNs)
  return {
    date,
    bars: rows,
    ...(timestampNs === undefined ? {} : { timestampNs }),
    ...(scanNumber === undefined ? {} : { scanNumber }),
    velDiv,
    eigen,
    assets,
    prices,
  }
}

/** Refuses times that are missing, not strictly increasing or outside the UTC day. Source: spec section 13. */
function checkTimes(date: IsoDate, times: BigInt64Array): void {
  const rows = times.length
  if (rows === 0) return
  const row = firstNotIncreasing(times)
  const missing = times[0] === MISSING_INT64 ? 0 : row < rows && times[row] === MISSING_INT64 ? row : -1
  if (missing >= 0) throw new Refusal('a time in every row', 'null', { column: 'timestamp', row: missing })
  const dayStart = BigInt(Date.parse(`${date}T00:00:00Z`)) * NS_PER_MS
  const outside = times[0]! < dayStart ? 0 : times[rows - 1]! >= dayStart + NS_PER_DAY ? rows - 1 : -1
  if (row < rows) {
    const found = `${times[row]} after ${times[row - 1]}`
    throw new Refusal('times that rise from row to row', found, { column: 'timestamp', row })
  }
  if (outside >= 0) {
    throw new Refusal(`times within ${date} UTC in nanoseconds`, `${times[outside]}`, {
      column: 'timestamp',
      row: outside,
    })
  }
}

/** Compares 32-bit halves: a BigInt per row would cost 40 times as much. */
function firstNotIncreasing(times: BigInt64Array): number {
  const low = new Uint32Array(times.buffer, times.byteOffset, times.length * 2)
  const high = new Int32Array(times.buffer, times.byteOffset, times.length * 2)
  for (let i = 1; i < times.length; i++) {
    const rise = high[2 * i + 1]! - high[2 * i - 1]!
    if (rise < 0 || (rise === 0 && low[2 * i]! <= low[2 * i - 2]!)) return i
  }
  return times.length
}
