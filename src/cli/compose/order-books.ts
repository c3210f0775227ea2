import { BinanceMarketData } from '../../adapters/binance/books/binance-market-data.js'
import type { Endpoints } from '../../adapters/binance/endpoints.js'
import { BinanceWire } from '../../adapters/binance/io/binance-wire.js'
import { openMarketRecorder } from '../../adapters/market-parquet/market-recorder.js'
import { present } from '../../base/present.js'
import type { OrderBookConfig, ServicesConfig } from '../../config/services-config.js'
import { DEFAULT_UNIVERSE, readUniverse } from '../../config/universe.js'
import { UNIVERSE_STEP_MS } from '../../core/orderbook/universe.js'
import type { MarketRecorder } from '../../ports/market-recording.js'
import { type OrderBookPorts, OrderBookService } from '../../runtime/services/order-book/order-book-service.js'
import { OrderBookUniverseService } from '../../runtime/services/universe/order-book-universe-service.js'
import { notice, noticeWarning } from '../shell/terminal.js'
import { exchangeLog } from './alert-log.js'
import { gridTime } from './grid-parts.js'
import { mostTradedNow } from './most-traded.js'
import type { ServiceRoom } from './services.js'
import { threadedPartEncoder } from './threaded-part-encoder.js'

/** Where books are from, and where they go. */
export interface OrderBooksChoice {
  readonly at: Endpoints
  /** Whose grid they are published in. */
  readonly room: ServiceRoom
  /** False: nobody but `closed` hears of them. */
  readonly isPublished?: boolean
  /** Spares what is routine. */
  readonly quiet: boolean
  /** Ends what is waited for before there is a service. */
  readonly signal: AbortSignal
  /** Every bar, in the moment in which it was closed. */
  readonly closed?: OrderBookPorts['closed']
}

/**
 * The order books of an exchange as a service that is to be hosted; what it is made of is its own, and ends with it.
 *
 * @throws InputMistake when the universe or the recording cannot be used; SurroundingsFailed when the exchange refuses to say
 * what is traded most.
 */
export async function openOrderBooks(config: BooksConfig, choice: OrderBooksChoice): Promise<OrderBookService> {
  const { stepMs, books, openInterestEveryMs, marksEveryMs, record, flushMs, file } = config
  const recorded = {
    trades: record === undefined ? undefined : config.recordTrades,
    settledFundingEveryMs: record === undefined ? undefined : config.settledFundingEveryMs,
  }
  const { at, room, isPublished = true, quiet, closed } = choice
  const symbols = await symbolsOf(config, choice)
  const facts = { stepMs, books: books.kind, scales: {} }
  const recorder = record === undefined ? undefined : await recorderOf({ folder: record, facts, flushMs, quiet })
  return new OrderBookService(
    { stepMs, symbols, books, ...present({ openInterestEveryMs, marksEveryMs, ...recorded }) },
    {
      ...marketPorts(at, quiet),
      ...(isPublished ? { outlet: room.bookOutlet(file) } : {}),
      ...present({ recorder, closed }),
    },
  )
}

/** The same for the health of all books. @throws InputMistake when the recording cannot be used. */
export async function openUniverse(
  { record, flushMs }: Omit<ServicesConfig['universe'], 'exchangeAt'>,
  { at, room, quiet }: Omit<OrderBooksChoice, 'closed'>,
): Promise<OrderBookUniverseService> {
  const facts = { stepMs: UNIVERSE_STEP_MS, books: 'partial', scales: {} } as const
  const recorder = record === undefined ? undefined : await recorderOf({ folder: record, facts, flushMs, quiet })
  const put = (map: string, key: string, text: string): void => room.writer.put(map, key, text)
  return new OrderBookUniverseService({ ...marketPorts(at, quiet), put, ...present({ recorder }) })
}

/** What is followed; the exchange is said beside it. */
type BooksConfig = Omit<OrderBookConfig, 'exchangeAt'>

async function symbolsOf(
  { symbols, top }: BooksConfig,
  { at, signal }: OrderBooksChoice,
): Promise<readonly string[] | 'listed'> {
  if (top !== undefined) return mostTradedNow({ at, count: top, signal })
  return symbols === 'universe' ? readUniverse(DEFAULT_UNIVERSE) : symbols
}

function recorderOf({
  quiet,
  ...options
}: Pick<Parameters<typeof openMarketRecorder>[0], 'folder' | 'facts' | 'flushMs'> & {
  readonly quiet: boolean
}): Promise<MarketRecorder> {
  return openMarketRecorder({
    ...options,
    ...{ clock: gridTime, timer: gridTime, encode: threadedPartEncoder({ warn: noticeWarning }) },
    report: ({ level, message }) => {
      if (level !== 'INFO') noticeWarning(message)
      else if (!quiet) notice(message)
    },
  })
}

function marketPorts(at: Endpoints, quiet: boolean) {
  return {
    market: new BinanceMarketData({ wire: new BinanceWire(at), timer: gridTime }),
    time: gridTime,
    warn: noticeWarning,
    tell: quiet ? () => {} : notice,
    notice: exchangeLog('books', { quiet, nowMs: () => gridTime.epochMs() }),
  }
}
