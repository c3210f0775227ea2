import { present } from '../../base/present.js'
import { epochDay, type IsoDate } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import type { BreakerTable } from '../breaker/breaker.js'
import { Xoshiro128 } from '../numeric/xoshiro128.js'
import type { OrderBookTable } from '../orderbook/table-order-book.js'

/** What takes the place of the data after a cut: nothing, or other data. */
export type Future = 'absent' | 'altered'

/** A bar up to which a run sees its data as they are. Everything after it is the cut's future. */
export interface Cut {
  readonly date: IsoDate
  /** The last row of that day that is left as it is. */
  readonly row: number
  /** The same bar as the engine counts it, over all days. */
  readonly bar: number
  readonly future: Future
  /** Makes the other data; unsigned 32-bit. */
  readonly seed: number
}

/** A day with another future, or undefined where that future has no such day. */
export function dayInFuture(columns: DayColumns, cut: Cut): DayColumns | undefined {
  if (columns.date < cut.date) return columns
  const row = columns.date === cut.date ? cut.row : -1
  if (cut.future === 'altered') return alterAfter(columns, row, streamOf(cut, epochDay(columns.date)))
  return row < 0 ? undefined : truncateAfter(columns, row)
}

/** The day's first rows, through `row`. The columns are views over the same memory. */
export function truncateAfter(columns: DayColumns, row: number): DayColumns {
  const bars = Math.min(row + 1, columns.bars)
  return {
    ...columns,
    bars,
    ...present({
      timestampNs: columns.timestampNs?.subarray(0, bars),
      scanNumber: columns.scanNumber?.subarray(0, bars),
    }),
    velDiv: columns.velDiv.subarray(0, bars),
    eigen: mapValues(columns.eigen, (values) => values.subarray(0, bars)),
    prices: columns.prices.map((prices) => prices.subarray(0, bars)),
  }
}

/**
 * The day with other prices and signals after `row`. One future is unlike the next: calm or wild, at other levels, full
 * of holes or without any, so that whatever a run might take from the future (a value, a gap, a percentile) is moved.
 */
export function alterAfter(columns: DayColumns, row: number, rng: Xoshiro128): DayColumns {
  const volatility = 10 ** rng.between(-5, -1.5)
  const holes = [0, 0.05, 0.5][rng.integer(0, 2)]!
  const signals = 10 ** rng.between(-2.5, -0.5)
  return {
    ...columns,
    velDiv: signalsAfter(columns.velDiv, row, signals, rng),
    eigen: mapValues(columns.eigen, (values) => signalsAfter(values, row, signals, rng)),
    prices: columns.prices.map((prices) => pricesAfter(prices, row, { volatility, holes }, rng)),
  }
}

/** The breaker's tables with another future: rows dated after the cut's day. Its own row was known at 00:00 UTC. */
export function breakerInFuture(table: BreakerTable, cut: Cut): BreakerTable {
  const rng = streamOf(cut, 0)
  // All on one side of what is known, so that a threshold taken over the future moves as far as it can.
  const known = [...table.w750.values()].filter((velocity) => velocity !== null && Number.isFinite(velocity))
  const reach = 2 * Math.max(1e-9, ...known.map((velocity) => Math.abs(velocity!)))
  const side = rng.double() < 0.5 ? -reach : reach
  return {
    ...table,
    factors: rowsInFuture(table.factors, cut, () => ({
      fundingBtc: rng.between(-0.001, 0.001),
      dvolBtc: rng.between(20, 120),
      fng: rng.between(0, 100),
      taker: rng.between(0.5, 1.5),
    })),
    w750: rowsInFuture(table.w750, cut, () => side * rng.between(1, 2)),
  }
}

/** The recorded order book with another future: rows of bars after the cut's. */
export function orderBookInFuture(table: OrderBookTable, cut: Cut): OrderBookTable {
  const rng = streamOf(cut, 0)
  const isPast = (row: { readonly bar: number }) => row.bar <= cut.bar
  if (cut.future === 'absent') return { ...table, rows: table.rows.filter(isPast), macro: table.macro.filter(isPast) }
  return {
    ...table,
    rows: table.rows.map((row) => {
      if (isPast(row)) return row
      const book = {
        imbalanceMa5: rng.between(-1, 1),
        persistence: rng.double(),
        withdrawalVelocity: rng.between(-0.5, 0.5),
        depthQuality: rng.between(0, 2),
        fillProbability: rng.double(),
      }
      return { ...row, book: rng.double() < 0.2 ? undefined : book }
    }),
    macro: table.macro.map((row) =>
      isPast(row) ? row : { ...row, macro: { cascadeCount: rng.integer(0, 1), regimeSignal: rng.integer(-1, 1) } },
    ),
  }
}

function signalsAfter(values: Float64Array, row: number, scale: number, rng: Xoshiro128): Float64Array {
  const altered = values.slice()
  for (let i = row + 1; i < altered.length; i++) {
    altered[i] = rng.double() < 0.05 ? NOT_A_NUMBER[rng.integer(0, 2)]! : rng.between(-scale, scale)
  }
  return altered
}

function pricesAfter(
  prices: Float64Array,
  row: number,
  { volatility, holes }: { readonly volatility: number; readonly holes: number },
  rng: Xoshiro128,
): Float64Array {
  const altered = prices.slice()
  const last = row < 0 ? Number.NaN : prices[row]!
  let price = (last > 0 && last < Number.POSITIVE_INFINITY ? last : 1) * 10 ** rng.between(-0.3, 0.3)
  for (let i = row + 1; i < altered.length; i++) {
    price *= 1 + volatility * rng.between(-1, 1)
    altered[i] = rng.double() < holes ? NOT_A_PRICE[rng.integer(0, 3)]! : price
  }
  return altered
}

const NOT_A_NUMBER = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
const NOT_A_PRICE = [Number.NaN, Number.NaN, 0, Number.POSITIVE_INFINITY]

function rowsInFuture<T>(rows: ReadonlyMap<IsoDate, T>, cut: Cut, other: () => T): ReadonlyMap<IsoDate, T> {
  const seen = new Map<IsoDate, T>()
  for (const [date, row] of rows) {
    if (date <= cut.date) seen.set(date, row)
    else if (cut.future === 'altered') seen.set(date, other())
  }
  return seen
}

/** A stream of its own for each part of a future, so that the parts may be made in any order. */
function streamOf(cut: Cut, part: number): Xoshiro128 {
  return new Xoshiro128(cut.seed, part)
}

function mapValues<K extends string>(
  record: Readonly<Partial<Record<K, Float64Array>>>,
  map: (values: Float64Array) => Float64Array,
): Partial<Record<K, Float64Array>> {
  return Object.fromEntries(
    Object.entries<Float64Array | undefined>(record).map(([key, values]) => [key, values && map(values)]),
  ) as Partial<Record<K, Float64Array>>
}
