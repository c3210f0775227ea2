import type { BookWord } from '../../config/book-words.js'
import { aSharedGrid } from '../grid-option.js'
import { LIVE_BAR_OPTION, LIVE_OPTIONS } from '../live-options.js'
import { aFile, asTyped, option, type RawOptions } from '../shell/option-table.js'

/** The services that keep books of an exchange. */
export type BooksServed = 'order-book' | 'order-book-universe'

/** Of both. */
export const BOOKS_OPTIONS = {
  exchangeAt: LIVE_OPTIONS.exchangeAt,
  grid: option({
    flag: '--grid',
    value: '<url>',
    help: 'publish there: hazelcast://host:port[,host:port…] (default: of the configuration)',
    parse: (typed, check, flag) => aSharedGrid(typed, (message) => check.wrong(flag, message)),
  }),
  record: option({
    flag: '--record',
    value: '<folder>',
    help: 'record it as Parquet, date=YYYY-MM-DD/part-NNN.parquet (default: of the configuration)',
    parse: (typed, check, flag) => (typed === '' ? check.wrong(flag, 'expected a folder, found ""') : typed),
  }),
}

/** What books are made of. */
const BOOK_WORDS: readonly BookWord[] = ['diffs', 'depth5', 'depth10', 'depth20']

/** Of the books that are traded on. */
export const ORDER_BOOK_OPTIONS = {
  symbols: LIVE_OPTIONS.symbols,
  top: LIVE_OPTIONS.top,
  universe: option({ flag: '--universe', value: '<json>', help: 'contracts to follow, a universe file', parse: aFile }),
  barSeconds: LIVE_BAR_OPTION.barSeconds,
  books: option({
    flag: '--books',
    value: '<what>',
    help: 'diffs: whole books. depth5, depth10, depth20: the best levels, which LIVE refuses (default: diffs)',
    parse: (typed, check, flag) => check.oneOf(flag, typed, BOOK_WORDS),
  }),
  recordTrades: option({
    flag: '--record-trades',
    help: 'with --record: every trade, too, which takes gigabytes a day of busy contracts (default: not)',
    parse: asTyped<boolean>,
  }),
  file: option({
    flag: '--file',
    value: '<json>',
    help: 'the features of the last bar, for readers whose grid is away (default: ob_cache/latest_ob_features.json)',
    parse: aFile,
  }),
}

/** The options of `dolphin serve order-book` and `order-book-universe` as they were typed. */
export interface RawBooksOptions extends RawOptions<typeof BOOKS_OPTIONS & typeof ORDER_BOOK_OPTIONS> {
  readonly config?: string
  readonly json?: boolean
  readonly quiet?: boolean
}
