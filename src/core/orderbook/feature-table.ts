import type { BookMacro } from '../../ports/order-book.js'
import { type AssetFeatures, assetBook } from './asset-features.js'
import { NO_MACRO } from './macro.js'
import type { BookKind } from './market-features.js'
import type { BookRow, MacroRow, OrderBookTable } from './table-order-book.js'

/**
 * The order book of a run from closed bars, in order: the run's bar at t has what the bar that ended at t has, and nothing where
 * none was closed or an asset had no five features; as it was live. The first bar of a time stands, and of one that ended no later
 * than one before it nothing is taken. The same whatever the order of the assets.
 */
export function featureTable({ bars, ends }: FeatureTableInput): OrderBookTable {
  const run = new RunTable()
  let next = 0
  let lastMs = Number.NEGATIVE_INFINITY
  for (const bar of bars) {
    // Of two processes that recorded one after the other the second may have had a clock behind the first one's.
    if (bar.endMs <= lastMs) continue
    lastMs = bar.endMs
    for (; next < ends.length && ends[next]! < bar.endMs; next++) run.nothing(next)
    if (next < ends.length && ends[next] === bar.endMs) run.closed(next++, bar)
  }
  for (; next < ends.length; next++) run.nothing(next)
  return run.table()
}

export interface FeatureTableInput {
  readonly bars: Iterable<TableBar>
  /** When each of the run's bars is, UTC ms, by its number from 0; rising. */
  readonly ends: ArrayLike<number>
}

/** What is taken of a closed bar. */
export interface TableBar {
  readonly endMs: number
  readonly books: BookKind
  readonly macro: BookMacro
  readonly assets: readonly { readonly symbol: string; readonly features: AssetFeatures }[]
}

/** A table as the JSON that `parseOrderBookTable` reads, a row a line: of a long run it is too much for one text. */
export function* tableText({ assets, rows, macro, books }: OrderBookTable): Generator<string> {
  yield `{${books === undefined ? '' : `"books":${JSON.stringify(books)},`}"assets":${JSON.stringify(assets)},\n"rows":[`
  yield* listed(rows, ({ bar, assetIndex, book }) => [
    ...[bar, assetIndex],
    ...(book === undefined
      ? []
      : [book.imbalanceMa5, book.persistence, book.withdrawalVelocity, book.depthQuality, book.fillProbability]),
  ])
  yield '],\n"macro":['
  yield* listed(macro, ({ bar, macro: { cascadeCount, regimeSignal } }) => [bar, cascadeCount, regimeSignal])
  yield ']}\n'
}

function* listed<Row>(rows: readonly Row[], cells: (row: Row) => number[]): Generator<string> {
  for (const [i, row] of rows.entries()) yield `${i === 0 ? '\n' : ',\n'}${JSON.stringify(cells(row))}`
}

/** Bar by bar: what holds until something else does. */
class RunTable {
  private readonly rows: { bar: number; symbol: string; book: BookRow['book'] }[] = []
  private readonly macros: MacroRow[] = []
  private known = new Set<string>()
  private macro = NO_MACRO
  private isPartial = false

  closed(bar: number, { assets, macro, books }: TableBar): void {
    if (books === 'partial') this.isPartial = true
    const known = new Set<string>()
    for (const { symbol, features } of assets) {
      const book = assetBook(features)
      if (book === undefined) continue
      known.add(symbol)
      this.rows.push({ bar, symbol, book })
    }
    this.turn(bar, known, macro)
  }

  nothing(bar: number): void {
    this.turn(bar, new Set(), NO_MACRO)
  }

  table(): OrderBookTable {
    const assets = [...new Set(this.rows.map(({ symbol }) => symbol))].sort()
    const places = new Map(assets.map((symbol, place) => [symbol, place]))
    const rows = this.rows
      .map(({ bar, symbol, book }) => ({ bar, assetIndex: places.get(symbol)!, book }))
      .sort((a, b) => a.bar - b.bar || a.assetIndex - b.assetIndex)
    const mark = this.isPartial ? { books: 'partial' as const } : {}
    return { ...mark, assets, rows, macro: this.isPartial ? [] : this.macros }
  }

  /** What was known before and is not any more ends here. */
  private turn(bar: number, known: Set<string>, { cascadeCount, regimeSignal }: BookMacro): void {
    for (const symbol of this.known) if (!known.has(symbol)) this.rows.push({ bar, symbol, book: undefined })
    this.known = known
    if (cascadeCount === this.macro.cascadeCount && regimeSignal === this.macro.regimeSignal) return
    this.macro = { cascadeCount, regimeSignal }
    this.macros.push({ bar, macro: this.macro })
  }
}
