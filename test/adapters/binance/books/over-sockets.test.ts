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
  data.follow({ symbols: SYMBOLS, books: { kind: 'diffs', everyMs: 100 }, liquidations: true, marks: true })
})

afterEach(async () => {
  await data.close()
  await sandbox.close()
})

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

  it('every book is lost with its socket, and right again soon after', async () => {
    await everyBookIsRight()
    sandbox.exchange.faults.strike('cutSockets')
    await until(() => events.some(({ kind }) => kind === 'lost'))
    await until(() => keeper.live === SYMBOLS.length)
    await everyBookIsRight()
    expect(data.health().reconnects.closed).toBeGreaterThan(0)
  })
})
