import { type Endpoints, endpointsOf } from '../../adapters/binance/endpoints.js'
import { present } from '../../base/present.js'
import { bookStreamOf } from '../../config/book-words.js'
import { loadServicesConfig, type OrderBookConfig, type ServicesConfig } from '../../config/services-config.js'
import { readUniverse } from '../../config/universe.js'
import { EMBEDDED_GRID } from '../compose/grid-address.js'
import { liveChoice } from '../live-options.js'
import { OptionCheck } from '../shell/option-check.js'
import { type ParsedOptions, parseOptions } from '../shell/option-table.js'
import { BOOKS_OPTIONS, type BooksServed, ORDER_BOOK_OPTIONS, type RawBooksOptions } from './books-table.js'

export interface BooksOptions {
  readonly service: BooksServed
  readonly at: Endpoints
  readonly grid: ServicesConfig['grid']
  readonly orderBook: OrderBookConfig
  readonly universe: ServicesConfig['universe']
  readonly json: boolean
  readonly quiet: boolean
}

/** What is typed wins over the file, and that over what is in force without one. @throws InputMistake */
export async function booksOptions(service: BooksServed, raw: RawBooksOptions): Promise<BooksOptions> {
  const check = new OptionCheck()
  const typed = parseOptions(ALL_OPTIONS, raw, check)
  const { exchangeAt, grid: url, record, ...books } = typed
  if (service === 'order-book') checkTogether(books, check)
  check.done()
  const config = await loadServicesConfig(raw.config)
  const grid = { ...config.grid, ...present({ url }) }
  const universe = { ...config.universe, ...present({ record }) }
  if (service === 'order-book-universe' && grid.url === EMBEDDED_GRID && universe.record === undefined)
    check.wrong(
      '--record',
      'expected a folder, or --grid hazelcast://host:port, found neither: nobody would see anything',
    )
  const orderBook = orderBookOf(config.orderBook, { ...books, ...present({ record }) })
  if (books.recordTrades && orderBook.record === undefined)
    check.wrong('--record-trades', 'expected --record, found none: there is no recording that they would be in')
  check.done()
  return {
    ...{ service, grid, universe, orderBook },
    at: exchangeAt ?? endpointsOf((service === 'order-book' ? config.orderBook : config.universe).exchangeAt),
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
  }
}

const ALL_OPTIONS = { ...BOOKS_OPTIONS, ...ORDER_BOOK_OPTIONS }

type TypedBooks = Omit<ParsedOptions<typeof ALL_OPTIONS>, 'exchangeAt' | 'grid'>

function checkTogether(typed: TypedBooks, check: OptionCheck): void {
  liveChoice(typed, endpointsOf('production'), check)
  const { symbols, top, universe } = typed
  if (universe !== undefined && symbols !== undefined) check.wrong('--universe', 'does not go with --symbols')
  if (universe !== undefined && top !== undefined) check.wrong('--universe', 'does not go with --top')
}

/** Which contracts: one of three ways, whichever was typed. */
function orderBookOf(
  { symbols, top, ...config }: OrderBookConfig,
  { symbols: typed, top: typedTop, universe, barSeconds, books, file, record, recordTrades }: TypedBooks,
): OrderBookConfig {
  const named = typed ?? (universe === undefined ? undefined : readUniverse(universe))
  return {
    ...config,
    symbols: named ?? symbols,
    ...present({
      top: named === undefined ? (typedTop ?? top) : undefined,
      stepMs: barSeconds === undefined ? undefined : barSeconds * 1_000,
      books: books === undefined ? undefined : bookStreamOf(books, config.books.everyMs),
      ...{ file, record, recordTrades },
    }),
  }
}
