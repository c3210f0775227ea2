import { BinanceMarketData } from '../../adapters/binance/books/binance-market-data.js'
import type { Endpoints } from '../../adapters/binance/endpoints.js'
import { BinanceWire } from '../../adapters/binance/io/binance-wire.js'
import { InputMistake } from '../../base/mistakes.js'
import type { MarketBar } from '../../core/orderbook/market-features.js'
import { heardBy } from '../../runtime/services/order-book/heard-market.js'
import { OrderBookService } from '../../runtime/services/order-book/order-book-service.js'
import { noticeWarning } from '../shell/terminal.js'
import { exchangeLog } from './alert-log.js'
import { gridTime } from './grid-parts.js'
import { type ShownBook, shownBook } from './shown-book.js'

export interface LiveBookChoice {
  readonly at: Endpoints
  readonly symbol: string
  readonly stepMs: number
  readonly quiet: boolean
  readonly signal: AbortSignal
}

/** A book of the exchange that is followed for somebody who looks at it: nothing is written anywhere. */
export interface LiveBook {
  shown(levels: number): ShownBook
  /** Resolves once it is over; rejects with an InputMistake where the exchange does not list the symbol. */
  readonly ended: Promise<void>
}

/** Follows a book by its changes until the signal is aborted. */
export function followBook({ at, symbol, stepMs, quiet, signal }: LiveBookChoice): LiveBook {
  let bar: MarketBar | undefined
  let refuse: (error: unknown) => void = () => {}
  const refused = new Promise<never>((_, reject) => {
    refuse = reject
  })
  const market = heardBy(new BinanceMarketData({ wire: new BinanceWire(at), timer: gridTime }), (event) => {
    if (event.kind === 'listed' && !event.contracts.some((contract) => contract.symbol === symbol))
      refuse(new InputMistake({ place: '--symbol', message: `${symbol} does not trade at ${at.name}` }))
  })
  const settings = { stepMs, symbols: [symbol], books: { kind: 'diffs', everyMs: 100 } } as const
  const service = new OrderBookService(settings, {
    market,
    time: gridTime,
    warn: noticeWarning,
    notice: exchangeLog('prices', { quiet, nowMs: () => gridTime.epochMs() }),
    closed: (closed) => {
      bar = closed
    },
  })
  return {
    shown: (levels) => shownBook({ symbol, book: service.book(symbol), atMs: market.exchangeMs(), levels, bar }),
    ended: Promise.race([service.start(signal), refused]),
  }
}
