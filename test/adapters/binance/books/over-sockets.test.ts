import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BinanceMarketData } from '../../../../src/adapters/binance/books/binance-market-data.js'
import { endpointsOf } from '../../../../src/adapters/binance/endpoints.js'
import { BinanceWire } from '../../../../src/adapters/binance/io/binance-wire.js'
import { systemClock } from '../../../../src/adapters/clock/system-clock.js'
import type { MarketDataEvent } from '../../../../src/ports/market-data.js'
import { clockTimer } from '../../../../src/runtime/time/scaled-clock.js'
import { startSandbox } from '../../../support/sandbox.js'
import { until } from '../../../support/until.js'
import { BookKeeper, instrumentOf, isSameBook } from './sandbox-market-data.js'

const SYMBOLS = ['币安人生USDT', ...Array.from({ length: 19 }, (_, i) => `A${i}USDT`)]
const FRAMES = 2_000

let sandbox: Awaited<ReturnType<typeof startSandbox>>
let data: BinanceMarketData
let keeper: BookKeeper
let events: MarketDataEvent[]

beforeEach(async () => {
  sandbox = await startSandbox({ instruments: SYMBOLS.map(instrumentOf), weightPerMinute: 100_000 }, { stepMs: 130 })
  const timer = clockTimer(systemClock)
  data = new BinanceMarketData({ wire: new BinanceWire(endpointsOf(sandbox.origin)), timer })
  keeper = new BookKeeper(data, timer)
  events = []
  data.listen((event) => {
    events.push(event)
    keeper.take(event)
  })
  await until(() => events.some(({ kind }) => kind === 'listed'))
  const books = { kind: 'diffs', everyMs: 100 } as const
  data.follow({ symbols: SYMBOLS, books, liquidations: true, marks: true, trades: true })
})

afterEach(async () => {
  await data.close()
  await sandbox.close()
})

/** Numbers of trades as they were told, by symbol. */
function tradeNumbers(): Map<string, number[]> {
  const numbers = new Map<string, number[]>()
  for (const event of events) {
    if (event.kind !== 'trade') continue
    const told = numbers.get(event.symbol)
    if (told === undefined) numbers.set(event.symbol, [event.venueId])
    else told.push(event.venueId)
  }
  return numbers
}

const tellsTradesOfAll = (count: number) => {
  const numbers = [...tradeNumbers().values()]
  return numbers.length === SYMBOLS.length && numbers.every(({ length }) => length >= count)
}

const frames = () => events.filter(({ kind }) => kind === 'depth').length

/** Each at a moment at which everything has come. */
async function everyBookIsRight(): Promise<void> {
  for (const symbol of SYMBOLS) await until(() => isSameBook(sandbox.exchange, keeper, symbol))
}

describe('over sockets', () => {
  it('every book is live and the exchange’s own after thousands of frames', async () => {
    await until(() => frames() > FRAMES)
    await everyBookIsRight()
    expect(keeper.resyncs).toEqual([])
    expect(data.health()).toMatchObject({ malformed: {}, reconnects: {}, dead: [] })
  })

  it('every trade comes once and in its order, also those of the time without a socket unless they are told to be missed', async () => {
    await until(() => tellsTradesOfAll(3))
    sandbox.exchange.faults.strike('cutSockets')
    await until(() => tellsTradesOfAll(12))
    // A machine that is slow enough is not answered in time, and says so.
    const isMissing = events.some((event) => event.kind === 'notice' && event.code === 'TRADES_MISSED')
    for (const [symbol, numbers] of tradeNumbers()) {
      const inOrder = [...new Set(numbers)].sort((one, other) => one - other)
      expect(numbers, symbol).toEqual(isMissing ? inOrder : numbers.map((_, i) => numbers[0]! + i))
    }
    expect(data.health().malformed).toEqual({})
  })

  it('every book is lost with its socket, and right again soon after', async () => {
    await everyBookIsRight()
    sandbox.exchange.faults.strike('cutSockets')
    await until(() => events.some(({ kind }) => kind === 'lost'))
    await until(() => keeper.live === SYMBOLS.length)
    await everyBookIsRight()
    expect(data.health().reconnects.closed).toBeGreaterThan(0)
  })
})
