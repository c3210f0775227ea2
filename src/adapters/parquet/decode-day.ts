import type { DayColumns, EigenColumn } from '../../ports/days.js'
import type { IsoDate } from '../../ports/market.js'
import { type DayPlan, planDay, type Role } from './day-schema.js'
import { parseFooter } from './footer.js'
import { decodeWithHyparquet } from './hyparquet-columns.js'

/** A decoded day as it travels between threads and into the cache: all columns one after another in one buffer. */
export interface DecodedDay {
  readonly rows: number
  readonly columns: readonly { readonly name: string; readonly role: Role }[]
  /** At least `rows × columns × 8` bytes. */
  readonly buffer: ArrayBuffer
}

/** Decodes a whole file. Throws a `Refusal` for anything that is not a usable day. */
export async function decodeDay(bytes: Uint8Array, eigen: boolean): Promise<DecodedDay> {
  const plan = planDay(parseFooter(bytes), eigen)
  const buffer = new ArrayBuffer(plan.rows * plan.columns.length * 8)
  await decodeWithHyparquet(bytes, plan, plan.columns, viewsOf(plan, buffer))
  return { rows: plan.rows, columns: plan.columns.map(({ source, role }) => ({ name: source.name, role })), buffer }
}

function viewsOf({ rows, columns }: DayPlan, buffer: ArrayBuffer): (Float64Array | BigInt64Array)[] {
  return columns.map(({ target }, i) =>
    target === 'float64' ? new Float64Array(buffer, i * rows * 8, rows) : new BigInt64Array(buffer, i * rows * 8, rows),
  )
}

/** Views over a decoded day. */
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
