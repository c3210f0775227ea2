import { describe, expect, it } from 'vitest'
import { openMarketRecorder } from '../../../../src/adapters/market-parquet/market-recorder.js'
import { readMarket } from '../../../../src/adapters/market-parquet/read-market.js'
import { UNIVERSE } from '../../../../src/core/grid/order-book-documents.js'
import { median } from '../../../../src/core/numeric/percentile.js'
import type { MarketData, MarketDataEvent } from '../../../../src/ports/market-data.js'
import type { UniverseRow } from '../../../../src/ports/market-recording.js'
import { OrderBookUniverseService } from '../../../../src/runtime/services/universe/order-book-universe-service.js'
import { SandboxMarketData, START_MS } from '../../../adapters/binance/books/sandbox-market-data.js'
import { scratchFolder } from '../../../adapters/market-parquet/recorded-rows.js'
import { turns } from '../../../support/pass-time.js'

const MINUTE_MS = 60_000
const MINUTES = 22
const NEW = 'NEWUSDT'
const [GONE, SILENT] = ['A7USDT', 'A500USDT']
const SYMBOLS = [...Array.from({ length: 539 }, (_, i) => `A${i}USDT`), '币安人生USDT', NEW]

interface Quotes {
  readonly atMs: number
  readonly bid: number
  readonly ask: number
}

/** The service as it runs, on the sandbox's exchange, for 22 minutes; what it published, and what the exchange had told it. */
async function universeOf540() {
  const folder = scratchFolder()
  const exchange = { market: { bookLevels: 8, listedLater: [NEW] } }
  const at = new SandboxMarketData({ symbols: SYMBOLS, stepMs: 8_500, exchange, isUnheard: true })
  const { time, data } = at
  const told = new Map<string, Quotes[]>()
  const facts = { stepMs: MINUTE_MS, books: 'partial', scales: {} } as const
  const warnings: string[] = []
  const warn = (text: string) => void warnings.push(text)
  const report = ({ message }: { readonly message: string }) => warn(message)
  const recorder = await openMarketRecorder({ folder, facts, clock: time, timer: time, report })
  const published: Document[] = []
  const service = new OrderBookUniverseService({
    ...{ time, recorder, warn, market: overheard(data, told) },
    put: (_map, _key, text) => void published.push(document(text)),
  })
  const streams = watchStreams(at)
  const stop = new AbortController()
  const ended = service.start(stop.signal)
  const pass = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      at.passMs(MINUTE_MS)
      await turns()
    }
  }
  at.passMs(30_000)
  const atStart = streams.ofBooks()
  await pass(3)
  at.silent.add(SILENT)
  await pass(1)
  at.exchange.faults.strike('listSymbol', NEW)
  at.exchange.faults.strike('settleSymbol', GONE)
  await pass(4)
  at.silent.clear()
  await pass(MINUTES - 8)
  const health = data.health()
  const atEnd = streams.ofBooks()
  stop.abort()
  await ended
  const rows: UniverseRow[] = []
  for await (const some of readMarket(folder, 'universe')) rows.push(...some)
  return { published, told, rows, warnings, health, atStart, atEnd, figures: service.figures() }
}

type Document = ReturnType<typeof document>

function document(text: string) {
  const reading = UNIVERSE.read(text)
  if ('refused' in reading) throw new Error(JSON.stringify(reading.refused))
  return reading.value
}

/** Best quotes of every frame, as they came. */
function overheard(data: MarketData, told: Map<string, Quotes[]>): MarketData {
  const note = (event: MarketDataEvent): void => {
    if (event.kind !== 'depth') return
    const { symbol, eventMs: atMs, frame } = event
    if (!told.has(symbol)) told.set(symbol, [])
    told.get(symbol)!.push({ atMs, bid: Number(frame.b[0]![0]), ask: Number(frame.a[0]![0]) })
  }
  return {
    listen(listener) {
      data.listen((event) => {
        note(event)
        listener(event)
      })
    },
    follow: (wish) => data.follow(wish),
    askSnapshot: (request) => data.askSnapshot(request),
    askKlines: (asked) => data.askKlines(asked),
    exchangeMs: () => data.exchangeMs(),
    health: () => data.health(),
    close: () => data.close(),
  }
}

/** How many books each connection follows. */
function watchStreams({ wire }: SandboxMarketData) {
  const followed = new Map<string, Set<string>>()
  const carry = wire.carry.bind(wire)
  wire.carry = (command) => {
    carry(command)
    if (command.kind === 'close') followed.delete(command.socketId)
    if (command.kind !== 'text') return
    const { method, params = [] } = JSON.parse(command.text) as { method: string; params?: string[] }
    if (!followed.has(command.socketId)) followed.set(command.socketId, new Set())
    const streams = followed.get(command.socketId)!
    for (const stream of params.filter((name) => name.endsWith('@depth5@500ms')))
      if (method === 'SUBSCRIBE') streams.add(stream)
      else streams.delete(stream)
  }
  const ofBooks = () => [...followed.values()].flatMap(({ size }) => (size > 0 ? [size] : [])).sort((a, b) => b - a)
  return { ofBooks }
}

/** How often orders that rested at the best prices of a minute's start were reached in it, by what the exchange told. */
function fillProbability(told: readonly Quotes[], minutesMs: readonly number[]): number | null {
  let [windows, reached] = [0, 0]
  for (const [i, endMs] of minutesMs.entries()) {
    const startMs = minutesMs[i - 1]
    if (startMs === undefined || endMs - startMs !== MINUTE_MS) continue
    const before = inForce(told, startMs)
    const inside = told.filter(({ atMs }) => atMs >= startMs && atMs < endMs)
    windows++
    if (inside.some(({ ask }) => ask <= before.bid)) reached++
    if (inside.some(({ bid }) => bid >= before.ask)) reached++
  }
  return windows < 20 ? null : (reached + 1) / (2 * windows + 2)
}

/** What a snapshot says that does not follow from what the exchange told. */
function wrongHealths({ _snapshot_utc, assets }: Document, told: ReadonlyMap<string, readonly Quotes[]>): object[] {
  const depths = Object.values(assets).map(({ depth_1pct_usd }) => depth_1pct_usd)
  const usualUsd = median(depths)
  return Object.entries(assets).flatMap(([symbol, health]) => {
    const { bid, ask } = inForce(told.get(symbol)!, _snapshot_utc * 1_000)
    const { best_bid, best_ask, spread_bps, depth_1pct_usd, depth_quality, n_bid_levels, n_ask_levels } = health
    const isRight =
      best_bid === bid &&
      best_ask === ask &&
      Math.abs(spread_bps - (20_000 * (ask - bid)) / (ask + bid)) < 1e-6 &&
      depth_1pct_usd > 0 &&
      depth_quality === depth_1pct_usd / (depth_1pct_usd + usualUsd) &&
      n_bid_levels === 5 &&
      n_ask_levels === 5
    return isRight ? [] : [{ symbol, bid, ask, ...health }]
  })
}

function inForce(told: readonly Quotes[], beforeMs: number): Quotes {
  return told.filter(({ atMs }) => atMs < beforeMs).at(-1)!
}

describe('540 contracts of the sandbox’s exchange', () => {
  it('are followed over three connections, and are each minute in a snapshot of which the recording has the same', async () => {
    const run = await universeOf540()
    const { published, told, rows } = run
    const minutesOf = (symbol: string) =>
      published.flatMap(({ _snapshot_utc, assets }) => (symbol in assets ? [_snapshot_utc * 1_000] : []))
    expect([run.atStart, run.atEnd]).toEqual([
      [200, 200, 140],
      [200, 200, 140],
    ])
    expect([run.health.connections, run.health.malformed, run.health.dead, run.warnings]).toEqual([4, {}, [], []])
    expect(published.map(({ _snapshot_utc }) => _snapshot_utc * 1_000)).toEqual(
      Array.from({ length: MINUTES }, (_, minute) => START_MS + (minute + 1) * MINUTE_MS),
    )

    // Minutes 5 to 8: the contract that was listed and the one that left, and the silent one is a minute old.
    const gone = (minute: number) => minute >= 5
    const missing = (minute: number) => (minute >= 5 && minute <= 8 ? [SILENT] : [])
    for (const [i, { _missing, _n_assets, assets }] of published.entries()) {
      const minute = i + 1
      expect(_missing).toEqual(missing(minute))
      expect(_n_assets).toBe(540 - missing(minute).length)
      expect(Object.keys(assets)).toHaveLength(_n_assets)
      expect([GONE in assets, NEW in assets]).toEqual([!gone(minute), gone(minute)])
    }

    expect(published.flatMap((snapshot) => wrongHealths(snapshot, told))).toEqual([])
    const wrongFills = Object.entries(published.at(-1)!.assets).filter(
      ([symbol, { fill_probability }]) => fill_probability !== fillProbability(told.get(symbol)!, minutesOf(symbol)),
    )
    expect(wrongFills).toEqual([])
    const fills = (minute: number) =>
      new Set(Object.values(published[minute - 1]!.assets).map(({ fill_probability }) => fill_probability))
    expect(fills(20)).toEqual(new Set([null]))
    expect(fills(MINUTES).size).toBeGreaterThan(5)

    expect(rows.map(({ n }) => n)).toEqual(rows.map((_, i) => i + 1))
    expect(rows.map(({ n, ...row }) => row)).toEqual(
      published.flatMap(({ _snapshot_utc, assets }) =>
        Object.entries(assets).map(([symbol, health]) => ({ t_ms: _snapshot_utc * 1_000, symbol, ...health })),
      ),
    )
    expect(run.figures).toMatchObject({ contracts: 540, snapshots: MINUTES, recording: { waiting: 0 } })
  })
})
