import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { FEATURE_KEYS, GRID_MAPS } from '../../../../src/core/grid/names.js'
import { ORDER_BOOK, ORDER_BOOK_FEATURES, ORDER_BOOK_SHARD } from '../../../../src/core/grid/order-book-documents.js'
import { shardMap } from '../../../../src/core/grid/shards.js'
import { AlignedBooks } from '../../../../src/core/orderbook/aligned-books.js'
import { assetBook } from '../../../../src/core/orderbook/asset-features.js'
import { MarketBooks } from '../../../../src/core/orderbook/market-books.js'
import type { MarketBar } from '../../../../src/core/orderbook/market-features.js'
import { REPLAYED_TABLES, ReplayedBooks, type ReplayedRow } from '../../../../src/core/orderbook/replayed-books.js'
import { packageFile } from '../../../../src/files/package-files.js'
import { GridBooks } from '../../../../src/runtime/grid/grid-books.js'
import { GridCircuit } from '../../../../src/runtime/grid/grid-circuit.js'
import { featuresOf } from '../../../../src/runtime/services/order-book/book-documents.js'
import { BookOutlet } from '../../../../src/runtime/services/order-book/book-outlet.js'
import {
  OrderBookService,
  type OrderBookSettings,
} from '../../../../src/runtime/services/order-book/order-book-service.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { hosted } from '../../../support/hosted-service.js'
import { MemoryRecorder } from '../../../support/memory-recorder.js'
import { pass } from '../../../support/pass-time.js'
import { type GridCall, ScriptedGrid } from '../../../support/scripted-grid.js'
import { contract, FrameChain, StandInMarket } from '../../../support/stand-in-market.js'

const START_MS = Date.UTC(2026, 0, 6)
const STEP_MS = 5_000

const SETTINGS: OrderBookSettings = {
  stepMs: STEP_MS,
  symbols: ['AUSDT', 'BUSDT'],
  books: { kind: 'diffs', everyMs: 100 },
  openInterestEveryMs: 60_000,
  marksEveryMs: 10_000,
}

function setUp(settings: Partial<OrderBookSettings> = {}, offsetMs: number | null = 0) {
  const time = new VirtualTime(START_MS)
  const market = new StandInMarket(time)
  market.offsetMs = offsetMs ?? undefined
  const grid = new ScriptedGrid(time)
  const files: string[] = []
  const reports: string[] = []
  const circuit = new GridCircuit({ grid, time, random: () => 0, report: (text) => reports.push(text) })
  const writeFile = async (_path: string, text: string) => void files.push(text)
  const outlet = new BookOutlet({ grid, circuit, time, random: () => 0, file: 'latest.json', writeFile })
  const recorder = new MemoryRecorder()
  const warnings: string[] = []
  const notices: string[] = []
  const bars: { bar: MarketBar; atMs: number; isPublished: boolean }[] = []
  const service = new OrderBookService(
    { ...SETTINGS, ...settings },
    {
      ...{ market, time, outlet, recorder },
      warn: (text) => warnings.push(text),
      tell: (text) => notices.push(text),
      closed: (bar, { isPublished }) => bars.push({ bar, isPublished, atMs: time.epochMs() }),
    },
  )
  const text = (map: string, key: string) => grid.data.get(map)?.get(key) ?? ''
  const { beats, end } = hosted(service, time)
  return { time, market, grid, circuit, recorder, files, reports, warnings, notices, bars, service, beats, end, text }
}

type World = ReturnType<typeof setUp>

/** A contract whose frames come each 100 ms from now on, until it is called off; snapshots are answered at once. */
function quote({ time, market }: World, symbol: string, chain = new FrameChain()): () => void {
  let [frames, answered] = [0, 0]
  let callOff = (): void => {}
  const next = (): void => {
    callOff = time.at(time.epochMs() + 100, () => {
      market.depth(symbol, chain.next(1 + (frames++ % 7)))
      const asks = market.asked.filter((one) => one.symbol === symbol)
      for (const { requestId } of asks.slice(answered)) {
        answered++
        const snapshot = chain.snapshot(requestId, 3)
        market.tell({ kind: 'snapshot', symbol, atMs: time.epochMs(), receivedMs: time.epochMs(), snapshot })
      }
      next()
    })
  }
  next()
  return () => callOff()
}

async function quoting(world: World, ...symbols: readonly string[]): Promise<() => void> {
  world.market.list(...symbols)
  await pass(world.time, 200)
  const calls = symbols.map((symbol) => quote(world, symbol))
  return () => {
    for (const call of calls) call()
  }
}

const latest = (text: string) => {
  const reading = ORDER_BOOK_FEATURES.read(text)
  if (!('value' in reading)) throw new Error(JSON.stringify(reading))
  return reading.value
}

describe('a clock that goes on by more bars at once than any figure looks back on', () => {
  it('makes the books begin anew, also in the recording', async () => {
    const world = setUp({ symbols: ['AUSDT'] })
    const { market, time, bars, recorder, warnings } = world
    await quoting(world, 'AUSDT')
    await pass(time, 60_000)
    const before = bars.length
    market.offsetMs = 720 * STEP_MS
    await pass(time, STEP_MS)
    expect(bars).toHaveLength(before + 721)
    market.offsetMs = Date.UTC(2099, 0) - time.epochMs()
    await pass(time, 1_000)
    expect(bars).toHaveLength(before + 721)
    expect(warnings.at(-1)).toMatch(
      /^The exchange's clock went from 2026-.* to 2099-01-01T.* at once: the books begin anew$/,
    )
    await pass(time, 3 * STEP_MS)
    const newest = bars.at(-1)!
    expect(newest.bar.endMs).toBe(Date.UTC(2099, 0) + 3 * STEP_MS)
    expect(newest.bar.assets.map(({ symbol, value }) => [symbol, value !== undefined])).toEqual([['AUSDT', true]])
    expect(newest.isPublished).toBe(false)
    const begun = recorder.of('listings').map(({ symbol, is_listed }) => [symbol, is_listed])
    expect(begun).toEqual([
      ['', true],
      ['AUSDT', true],
      ['', true],
      ['AUSDT', true],
    ])
    await world.end()
  })
})

describe('what is followed', () => {
  it('is nothing where nothing of it is listed, and that is said', async () => {
    const world = setUp({ symbols: ['BUSDT'] })
    world.market.list('AUSDT')
    await pass(world.time, 200)
    expect(world.market.wishes).toEqual([])
    expect(world.warnings).toEqual(['BUSDT is not listed: it is followed once it is'])
    await world.end()
  })

  it('is what is listed of what is wanted; what comes later joins, and what leaves is dropped from the shards', async () => {
    const world = setUp()
    const { market, time, warnings, grid } = world
    market.list('AUSDT', 'ZUSDT')
    await pass(time, 200)
    expect(market.wishes).toEqual([
      { symbols: ['AUSDT'], books: SETTINGS.books, liquidations: true, marks: true, openInterestEveryMs: 60_000 },
    ])
    expect(warnings).toEqual(['BUSDT is not listed: it is followed once it is'])
    quote(world, 'AUSDT')
    await pass(time, 70_000)
    expect(grid.data.get(shardMap('AUSDT'))?.has('AUSDT')).toBe(true)
    market.list('BUSDT')
    await pass(time, 1_000)
    expect(market.wishes.at(-1)!.symbols).toEqual(['BUSDT'])
    expect(grid.data.get(shardMap('AUSDT'))?.has('AUSDT')).toBe(false)
    market.list('BUSDT')
    await pass(time, 1_000)
    expect(market.wishes).toHaveLength(2)
    await world.end()
  })

  it('is discovered where nothing is named: every contract that is listed', async () => {
    const world = setUp({ symbols: 'listed' })
    world.market.list('AUSDT', 'ZUSDT')
    await pass(world.time, 200)
    world.market.list('AUSDT', 'NEWUSDT', 'ZUSDT')
    await pass(world.time, 100)
    expect(world.market.wishes.map(({ symbols }) => symbols)).toEqual([
      ['AUSDT', 'ZUSDT'],
      ['AUSDT', 'ZUSDT', 'NEWUSDT'],
    ])
    await world.end()
  })

  it('begins once the clock of the exchange is known, and not before', async () => {
    const world = setUp({}, null)
    world.market.list('AUSDT')
    await pass(world.time, 3_000)
    expect([world.market.wishes, world.service.health().state]).toEqual([[], 'STARTING'])
    world.market.offsetMs = 40
    await pass(world.time, 1_100)
    expect([world.market.wishes.length, world.service.health().state]).toEqual([1, 'RUNNING'])
    await world.end()
  })
})

describe('a bar', () => {
  it.each([0, 1_234, -777])('is closed when the exchange reads its end, its clock %d ms ahead', async (offsetMs) => {
    const world = setUp({}, offsetMs)
    await quoting(world, 'AUSDT')
    await pass(world.time, 31_000)
    expect(world.bars.length).toBeGreaterThan(4)
    for (const { bar, atMs } of world.bars) {
      expect(bar.endMs % STEP_MS).toBe(0)
      expect(atMs + offsetMs).toBe(bar.endMs)
    }
    await world.end()
  })

  it('is published with exactly the features that the books give, in the grid, in the file and in the shards', async () => {
    const world = setUp()
    const { time, market, text, recorder } = world
    const heard: Parameters<MarketBooks['handle']>[] = []
    const listen = market.tell.bind(market)
    market.tell = (event) => {
      if (event.kind !== 'listed') heard.push([event, time.nowMs()])
      listen(event)
    }
    await quoting(world, 'AUSDT', 'BUSDT')
    await pass(time, 400_000)
    const books = new MarketBooks({ stepMs: STEP_MS, startMs: START_MS, books: 'diffs' })
    for (const symbol of ['AUSDT', 'BUSDT']) books.list(contract(symbol))
    const bars: MarketBar[] = []
    for (const [event, atMs] of heard) {
      bars.push(...books.closeUntil(atMs))
      books.handle(event, atMs)
    }
    bars.push(...books.closeUntil(time.epochMs()))
    expect(world.bars.map(({ bar }) => bar)).toEqual(bars)
    const last = bars.at(-1)!
    const published = latest(text(GRID_MAPS.features, FEATURE_KEYS.orderBook))
    expect(published).toEqual({
      ...{ _pushed_at: last.endMs / 1_000, bar_ts: last.endMs / 1_000, step_ms: STEP_MS, books: 'diffs' },
      assets: Object.fromEntries(last.assets.map(({ symbol, features }) => [symbol, featuresOf(features)])),
      macro: { cascade_count: 0, stress_share: 0, regime_signal: 0 },
    })
    expect(Object.keys(published.assets.AUSDT!)).toHaveLength(6)
    expect(ORDER_BOOK_SHARD.read(text(shardMap('BUSDT'), 'BUSDT'))).toMatchObject({
      value: { bar_ts: last.endMs / 1_000, ...featuresOf(last.assets[1]!.features), regime_signal: 0 },
    })
    expect(recorder.of('features').map(({ t_ms, symbol }) => `${t_ms} ${symbol}`)).toEqual(
      bars.flatMap(({ endMs, assets }) =>
        assets.filter(({ value }) => value !== undefined).map(({ symbol }) => `${endMs} ${symbol}`),
      ),
    )
    await world.end()
    expect(latest(world.files.at(-1)!)).toEqual(published)
  })

  it('of a grid that hangs is closed and told on time all the same', async () => {
    const world = setUp()
    world.grid.outcome = () => ({ afterMs: Number.POSITIVE_INFINITY })
    const never = new Promise<void>(() => {})
    const map = world.grid.map.bind(world.grid)
    world.grid.map = (name) => ({ ...map(name), set: () => never, setAll: () => never, remove: () => never })
    await quoting(world, 'AUSDT', 'BUSDT')
    await pass(world.time, 120_000)
    expect(world.bars).toHaveLength(24)
    for (const { bar, atMs } of world.bars) expect(atMs).toBe(bar.endMs)
    expect(world.beats.length).toBeGreaterThan(20)
    const { shards } = world.service.figures().outlet!
    expect(shards.waiting, 'what is under way, and what came after it').toBe(4)
    expect((await world.end()).health.state).toBe('EXITED')
    expect(world.files.length).toBeGreaterThan(10)
  })
})

describe('hardening', () => {
  it('ob_cache/SCHEMA.md: the file that is written fits the schema that is documented beside its fields', async () => {
    const world = setUp()
    await quoting(world, 'AUSDT', 'BUSDT')
    await pass(world.time, 400_000)
    await world.end()
    const specs = (name: string) => readFileSync(packageFile('specs', 'grid', name), 'utf8')
    const isValid = new Ajv2020({ strict: true }).compile(JSON.parse(specs('obf_features_latest.schema.json')))
    const fields = specs('latest_ob_features.md')
    for (const text of [world.files[0]!, world.files.at(-1)!]) {
      const file = JSON.parse(text)
      expect(isValid(file), JSON.stringify(isValid.errors)).toBe(true)
      for (const name of Object.keys(file.assets.AUSDT)) expect(fields).toContain(`assets.<symbol>.${name}`)
    }
  })

  it('first flush delay: nothing is published in the first 60 s, though everything is computed', async () => {
    const world = setUp()
    await quoting(world, 'AUSDT')
    await pass(world.time, 59_000)
    expect([...world.grid.data.keys()]).toEqual([])
    expect(world.files).toEqual([])
    expect(world.bars.map(({ isPublished }) => isPublished)).toEqual(Array(11).fill(false))
    expect(world.recorder.of('closings')).toHaveLength(11)
    await pass(world.time, 2_000)
    expect(latest(world.text(GRID_MAPS.features, FEATURE_KEYS.orderBook)).bar_ts).toBe((START_MS + 60_000) / 1_000)
    expect(world.bars.at(-1)!.isPublished).toBe(true)
    expect([...world.grid.data.keys()].sort()).toEqual(
      [GRID_MAPS.features, GRID_MAPS.orderBooks, shardMap('AUSDT')].sort(),
    )
    await world.end()
  })

  it('circuit breaker: five failed pushes open it, attempts back off, and the file goes on alone', async () => {
    const world = setUp()
    const failing = { on: true }
    world.grid.outcome = () => (failing.on ? { afterMs: 1, fails: 'deadline' } : { afterMs: 1 })
    await quoting(world, 'AUSDT')
    await pass(world.time, 61_000)
    expect(world.reports).toEqual(['writes to the grid fail: none is made until a probe gets through'])
    const calls = () => world.grid.calls.filter(({ what }: GridCall) => what.startsWith('set')).length
    const before = calls()
    await pass(world.time, 120_000)
    expect(calls() - before).toBeLessThan(12)
    expect(world.circuit.state).not.toBe('CLOSED')
    expect(latest(world.files.at(-1)!).bar_ts).toBe(world.bars.at(-1)!.bar.endMs / 1_000)
    failing.on = false
    await pass(world.time, 70_000)
    expect(world.reports.at(-1)).toBe('writes to the grid go on')
    const { bar } = world.bars.at(-1)!
    expect(latest(world.text(GRID_MAPS.features, FEATURE_KEYS.orderBook)).bar_ts).toBe(bar.endMs / 1_000)
    await world.end()
  })

  it('crossed-book guard: a book with bid at or above ask is discarded, told, and nothing of it is published', async () => {
    const world = setUp()
    const chain = new FrameChain()
    world.market.list('AUSDT')
    await pass(world.time, 200)
    const callOff = quote(world, 'AUSDT', chain)
    await pass(world.time, 70_000)
    callOff()
    await pass(world.time, 50)
    const crossedMs = world.time.epochMs()
    const { b, ...frame } = chain.next(1)
    world.market.depth('AUSDT', { ...frame, b: [...b, ['100.02', '1']] })
    expect(world.warnings.filter((text) => text.includes('crossed'))).toEqual([
      'AUSDT: a crossed book was discarded; nothing is known of it until it is whole again',
    ])
    await pass(world.time, 3_000)
    const shard = (text: string) => (ORDER_BOOK_SHARD.read(text) as { value: { sample_ts: number } }).value
    expect(shard(world.text(shardMap('AUSDT'), 'AUSDT')).sample_ts).toBeLessThan(crossedMs / 1_000)
    expect(world.service.figures().books).toMatchObject({ live: 0, resyncs: { crossed: 1 } })
    await pass(world.time, 5_000)
    expect(latest(world.text(GRID_MAPS.features, FEATURE_KEYS.orderBook)).assets).toEqual({ AUSDT: {} })
    await world.end()
  })

  it('dark streak: ten bars in which nothing came are told as STALE_DATA once, and the next frame as DATA_BACK', async () => {
    const world = setUp()
    const quiet = await quoting(world, 'AUSDT')
    await pass(world.time, 20_000)
    quiet()
    await pass(world.time, 44_000)
    expect(world.warnings.filter((text) => text.startsWith('STALE_DATA'))).toEqual([])
    await pass(world.time, 120_000)
    expect(world.warnings.filter((text) => text.startsWith('STALE_DATA'))).toEqual([
      'STALE_DATA: AUSDT: ten bars in which nothing came of it',
    ])
    quote(world, 'AUSDT')
    await pass(world.time, 20_000)
    expect(world.warnings.filter((text) => text.startsWith('DATA_BACK'))).toEqual([
      'DATA_BACK: AUSDT: something came again of it',
    ])
    await world.end()
  })

  it('dark streak: symbols of which it is told at one bar are told of in one line', async () => {
    const world = setUp()
    const quiet = await quoting(world, 'AUSDT', 'BUSDT')
    await pass(world.time, 20_000)
    quiet()
    await pass(world.time, 120_000)
    quote(world, 'AUSDT')
    quote(world, 'BUSDT')
    await pass(world.time, 20_000)
    expect(world.warnings.filter((text) => /^(STALE_DATA|DATA_BACK)/.test(text))).toEqual([
      'STALE_DATA: AUSDT, BUSDT: ten bars in which nothing came of them',
      'DATA_BACK: AUSDT, BUSDT: something came again of them',
    ])
    await world.end()
  })

  it('stall watchdog: no bar for three steps and 15 s is told once, without heartbeats meanwhile, and so is its end', async () => {
    const world = setUp()
    await quoting(world, 'AUSDT')
    await pass(world.time, 20_000)
    world.market.stoppedAtMs = world.market.exchangeMs()!
    await pass(world.time, 12_000)
    const [told, beats] = [world.warnings.length, world.beats.length]
    await pass(world.time, 60_000)
    expect(world.warnings.slice(told)).toEqual(['BARS_STALLED: no bar for 15 s'])
    expect(world.beats.length).toBe(beats)
    world.market.stoppedAtMs = undefined
    await pass(world.time, 10_000)
    expect(world.warnings.filter((text) => text.startsWith('BARS'))).toEqual([
      'BARS_STALLED: no bar for 15 s',
      'BARS_BACK: there is a bar again',
    ])
    expect(world.beats.length).toBeGreaterThan(beats)
    expect(world.bars.map(({ bar }) => bar.endMs)).toEqual(world.bars.map((_, i) => START_MS + (i + 1) * STEP_MS))
    await world.end()
  })

  it('stall watchdog: a clock of the exchange that never becomes known is told, too', async () => {
    const world = setUp({}, null)
    await pass(world.time, 16_000)
    expect(world.warnings).toEqual(['BARS_STALLED: no bar for 15 s'])
    expect(world.beats).toEqual([])
    await world.end()
  })

  it('dynamic asset discovery: readers find what is followed by the keys of the shards, and no longer what has left', async () => {
    const world = setUp({ symbols: 'listed' })
    await quoting(world, 'AUSDT', 'BUSDT')
    const reader = new GridBooks({
      ...{ grid: world.grid, time: world.time, random: () => 0, ageMsMax: 15_000 },
      readShard: (text) => ORDER_BOOK_SHARD.read(text),
      readLatest: (text) => ORDER_BOOK_FEATURES.read(text),
      latest: { map: GRID_MAPS.features, key: 'nobody writes it' },
    })
    reader.start()
    await pass(world.time, 400_000)
    expect(reader.assets).toEqual(['AUSDT', 'BUSDT'])
    expect(reader.book('BUSDT', 0)).toEqual(assetBook(world.bars.at(-1)!.bar.assets[1]!.features))
    world.market.list('BUSDT')
    await pass(world.time, 1_000)
    expect(reader.assets).toEqual(['BUSDT'])
    await reader.stop()
    await world.end()
  })

  it('per-timestamp macro map: the macro of a bar is that of its time, however many were closed since', async () => {
    const world = setUp({ symbols: ['AUSDT'] })
    const { time, market, bars } = world
    await quoting(world, 'AUSDT')
    await pass(time, 62_000)
    const of = { symbol: 'AUSDT', side: 'SELL', price: 100, orderPrice: 100, baseQuantity: 2_000 } as const
    market.tell({ kind: 'liquidation', ...of, atMs: time.epochMs(), receivedMs: time.epochMs() })
    await pass(time, 120_000)
    const aligned = new AlignedBooks(['AUSDT'])
    for (const { bar } of bars) aligned.closed(bar)
    for (const [i, { bar }] of bars.entries()) aligned.bind(i, bar.endMs)
    const counts = bars.map((_, i) => aligned.macro(i).cascadeCount)
    expect(counts).toEqual(bars.map(({ bar }) => bar.macro.cascadeCount))
    expect(counts.filter((count) => count === 1)).toHaveLength(12)
    expect(counts.at(-1)).toBe(0)
    await world.end()
  })

  it('raw books: the best twenty levels of a changed symbol stand in the grid, ten times a second at most', async () => {
    const world = setUp()
    await quoting(world, 'AUSDT')
    await pass(world.time, 70_000)
    const raw = ORDER_BOOK.read(world.text(GRID_MAPS.orderBooks, 'AUSDT'))
    expect(raw).toMatchObject({
      value: {
        symbol: 'AUSDT',
        mid: 100,
        bids: [
          [expect.stringMatching(/^99\.98$/), expect.stringMatching(/^\d\.000$/)],
          ['99.90', expect.stringMatching(/^\d\.500$/)],
        ],
      },
    })
    const writes = () => world.grid.calls.filter(({ map }) => map === GRID_MAPS.orderBooks).length
    const before = writes()
    await pass(world.time, 10_000)
    expect(writes() - before).toBeLessThanOrEqual(100)
    await world.end()
  })
})

describe('a recording', () => {
  it('has every event that counted, each closing, and what came of the bars, in the order in which they happened', async () => {
    const world = setUp()
    const { market, time, recorder } = world
    const quiet = await quoting(world, 'AUSDT')
    await pass(time, 12_000)
    quiet()
    const receivedMs = time.epochMs()
    const of = { symbol: 'AUSDT', atMs: receivedMs, receivedMs }
    market.tell({ kind: 'liquidation', ...of, side: 'SELL', price: 100, orderPrice: 99, baseQuantity: 2 })
    market.tell({ kind: 'openInterest', ...of, openInterest: 12 })
    for (const ms of [0, 3_000, 9_999, 10_000])
      market.tell({
        ...{ kind: 'mark', ...of, atMs: START_MS + 20_000 + ms },
        ...{ mark: 100, index: 101, fundingRate: 0.0001, nextFundingMs: START_MS + 28_800_000 },
      })
    market.tell({ kind: 'lost', symbols: ['AUSDT', 'ZUSDT'], atMs: receivedMs, receivedMs })
    market.tell({ kind: 'snapshot', ...of, snapshot: { requestId: 99, lastUpdateId: 5, bids: [], asks: [] } })
    await world.end()
    const counts = (table: Parameters<typeof recorder.of>[0]) => recorder.of(table).length
    expect({
      ...Object.fromEntries(
        ['listings', 'closings', 'liquidations', 'open_interest', 'marks', 'macro'].map((table) => [
          table,
          counts(table as 'marks'),
        ]),
      ),
    }).toEqual({
      listings: 2,
      closings: 2,
      liquidations: 1,
      open_interest: 1,
      marks: 2,
      macro: 2,
    })
    const frames = recorder.of('frames')
    expect(frames.filter(({ U, u }) => U === null && u !== null)).toHaveLength(1)
    expect(frames.filter(({ u }) => u === null).map(({ symbol, bids }) => [symbol, bids])).toEqual([['AUSDT', null]])
    expect(recorder.rows.map(({ row }) => row.n)).toEqual(recorder.rows.map((_, i) => i + 1))
    expect(recorder.scales.get('AUSDT')).toEqual({ priceDecimals: 2, quantityDecimals: 3 })
  })

  it('has trades and settled funding where they are to be recorded, which are followed only then', async () => {
    const world = setUp({ trades: true, settledFundingEveryMs: 300_000 })
    const { market, time, recorder } = world
    market.list('AUSDT')
    await pass(time, 100)
    expect(market.wishes.at(-1)).toMatchObject({ trades: true, settledFundingEveryMs: 300_000 })
    const of = { symbol: 'AUSDT', atMs: START_MS, receivedMs: START_MS + 7 }
    market.tell({ kind: 'trade', ...of, side: 'SELL', price: 100, baseQuantity: 2, venueId: 5 })
    market.tell({ kind: 'settledFunding', ...of, rate: 1e-4 })
    await world.end()
    expect(recorder.of('trades')).toMatchObject([
      {
        T_ms: START_MS,
        received_ms: START_MS + 7,
        symbol: 'AUSDT',
        side: 'SELL',
        price: 100,
        base_qty: 2,
        venue_id: 5,
      },
    ])
    expect(recorder.of('funding')).toMatchObject([{ t_ms: START_MS, symbol: 'AUSDT', rate: 1e-4 }])
    const usual = setUp()
    usual.market.list('AUSDT')
    await pass(usual.time, 100)
    expect(Object.keys(usual.market.wishes.at(-1)!)).not.toContain('trades')
    await usual.end()
  })

  it('played again makes the bars that were told, bit for bit, also where contracts came, left and were lost meanwhile', async () => {
    const world = setUp({ symbols: 'listed' })
    const { market, time, recorder } = world
    await quoting(world, 'AUSDT', 'BUSDT')
    await pass(time, 150_000)
    market.tell({ kind: 'lost', symbols: ['BUSDT'], atMs: time.epochMs(), receivedMs: time.epochMs() })
    market.list('AUSDT', 'BUSDT', 'CUSDT')
    quote(world, 'CUSDT')
    await pass(time, 33_333)
    market.list('BUSDT', 'CUSDT')
    await pass(time, 77_777)
    await world.end()
    const scales = Object.fromEntries(recorder.scales)
    const facts = { stepMs: STEP_MS, books: 'diffs', scales } as const
    const replayed = new ReplayedBooks({ facts, hasClosings: true })
    const isReplayed = (one: { readonly table: string }): one is ReplayedRow =>
      (REPLAYED_TABLES as readonly string[]).includes(one.table)
    const bars = recorder.rows.filter(isReplayed).flatMap((row) => replayed.take(row))
    expect(bars.length).toBe(52)
    expect(bars).toEqual(world.bars.map(({ bar }) => bar))
  })

  it('leaves out a contract that it has with other decimals, which is told, and goes on with all others', async () => {
    const world = setUp()
    world.recorder.scale('AUSDT', { priceDecimals: 4, quantityDecimals: 0 })
    await quoting(world, 'AUSDT', 'BUSDT')
    await pass(world.time, 20_000)
    expect(world.warnings).toEqual(['AUSDT is not recorded: AUSDT: expected other decimals'])
    for (const table of ['frames', 'samples', 'features', 'listings'] as const) {
      const symbols = new Set(world.recorder.of(table).map(({ symbol }) => symbol))
      symbols.delete('')
      expect([table, ...symbols]).toEqual([table, 'BUSDT'])
    }
    expect(world.service.figures().books!.live).toBe(2)
    await world.end()
  })

  it('begins a contract anew whose decimals are others now', async () => {
    const world = setUp({ symbols: ['AUSDT'] })
    const { market, time } = world
    await quoting(world, 'AUSDT')
    await pass(time, 10_000)
    const contracts = [{ symbol: 'AUSDT', priceDecimals: 3, quantityDecimals: 3 }]
    market.tell({ kind: 'listed', contracts, receivedMs: time.epochMs() })
    expect(world.service.figures().books).toMatchObject({ listed: 1, live: 0 })
    expect(world.recorder.of('listings').map(({ is_listed }) => is_listed)).toEqual([true, true, false])
    await world.end()
  })

  it('keeps a frame of no form at all as one that nobody can read, and the service goes on', async () => {
    const world = setUp()
    world.market.list('AUSDT')
    await pass(world.time, 200)
    world.market.depth('AUSDT', { U: 'x', u: 1, pu: null, b: 5 } as never)
    expect(world.recorder.of('frames')).toMatchObject([{ U: 1, u: 0, pu: 0, bids: [], asks: [] }])
    expect((await world.end()).health.state).toBe('EXITED')
  })
})

describe('its end', () => {
  it('closes the market, the recording and what it publishes by, and leaves no timer', async () => {
    const world = setUp()
    await quoting(world, 'AUSDT')
    await pass(world.time, 70_000)
    const end = await world.end()
    expect(end.health).toMatchObject({ state: 'EXITED', name: 'order-book' })
    expect([world.market.closed, world.recorder.closed]).toEqual([true, true])
    world.circuit.stop()
  })

  it('is FATAL after an error of ours, which nobody who called back ever sees', async () => {
    const world = setUp()
    world.market.follow = () => {
      throw new Error('a bug')
    }
    world.market.list('AUSDT')
    await pass(world.time, 1_000)
    expect(world.service.health()).toMatchObject({ state: 'FATAL', detail: 'a bug' })
    expect(world.recorder.closed).toBe(true)
  })
})
