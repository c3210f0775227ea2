import { unreachable } from '../../base/assert.js'
import { present } from '../../base/present.js'
import { isPrice } from '../../base/price.js'
import { epochDay, type IsoDate } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import type { BreakerTable } from '../breaker/breaker.js'
import { Xoshiro128 } from '../numeric/xoshiro128.js'
import type { OrderBookTable } from '../orderbook/table-order-book.js'

/**
 * What takes the place of the data after a cut: nothing; prices above or below the last one that was seen, with signals to the
 * same side; no price and no signal; other data, calm or wild. What a run takes from the future differs in one of them at
 * least: a comparison with a later price comes out otherwise above it or below it, and a gap is or is not there.
 */
export const FUTURES = ['absent', 'higher', 'lower', 'missing', 'altered'] as const
export type Future = (typeof FUTURES)[number]

/** A bar up to which a run sees its data as they are. */
export interface CutBar {
  readonly date: IsoDate
  /** The last row of that day that is left as it is, counted from 0. */
  readonly row: number
  /** The same bar as the engine counts it, over all days. */
  readonly bar: number
}

/** A cut with what comes after it. */
export interface Cut extends CutBar {
  readonly future: Future
  /** Makes the other data; unsigned 32-bit. */
  readonly seed: number
}

/** A day with another future, or undefined where that future has no such day. */
export function dayInFuture(columns: DayColumns, cut: Cut): DayColumns | undefined {
  if (columns.date < cut.date) return columns
  const row = columns.date === cut.date ? cut.row : -1
  if (cut.future !== 'absent') return alterAfter(columns, row, cut.future, streamOf(cut, epochDay(columns.date)))
  return row < 0 ? undefined : truncateAfter(columns, row)
}

/** The day's first rows, through `row`. The columns are views over the same memory. */
export function truncateAfter(columns: DayColumns, row: number): DayColumns {
  return rowsOf(columns, 0, Math.min(row + 1, columns.bars))
}

/** The day's rows from one on, as views over the same memory. */
export function fromRow(columns: DayColumns, row: number): DayColumns {
  return rowsOf(columns, row, columns.bars)
}

/** The day with another future after `row`, in arrays of its own. */
export function alterAfter(
  columns: DayColumns,
  row: number,
  future: Exclude<Future, 'absent'>,
  rng: Xoshiro128,
): DayColumns {
  const { signals, prices } = changesTo(future, columns.bars, rng)
  const changed = (values: Float64Array, change: Change): Float64Array => {
    const altered = values.slice()
    change(altered, row)
    return altered
  }
  return {
    ...columns,
    velDiv: changed(columns.velDiv, signals),
    eigen: mapValues(columns.eigen, (values) => changed(values, signals)),
    prices: columns.prices.map((values) => changed(values, prices)),
  }
}

/** The breaker's tables with another future: rows dated after the cut's day. Its own row was known at 00:00 UTC. */
export function breakerInFuture(table: BreakerTable, cut: Cut): BreakerTable {
  const rng = streamOf(cut, 0)
  // All on one side of what is known, so that a threshold taken over the future moves as far as it can.
  const known = [...table.w750.values()].filter((velocity) => velocity !== null && Number.isFinite(velocity))
  const reach = 2 * Math.max(1e-9, ...known.map((velocity) => Math.abs(velocity!)))
  const chance = rng.double() < 0.5 ? -reach : reach
  const side = cut.future === 'higher' ? reach : cut.future === 'lower' ? -reach : chance
  const isMissing = cut.future === 'missing'
  return {
    ...table,
    factors: rowsInFuture(table.factors, cut, () =>
      isMissing
        ? {}
        : {
            fundingBtc: rng.between(-0.001, 0.001),
            dvolBtc: rng.between(20, 120),
            fng: rng.between(0, 100),
            taker: rng.between(0.5, 1.5),
          },
    ),
    w750: rowsInFuture(table.w750, cut, () => (isMissing ? null : side * rng.between(1, 2))),
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
      return { ...row, book: rng.double() < (cut.future === 'missing' ? 1 : 0.2) ? undefined : book }
    }),
    macro: table.macro.map((row) =>
      isPast(row) ? row : { ...row, macro: { cascadeCount: rng.integer(0, 1), regimeSignal: rng.integer(-1, 1) } },
    ),
  }
}

function rowsOf(columns: DayColumns, from: number, end: number): DayColumns {
  return {
    ...columns,
    bars: end - from,
    ...present({
      timestampNs: columns.timestampNs?.subarray(from, end),
      scanNumber: columns.scanNumber?.subarray(from, end),
    }),
    velDiv: columns.velDiv.subarray(from, end),
    eigen: mapValues(columns.eigen, (values) => values.subarray(from, end)),
    prices: columns.prices.map((prices) => prices.subarray(from, end)),
  }
}

/** Changes the values after a row in place. */
type Change = (values: Float64Array, row: number) => void

function changesTo(
  future: Exclude<Future, 'absent'>,
  bars: number,
  rng: Xoshiro128,
): { readonly signals: Change; readonly prices: Change } {
  switch (future) {
    case 'missing': {
      const empty: Change = (values, row) => values.fill(Number.NaN, row + 1)
      return { signals: empty, prices: empty }
    }
    case 'higher':
    case 'lower':
      return toOneSide(future === 'higher' ? 1 : -1, bars, rng)
    case 'altered':
      return anotherMarket(rng)
    default:
      return unreachable(future)
  }
}

/**
 * Each price lies to one side of the one before it, a little or far: a later price that is compared with an earlier one,
 * however near, is found. One draw for each bar and one for each column: a draw for each price is most of the time of a cut.
 */
function toOneSide(side: 1 | -1, bars: number, rng: Xoshiro128): { readonly signals: Change; readonly prices: Change } {
  const steps = Float64Array.from({ length: bars }, () => side * 10 ** rng.between(-3.3, -0.6))
  return {
    signals(values, row) {
      for (let i = row + 1; i < values.length; i++) values[i] = steps[i]!
    },
    prices(values, row) {
      const share = rng.between(0.5, 1.5)
      let before = lastPriceOf(values, row)
      for (let i = row + 1; i < values.length; i++) {
        const own = values[i]!
        values[i] = before * (1 + share * steps[i]!)
        if (isPrice(own)) before = own
      }
    },
  }
}

/**
 * One market is unlike the next: calm or wild, at other levels, full of holes or without any, so that whatever a run might
 * take from the future (a value, a gap, a percentile) is moved.
 */
function anotherMarket(rng: Xoshiro128): { readonly signals: Change; readonly prices: Change } {
  const volatility = 10 ** rng.between(-5, -1.5)
  const holes = [0, 0.05, 0.5][rng.integer(0, 2)]!
  const scale = 10 ** rng.between(-2.5, -0.5)
  return {
    signals(values, row) {
      for (let i = row + 1; i < values.length; i++) {
        values[i] = rng.double() < 0.05 ? NOT_A_NUMBER[rng.integer(0, 2)]! : rng.between(-scale, scale)
      }
    },
    prices(values, row) {
      let price = lastPriceOf(values, row) * 10 ** rng.between(-0.3, 0.3)
      for (let i = row + 1; i < values.length; i++) {
        price *= 1 + volatility * rng.between(-1, 1)
        values[i] = holes > 0 && rng.double() < holes ? NOT_A_PRICE[rng.integer(0, 3)]! : price
      }
    },
  }
}

/** The last price at or before a row; before the first one, the first of the column, whatever it is worth. */
function lastPriceOf(values: Float64Array, row: number): number {
  let last = row
  while (last >= 0 && !isPrice(values[last]!)) last--
  return last >= 0 ? values[last]! : (values.find(isPrice) ?? 1)
}

const NOT_A_NUMBER = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
const NOT_A_PRICE = [Number.NaN, Number.NaN, 0, Number.POSITIVE_INFINITY]

function rowsInFuture<T>(rows: ReadonlyMap<IsoDate, T>, cut: Cut, other: () => T): ReadonlyMap<IsoDate, T> {
  const seen = new Map<IsoDate, T>()
  for (const [date, row] of rows) {
    if (date <= cut.date) seen.set(date, row)
    else if (cut.future !== 'absent') seen.set(date, other())
  }
  return seen
}

/** A stream of its own for each part of a future, so that the parts may be made in any order. */
export function streamOf(cut: Pick<Cut, 'seed'>, part: number): Xoshiro128 {
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
