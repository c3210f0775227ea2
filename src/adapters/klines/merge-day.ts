import { KlineError, type SymbolDay } from '../../ports/klines.js'
import { ROW } from './row-store.js'

/** What one file has for a symbol and day. */
export interface DayPart {
  readonly label: string
  /** `ROW` numbers a row, in file order. */
  readonly rows: Float64Array
  readonly hasVolume: boolean
  readonly hasTakerBuyVolume: boolean
}

const [TIME, CLOSE, VOLUME, TAKER, LINE] = [0, 1, 2, 3, 4] as const

/**
 * The bars of one symbol and day from all files that have any, in time order. Rows of the same time must agree; a
 * volume that one of them lacks is taken from another. Throws KlineError naming both places where they do not.
 */
export function mergeDay(symbol: string, parts: readonly DayPart[]): SymbolDay | undefined {
  const rows = inTimeOrder(parts)
  const count = rows.length / (ROW + 1)
  if (count === 0) return undefined
  const [times, closes] = [new Float64Array(count), new Float64Array(count)]
  const [volume, taker] = [new Float64Array(count), new Float64Array(count)]
  let kept = 0
  let first = 0
  for (let at = 0; at < rows.length; at += ROW + 1) {
    if (kept > 0 && rows[at + TIME] === times[kept - 1]) {
      const agree = (field: number, known: number) => {
        const value = rows[at + field]!
        if (value !== known && !Number.isNaN(value) && !Number.isNaN(known))
          throw conflict(symbol, parts, rows, first, at)
        return Number.isNaN(known) ? value : known
      }
      agree(CLOSE, closes[kept - 1]!)
      volume[kept - 1] = agree(VOLUME, volume[kept - 1]!)
      taker[kept - 1] = agree(TAKER, taker[kept - 1]!)
      continue
    }
    first = at
    times[kept] = rows[at + TIME]!
    closes[kept] = rows[at + CLOSE]!
    volume[kept] = rows[at + VOLUME]!
    taker[kept] = rows[at + TAKER]!
    kept++
  }
  const cut = (values: Float64Array) => (kept === count ? values : values.slice(0, kept))
  return {
    openTimesMs: cut(times),
    closes: cut(closes),
    ...(parts.some((part) => part.hasVolume) ? { volume: cut(volume) } : {}),
    ...(parts.some((part) => part.hasTakerBuyVolume) ? { takerBuyVolume: cut(taker) } : {}),
    duplicates: count - kept,
  }
}

/** All rows by time, then by file and line, each with the number of its part behind it. */
function inTimeOrder(parts: readonly DayPart[]): Float64Array {
  const stride = ROW + 1
  let count = 0
  for (const part of parts) count += part.rows.length / ROW
  const all = new Float64Array(count * stride)
  let to = 0
  let sorted = true
  for (const [index, { rows }] of parts.entries()) {
    for (let at = 0; at < rows.length; at += ROW, to += stride) {
      for (let i = 0; i < ROW; i++) all[to + i] = rows[at + i]!
      all[to + ROW] = index
      if (to > 0 && all[to]! < all[to - stride]!) sorted = false
    }
  }
  if (sorted) return all
  // Stable by the position, which is the order of files and lines.
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => all[a * stride]! - all[b * stride]! || a - b,
  )
  const result = new Float64Array(all.length)
  for (let i = 0; i < count; i++) {
    const from = order[i]! * stride
    result.set(all.subarray(from, from + stride), i * stride)
  }
  return result
}

function conflict(
  symbol: string,
  parts: readonly DayPart[],
  rows: Float64Array,
  first: number,
  second: number,
): KlineError {
  const place = (at: number) => `${parts[rows[at + ROW]!]!.label}:${rows[at + LINE]}`
  const values = (at: number) =>
    `close ${rows[at + CLOSE]}, volume ${rows[at + VOLUME]}, taker buy volume ${rows[at + TAKER]}`
  const time = new Date(rows[second + TIME]!).toISOString()
  return new KlineError(
    place(second),
    `the same values of ${symbol} at ${time} as in ${place(first)} (${values(first)})`,
    values(second),
  )
}
