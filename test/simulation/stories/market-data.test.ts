import { expect, test } from 'vitest'
import { Driven } from '../../../src/adapters/binance/machine.js'
import type { Notice } from '../../../src/adapters/binance/notice.js'
import { MarketStreams } from '../../../src/adapters/binance/streams/market-streams.js'
import type { MarketStreamEffect } from '../../../src/adapters/binance/streams/stream-effects.js'
import type { Wire, WireCommand } from '../../../src/adapters/binance/wire.js'
import { type BookEffect, DepthBook } from '../../../src/core/orderbook/depth-book.js'
import type { DepthFrame } from '../../../src/ports/vocabulary/depth.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { SandboxExchange } from '../../../src/sandbox/sandbox-exchange.js'
import { instrument } from '../../support/instruments.js'
import { SANDBOX_START_MS, SandboxDesk } from '../../support/sandbox-exchange.js'
import { sandboxRig } from '../../support/sandbox-rig.js'

/** Streams of many symbols at the sandbox's exchange, whose prices come each second. */
class LiveMarket {
  readonly time = new VirtualTime(SANDBOX_START_MS)
  readonly exchange: SandboxExchange
  /** Stream → when its last frame came. */
  readonly heardMs = new Map<string, number>()
  readonly dark = new Set<string>()
  readonly notices: Notice[] = []
  private readonly driven: Driven<{ readonly kind: 'want'; readonly streams: readonly string[] }, MarketStreamEffect>
  private readonly rig

  constructor(
    readonly symbols: readonly string[],
    streams: readonly string[],
    carries: (command: WireCommand) => WireCommand = (command) => command,
  ) {
    this.exchange = new SandboxExchange({
      instruments: symbols.map((symbol) => instrument({}, symbol)),
      startingBalanceUsd: '10000',
      seed: 1,
      keys: [],
    })
    this.rig = sandboxRig({ exchange: this.exchange, time: this.time })
    const wire = this.rig.wire()
    const changed: Wire = {
      carry: (command) => wire.carry(carries(command)),
      listen: (listener) => wire.listen(listener),
      close: () => wire.close(),
    }
    this.driven = new Driven({
      machine: new MarketStreams(),
      wire: changed,
      timer: this.time,
      tell: (told: MarketStreamEffect) => this.tell(told),
    })
    this.driven.put({ kind: 'want', streams })
    this.tick(0)
  }

  pass(seconds: number): this {
    this.time.runTo(this.time.epochMs() + 1_000 * seconds)
    return this
  }

  strike(act: 'cutSockets'): void {
    this.exchange.faults.strike(act)
    this.rig.drive.put({ kind: 'time' })
  }

  private tick(second: number): void {
    this.time.after(1_000, () => this.tick(second + 1))
    for (const symbol of this.symbols) {
      const tenths = second % 7
      const [bid, ask] = [`100.${tenths}`, `100.${tenths + 1}`]
      const quote = {
        symbol,
        bid,
        bidQuantity: '5',
        ask,
        askQuantity: '5',
        mark: bid,
        timestampMs: this.time.epochMs(),
      }
      this.rig.market({ kind: 'quote', quote })
    }
  }

  private tell(told: MarketStreamEffect): void {
    if (told.kind === 'frame') {
      this.heardMs.set(told.stream, this.time.epochMs())
      this.dark.delete(told.stream)
    } else if (told.kind === 'dark') for (const stream of told.streams) this.dark.add(stream)
    else if (told.kind === 'notice') this.notices.push(told)
  }
}

test('F12: with 500 symbols every abnormal close is told of as a gap, and every stream comes again', () => {
  const symbols = Array.from({ length: 500 }, (_, index) => `S${index}USDT`)
  const streams = symbols.map((symbol) => `${symbol.toLowerCase()}@bookTicker`)
  const live = new LiveMarket(symbols, streams).pass(10)
  expect(live.heardMs.size).toBe(500)
  for (let round = 0; round < 3; round++) {
    live.dark.clear()
    live.strike('cutSockets')
    live.pass(0.2)
    expect(live.dark.size).toBe(500)
    live.pass(15)
    expect(live.dark.size).toBe(0)
    const freshMs = live.time.epochMs() - 2_000
    expect(streams.filter((stream) => live.heardMs.get(stream)! < freshMs)).toEqual([])
  }
  expect(live.notices.some(({ message }) => message.includes('1006'))).toBe(true)
})

test('F15: streams that are asked for on a path that does not serve them are acknowledged, and nobody takes them for live', () => {
  const streams = ['btcusdt@bookTicker', 'btcusdt@depth5@500ms']
  let opened = 0
  const live = new LiveMarket(['BTCUSDT'], streams, (command) => {
    if (command.kind !== 'open') return command
    opened++
    return { ...command, path: 'market' }
  })
  live.pass(300)
  expect(live.heardMs.size).toBe(0)
  expect(live.notices.map(({ code }) => code)).toContain('STREAM_SILENT')
  // It is tried again, and not too often.
  expect(opened).toBeGreaterThan(5)
  expect(opened).toBeLessThan(12)
})

test('F15: each stream goes over the path that serves it, whatever is wanted together', () => {
  const streams = ['btcusdt@bookTicker', 'btcusdt@depth@100ms', 'btcusdt@markPrice@1s', 'btcusdt@kline_1m']
  const live = new LiveMarket(['BTCUSDT'], streams).pass(10)
  expect([...live.heardMs.keys()].sort()).toEqual([...streams].sort())
})

test('a connection that says nothing while its socket is open is dark, and comes again', () => {
  const live = new LiveMarket(['BTCUSDT'], ['btcusdt@bookTicker']).pass(10)
  live.exchange.faults.set('silentMarketSockets', true)
  live.pass(20)
  expect([...live.dark]).toEqual(['btcusdt@bookTicker'])
  live.exchange.faults.clear()
  live.pass(60)
  expect(live.dark.size).toBe(0)
})

/** A book of the sandbox's depth stream, which asks for its snapshots as production does, a moment later. */
class FollowedBook {
  readonly desk = new SandboxDesk()
  readonly book = new DepthBook({ priceDecimals: 1, quantityDecimals: 3 })
  resyncs = 0
  /** Moments at which it was held to the exchange's book. */
  compared = 0
  private requests: { readonly requestId: number; readonly dueMs: number }[] = []

  open(): this {
    this.desk.open('s', '/public/ws/btcusdt@depth@100ms')
    return this
  }

  play(steps: number): this {
    for (let i = 0; i < steps; i++) {
      const tenths = (this.desk.nowMs / 100) % 5
      this.desk.quote(`60000.${tenths}`, `60000.${tenths + 1}`, { bidQuantity: `${1 + (i % 4)}` })
      this.desk.passMs(100)
      this.hear()
      this.compare()
    }
    return this
  }

  private hear(): void {
    const frames: readonly DepthFrame[] = this.desk.heard('s')
    this.desk.effects.length = 0
    for (const frame of frames) this.obey(this.book.diff(frame, this.desk.nowMs))
    for (const { requestId } of this.requests.filter((request) => request.dueMs <= this.desk.nowMs)) {
      this.requests = this.requests.filter((request) => request.requestId !== requestId)
      const { lastUpdateId, bids, asks } = this.desk.get('/fapi/v1/depth?symbol=BTCUSDT&limit=1000').body
      this.obey(this.book.snapshot({ requestId, lastUpdateId, bids, asks }, this.desk.nowMs))
    }
  }

  private obey(effects: readonly BookEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'resync') this.resyncs++
      else this.requests.push({ requestId: effect.requestId, dueMs: this.desk.nowMs + effect.afterMs })
    }
  }

  /** With what the exchange says of the same moment. */
  private compare(): void {
    const { lastUpdateId, bids, asks } = this.desk.get('/fapi/v1/depth?symbol=BTCUSDT&limit=5').body
    if (this.book.updateId !== lastUpdateId) return
    this.compared++
    const rows = (side: readonly (readonly [string, string])[]) =>
      side.map(([price, quantity]) => [Math.round(Number(price) * 10), Math.round(Number(quantity) * 1_000)])
    expect([this.book.bids.best(5), this.book.asks.best(5)]).toEqual([rows(bids), rows(asks)])
  }
}

test("F13: a book that is told a gap is discarded and read anew, and while it is live it is the exchange's", () => {
  const followed = new FollowedBook().open().play(60)
  expect(followed.book.isLive).toBe(true)
  followed.desk.exchange.faults.set('depthGapShare', 0.3)
  followed.play(200)
  followed.desk.exchange.faults.clear()
  followed.play(400)
  expect(followed.book.counters.gaps).toBeGreaterThan(0)
  expect(followed.resyncs).toBeGreaterThan(0)
  expect(followed.compared).toBeGreaterThan(300)
  expect(followed.book.isLive).toBe(true)
})

test('F13: a snapshot that is older than the changes at hand is asked for again, and the book does not stall', () => {
  const followed = new FollowedBook()
  followed.desk.exchange.faults.set('depthSnapshotLagMs', 2_000)
  followed.play(40).open().play(40)
  followed.desk.exchange.faults.clear()
  followed.play(400)
  expect(followed.book.counters.snapshotsTooOld).toBeGreaterThan(0)
  expect(followed.book.isLive).toBe(true)
})
