import { describe, expect, it } from 'vitest'
import { FEATURE_KEYS, GRID_MAPS } from '../../../../src/core/grid/names.js'
import { UNIVERSE } from '../../../../src/core/grid/order-book-documents.js'
import {
  OrderBookUniverseService,
  UNIVERSE_BOOKS,
} from '../../../../src/runtime/services/universe/order-book-universe-service.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { hosted } from '../../../support/hosted-service.js'
import { MemoryRecorder } from '../../../support/memory-recorder.js'
import { pass } from '../../../support/pass-time.js'
import { FrameChain, StandInMarket } from '../../../support/stand-in-market.js'

const START_MS = Date.UTC(2026, 0, 6) + 30_000
const MINUTE_MS = 60_000

function setUp() {
  const time = new VirtualTime(START_MS)
  const market = new StandInMarket(time)
  const recorder = new MemoryRecorder()
  const warnings: string[] = []
  const puts: { readonly text: string; readonly atMs: number }[] = []
  const put = (map: string, key: string, text: string): void => {
    expect([map, key]).toEqual([GRID_MAPS.features, FEATURE_KEYS.universe])
    puts.push({ text, atMs: time.epochMs() })
  }
  const service = new OrderBookUniverseService({ market, time, recorder, put, warn: (text) => warnings.push(text) })
  const { beats, end } = hosted(service, time)
  return { time, market, recorder, warnings, puts, service, beats, end }
}

function document(text: string) {
  const reading = UNIVERSE.read(text)
  if (!('value' in reading)) throw new Error(JSON.stringify(reading))
  return reading.value
}

/** Each half second from now on. */
function quote({ time, market }: ReturnType<typeof setUp>, symbol: string, chain = new FrameChain()): () => void {
  let callOff = (): void => {}
  const next = (): void => {
    callOff = time.at(time.epochMs() + 500, () => {
      market.depth(symbol, chain.next(2))
      next()
    })
  }
  next()
  return () => callOff()
}

describe('the universe', () => {
  it('is the best five levels of everything that is listed, told in the grid and recorded at each full minute', async () => {
    const world = setUp()
    const { market, time, puts, recorder } = world
    market.list('AUSDT', 'BUSDT', 'CUSDT')
    expect(market.wishes).toEqual([
      { symbols: ['AUSDT', 'BUSDT', 'CUSDT'], books: UNIVERSE_BOOKS, liquidations: false, marks: false },
    ])
    quote(world, 'AUSDT')
    quote(world, 'BUSDT')
    await pass(time, 3 * MINUTE_MS)
    expect(puts.map(({ atMs }) => atMs)).toEqual([1, 2, 3].map((n) => START_MS + n * MINUTE_MS - 30_000))
    const told = document(puts.at(-1)!.text)
    expect(told).toMatchObject({ _snapshot_utc: puts.at(-1)!.atMs / 1_000, _n_assets: 2, _missing: ['CUSDT'] })
    expect(told.assets.AUSDT).toMatchObject({ best_bid: 99.98, best_ask: 100.02, n_bid_levels: 2, depth_quality: 0.5 })
    const rows = recorder.of('universe')
    expect(rows.map(({ t_ms, symbol }) => [t_ms, symbol])).toEqual(
      puts.flatMap(({ atMs }) => [
        [atMs, 'AUSDT'],
        [atMs, 'BUSDT'],
      ]),
    )
    const { n, t_ms, symbol, ...health } = rows.at(-2)!
    expect([n, t_ms, symbol]).toEqual([5, puts.at(-1)!.atMs, 'AUSDT'])
    expect(health).toEqual(told.assets.AUSDT)
    await world.end()
  })

  it('takes a contract in when it is listed, and misses none that has left', async () => {
    const world = setUp()
    const { market, time, puts } = world
    market.list('AUSDT', 'GONEUSDT')
    quote(world, 'AUSDT')
    await pass(time, MINUTE_MS)
    expect(document(puts.at(-1)!.text)._missing).toEqual(['GONEUSDT'])
    market.list('AUSDT', 'NEWUSDT')
    expect(market.wishes.at(-1)!.symbols).toEqual(['AUSDT', 'NEWUSDT'])
    quote(world, 'NEWUSDT')
    await pass(time, MINUTE_MS)
    expect(document(puts.at(-1)!.text)).toMatchObject({ _n_assets: 2, _missing: [] })
    market.list('AUSDT', 'NEWUSDT')
    expect(market.wishes).toHaveLength(2)
    await world.end()
  })

  it('begins anew when the clock goes on by more minutes at once than any figure looks back on', async () => {
    const world = setUp()
    const { market, time, puts } = world
    market.list('AUSDT')
    quote(world, 'AUSDT')
    await pass(time, MINUTE_MS)
    market.offsetMs = 120 * MINUTE_MS
    await pass(time, MINUTE_MS)
    expect(puts).toHaveLength(122)
    market.offsetMs = Date.UTC(2099, 0) - time.epochMs()
    await pass(time, 2_000)
    expect(puts).toHaveLength(122)
    expect(world.warnings.at(-1)).toMatch(
      /^The exchange's clock went from 2026-.* to 2099-01-01T.* at once: the books begin anew$/,
    )
    await pass(time, MINUTE_MS)
    expect(document(puts.at(-1)!.text)).toMatchObject({ _snapshot_utc: Date.UTC(2099, 0, 1, 0, 1) / 1_000 })
    expect(puts).toHaveLength(123)
    await world.end()
  })

  it('reads a contract by the decimals that it has now', async () => {
    const world = setUp()
    const { market, time, puts } = world
    market.list('AUSDT')
    const contracts = [{ symbol: 'AUSDT', priceDecimals: 5, quantityDecimals: 3 }]
    market.tell({ kind: 'listed', contracts, receivedMs: time.epochMs() })
    const levels = { b: [['99.98001', '1']], a: [['100.02', '2']] } as const
    await pass(time, 20_000)
    market.depth('AUSDT', { U: 1, u: 2, pu: 0, ...levels })
    await pass(time, MINUTE_MS)
    expect(document(puts[0]!.text).assets.AUSDT).toMatchObject({ best_bid: 99.98001, best_ask: 100.02 })
    await world.end()
  })

  it('names a contract as missing once its last frame is a minute old, and has it back with the next', async () => {
    const world = setUp()
    world.market.list('AUSDT')
    const chain = new FrameChain()
    const quiet = quote(world, 'AUSDT', chain)
    await pass(world.time, MINUTE_MS)
    quiet()
    await pass(world.time, 2 * MINUTE_MS)
    expect(document(world.puts.at(-1)!.text)._missing).toEqual(['AUSDT'])
    quote(world, 'AUSDT', chain)
    await pass(world.time, MINUTE_MS)
    expect(document(world.puts.at(-1)!.text)._missing).toEqual([])
    await world.end()
  })

  it('sends a heartbeat each 5 s between its snapshots, and none once a snapshot is overdue, which is told', async () => {
    const world = setUp()
    world.market.list('AUSDT')
    await pass(world.time, 2 * MINUTE_MS)
    expect(world.beats.length).toBeGreaterThanOrEqual(23)
    world.market.stoppedAtMs = world.market.exchangeMs()!
    await pass(world.time, 2 * MINUTE_MS)
    const beats = world.beats.length
    await pass(world.time, 2 * MINUTE_MS)
    expect(world.beats.length).toBe(beats)
    expect(world.warnings).toEqual([expect.stringMatching(/^BARS_STALLED: no snapshot for 18\d s$/)])
    await world.end()
  })

  it('says in its health what keeps it from recording, and what an earlier process lost', async () => {
    const world = setUp()
    world.market.list('AUSDT')
    world.recorder.failure = 'the disk is full'
    await pass(world.time, 2_000)
    expect(world.service.health().detail).toBe('1 contracts, no snapshot yet, not recording: the disk is full')
    world.recorder.failure = undefined
    world.recorder.lost = { fromMs: START_MS - 300_000, untilMs: START_MS - 10_000 }
    await pass(world.time, 2_000)
    expect(world.service.health().detail).toBe(
      '1 contracts, no snapshot yet, an earlier process lost at most 2026-01-05T23:55:30.000Z to 2026-01-06T00:00:20.000Z',
    )
    await world.end()
  })

  it('ends with its market and its recording closed, and leaves no timer', async () => {
    const world = setUp()
    world.market.list('AUSDT')
    await pass(world.time, MINUTE_MS)
    expect((await world.end()).health).toMatchObject({ state: 'EXITED', name: 'order-book-universe' })
    expect([world.market.closed, world.recorder.closed, world.time.waiting]).toEqual([true, true, 0])
  })
})
