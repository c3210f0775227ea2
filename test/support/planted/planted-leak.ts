import { isPrice } from '../../../src/base/price.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { RunOf } from '../causality-of.js'

/** A way in which production's code comes to use a later bar, put there for as long as a test needs it. */
export interface PlantedLeak {
  readonly name: string
  /** What the run needs beside its days for the leak to act. */
  readonly run?: Omit<RunOf, 'days'>
  /** Puts it there; answers with what takes it away again. */
  readonly plant: () => () => void
}

type Method = (this: never, ...args: never[]) => unknown

/** Replaces a method of a class, given its own one; answers with what puts that back. */
export function replaced<This, Args extends readonly unknown[], Result>(
  prototype: object,
  name: string,
  by: (own: (self: This, ...args: Args) => Result) => (self: This, ...args: Args) => Result,
): () => void {
  const methods = prototype as Record<string, Method>
  const own = methods[name]
  if (own === undefined) throw new Error(`there is no method ${name} to plant a leak in`)
  const leaky = by((self, ...args) => Reflect.apply(own, self, args) as Result)
  methods[name] = function (this: unknown, ...args: unknown[]) {
    return leaky(this as This, ...(args as unknown as Args))
  } as Method
  return () => {
    methods[name] = own
  }
}

/** The inside of a price history, as far as leaks reach into it. */
export interface HistoryInside {
  readonly row: number
  column(asset: number): Float64Array | undefined
  price(asset: number): number
  ago(asset: number, back: number): number | undefined
}

/** The price so many bars later, NaN where there is none. */
export function later(history: HistoryInside, asset: number, bars = 1): number {
  const price = history.row < 0 ? undefined : history.column(asset)?.[history.row + bars]
  return price !== undefined && isPrice(price) ? price : Number.NaN
}

/** How far the price so many bars later lies above this one, in basis points; NaN where there is none. */
export function riseBps(history: HistoryInside, asset: number, bars = 1): number {
  const price = history.price(asset)
  return ((later(history, asset, bars) - price) / price) * 1e4
}

/** The day with columns that a preparation made. */
export function prepared(
  day: DayColumns,
  by: { readonly signal?: Preparation; readonly price?: Preparation },
): DayColumns {
  const { signal, price } = by
  return {
    ...day,
    ...(signal && { velDiv: day.velDiv.map((_, row) => signal(day.velDiv, row)) }),
    ...(price && { prices: day.prices.map((column) => column.map((_, row) => price(column, row))) }),
  }
}

type Preparation = (column: Float64Array, row: number) => number
