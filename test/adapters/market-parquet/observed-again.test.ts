import { expect, it } from 'vitest'
import { openMarketRecorder } from '../../../src/adapters/market-parquet/market-recorder.js'
import { mergedRows } from '../../../src/adapters/market-parquet/read-market.js'
import { readRecording } from '../../../src/adapters/market-parquet/recording-file.js'
import { ObservedEvents } from '../../../src/core/analysis/observed-events.js'
import { RecordedEvents, TOLD_TABLES } from '../../../src/core/recording/recorded-events.js'
import type { BookStream } from '../../../src/ports/market-data.js'
import type { ObservationEvent } from '../../../src/ports/vocabulary/observation-events.js'
import { heardBy } from '../../../src/runtime/services/order-book/heard-market.js'
import { OrderBookService } from '../../../src/runtime/services/order-book/order-book-service.js'
import { hosted } from '../../support/hosted-service.js'
import { SandboxMarketData } from '../binance/books/sandbox-market-data.js'
import { scratchFolder } from './recorded-rows.js'

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', '币安人生USDT', 'XRPUSDT', 'BNBUSDT', 'DOGEUSDT']

/** A minute of the sandbox’s exchange, with a cascade, gaps and a cut connection, observed while an order-book service records it. */
async function recorded(folder: string, books: BookStream): Promise<ObservationEvent[]> {
  const exchange = { market: { liquidatedShare: 0.05 } }
  const at = new SandboxMarketData({ symbols: SYMBOLS, isUnheard: true, exchange })
  const { time } = at
  const facts = { stepMs: 5_000, books: books.kind, scales: {} }
  const recorder = await openMarketRecorder({ folder, facts, clock: time, timer: time, report: () => {} })
  const observer = new ObservedEvents({ books: books.kind })
  const told: ObservationEvent[] = []
  const market = heardBy(at.data, (event) => told.push(...observer.of(event)))
  const polled = { openInterestEveryMs: 20_000, settledFundingEveryMs: 30_000, marksEveryMs: 1, trades: true }
  const service = new OrderBookService(
    { stepMs: 5_000, symbols: 'listed', books, ...polled },
    { market, time, recorder, warn: () => {} },
  )
  const { end } = hosted(service, time)
  at.passMs(20_000)
  at.exchange.faults.strike('cascade', 'BTCUSDT')
  at.exchange.faults.set('tradeGapShare', 0.05)
  at.exchange.faults.set('depthGapShare', 0.01)
  at.passMs(20_000)
  at.exchange.faults.strike('cutSockets')
  at.passMs(20_000)
  await end()
  return told
}

async function observedAgain(folder: string): Promise<ObservationEvent[]> {
  const recording = (await readRecording(folder))!
  const events = new RecordedEvents(recording)
  const observer = new ObservedEvents({ books: recording.books })
  const told: ObservationEvent[] = []
  for await (const row of mergedRows(folder, TOLD_TABLES))
    for (const event of events.of(row)) told.push(...observer.of(event))
  return told
}

it.each<BookStream>([
  { kind: 'partial', levels: 5, everyMs: 100 },
  { kind: 'diffs', everyMs: 100 },
])('a recorded market tells an observer what it told while it was recorded, in the same order: %j', async (books) => {
  const folder = scratchFolder()
  const live = await recorded(folder, books)
  const again = await observedAgain(folder)
  expect(again).toEqual(live)
  const counts = (kind: ObservationEvent['kind']) => live.filter((event) => event.kind === kind).length
  expect(counts('TRADE')).toBeGreaterThan(700)
  expect(counts('LIQUIDATION')).toBeGreaterThan(10)
  expect(counts('MARK_PRICE')).toBeGreaterThan(300)
  expect(counts('OPEN_INTEREST')).toBeGreaterThan(15)
  expect(counts('DEPTH_TOP')).toBeGreaterThan(2_000)
  expect(new Set(live.map(({ symbol }) => symbol))).toEqual(new Set(SYMBOLS))
})
