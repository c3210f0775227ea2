import { DataRefused, SurroundingsFailed } from '../../base/mistakes.js'
import type { GridDocument } from '../../core/grid/document.js'
import { sayRefusal } from '../../core/grid/document-check.js'
import { GRID_MAPS } from '../../core/grid/names.js'
import { ORDER_BOOK, ORDER_BOOK_SHARD } from '../../core/grid/order-book-documents.js'
import { shardMap } from '../../core/grid/shards.js'
import { reason } from '../../files/reason.js'
import type { Grid } from '../../ports/grid.js'
import { noticeWarning } from '../shell/terminal.js'
import { openGrid } from './grid.js'
import { FEATURE_NAMES, FIGURE_NAMES, type ShownBar, type ShownBook, type ShownLevel } from './shown-book.js'

export interface GridBookChoice {
  /** `hazelcast://host:port[,host:port…]`. */
  readonly url: string
  readonly symbol: string
  /** So many of each side, as far as the grid has them. */
  readonly levels: number
}

/**
 * The book of a symbol as an order-book service has put it into a grid.
 *
 * @throws SurroundingsFailed while the grid cannot be reached; DataRefused where it has no such book, or one that cannot be read.
 */
export async function readGridBook({ url, symbol, levels }: GridBookChoice): Promise<ShownBook> {
  const grid = await openGrid({ url, report: noticeWarning })
  try {
    return await gridBook(grid, { symbol, levels })
  } catch (error) {
    if (error instanceof DataRefused) throw error
    throw new SurroundingsFailed({ place: url, message: `the grid did not answer: ${reason(error)}` })
  } finally {
    await grid.close()
  }
}

/** Of a grid that is open. */
export async function gridBook(
  grid: Pick<Grid, 'map'>,
  { symbol, levels }: Omit<GridBookChoice, 'url'>,
): Promise<ShownBook> {
  const { orderBooks } = GRID_MAPS
  const text = await grid.map(orderBooks).get(symbol)
  if (text === undefined) throw noBook(symbol, await grid.map(orderBooks).keys())
  const book = readAs(ORDER_BOOK, text, `${orderBooks}["${symbol}"]`)
  const shardText = await grid.map(shardMap(symbol)).get(symbol)
  const shard = shardText === undefined ? {} : readAs(ORDER_BOOK_SHARD, shardText, `${shardMap(symbol)}["${symbol}"]`)
  const known = shard as Readonly<Record<string, number | undefined>>
  const figures = Object.values(FIGURE_NAMES).flatMap((name) =>
    known[name] === undefined ? [] : [[name, known[name]]],
  )
  return {
    symbol,
    atMs: book.ts * 1_000,
    updateId: book.last_update_id ?? null,
    bids: shownLevels(book.bids, levels),
    asks: shownLevels(book.asks, levels),
    figures: figures.length === 0 ? null : Object.fromEntries(figures),
    depthBandPpm: null,
    bar: barOf(known),
  }
}

function barOf(shard: Readonly<Record<string, number | undefined>>): ShownBar | null {
  const { bar_ts: barTs, regime_signal: regimeSignal } = shard
  if (barTs === undefined) return null
  const features = Object.fromEntries(Object.values(FEATURE_NAMES).map((name) => [name, shard[name] ?? null]))
  return { endMs: barTs * 1_000, features, cascadeCount: null, regimeSignal: regimeSignal ?? null }
}

function shownLevels(levels: readonly (readonly string[])[], count: number): ShownLevel[] {
  return levels.slice(0, count).map(([price, quantity]) => ({ price: price!, quantity: quantity! }))
}

function readAs<Value>(document: GridDocument<Value>, text: string, place: string): Value {
  const reading = document.read(text)
  if ('refused' in reading) throw new DataRefused({ place, message: sayRefusal(reading.refused) })
  return reading.value
}

function noBook(symbol: string, keys: readonly string[]): DataRefused {
  const some = [...keys].sort().slice(0, 5).join(', ')
  const found = keys.length === 0 ? 'no book at all' : keys.length > 5 ? `${some} and ${keys.length - 5} more` : some
  return new DataRefused(
    { place: GRID_MAPS.orderBooks, message: `expected the book of ${symbol}, found ${found}` },
    { hint: 'dolphin serve order-book writes the books of the contracts that it follows.' },
  )
}
