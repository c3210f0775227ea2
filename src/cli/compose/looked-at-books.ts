import { BinanceMarketData } from '../../adapters/binance/books/binance-market-data.js'
import type { Endpoints } from '../../adapters/binance/endpoints.js'
import { BinanceWire } from '../../adapters/binance/io/binance-wire.js'
import { DEFAULT_UNIVERSE, readUniverse } from '../../config/universe.js'
import type { LiveFacts } from '../../core/live/live-gates.js'
import type { MarketBar } from '../../core/orderbook/market-features.js'
import { OrderBookService } from '../../runtime/services/order-book/order-book-service.js'
import { gridTime } from './grid-parts.js'
import type { RunSettings } from './run-settings.js'

export interface BooksWish {
  readonly run: Pick<RunSettings, 'books' | 'orderBook'>
  readonly at: Endpoints
  /** Absent: the packaged list's. */
  readonly symbols?: readonly string[]
  /** How long it may take until the contracts are listed, and until their books are in step, ms. */
  readonly withinMs?: { readonly listed: number; readonly inStep: number } | undefined
}

/**
 * Which order books would decide, and whether they are there: of some contracts they are followed as a session follows them, until a
 * second has passed in which all of them were known. Nothing is published or kept.
 */
export async function lookAtBooks({
  run,
  at,
  symbols,
  withinMs = WITHIN_MS,
}: BooksWish): Promise<LiveFacts['orderBook']> {
  if (run.orderBook !== undefined) return { kind: 'table', file: run.orderBook }
  if (run.books !== 'live') return { kind: 'none' }
  const looked = (symbols ?? readUniverse(DEFAULT_UNIVERSE)).slice(0, LOOKED_AT)
  const bar = await firstWholeBar(at, looked, withinMs)
  if (typeof bar === 'string') return { fault: bar }
  const source = `books of ${looked.join(', ')} at ${at.name}, from changes, in step`
  return { kind: 'live', source, isProduction: at.name === 'production', sinceMs: bar.endMs - STEP_MS }
}

/** Why there was none, if there was none in time. */
async function firstWholeBar(
  at: Endpoints,
  symbols: readonly string[],
  withinMs: NonNullable<BooksWish['withinMs']>,
): Promise<MarketBar | string> {
  const ended = new AbortController()
  let isListed = false
  let heard = 'nothing was heard'
  const found = new Promise<MarketBar>((resolve) => {
    const service = new OrderBookService(
      { stepMs: STEP_MS, symbols, books: { kind: 'diffs', everyMs: 100 } },
      {
        market: new BinanceMarketData({ wire: new BinanceWire(at), timer: gridTime }),
        time: gridTime,
        warn: (text) => {
          heard = text
        },
        tell: () => {
          isListed = true
        },
        notice: ({ level, message }) => {
          if (level !== 'INFO') heard = message
        },
        closed(bar) {
          const known = bar.assets.filter(({ value }) => value !== undefined).length
          if (known === symbols.length) resolve(bar)
          else if (bar.assets.length > 0) heard = `${known} of ${symbols.length} are known`
        },
      },
    )
    // What it ends by is what was heard last.
    service.start(ended.signal).catch((error: Error) => {
      heard = error.message
    })
  })
  const late = async (): Promise<string> => {
    await gridTime.sleep(withinMs.listed, ended.signal)
    if (isListed) await gridTime.sleep(withinMs.inStep, ended.signal)
    return `no order book of ${symbols.join(', ')} came into step at ${at.name} in time: ${heard}`
  }
  try {
    return await Promise.race([found, late().catch((error: Error) => error.message)])
  } finally {
    ended.abort()
  }
}

const LOOKED_AT = 3
const STEP_MS = 1_000
/** A machine that reaches nobody need not wait for a snapshot of each, and a whole step. */
const WITHIN_MS = { listed: 5_000, inStep: 10_000 }
