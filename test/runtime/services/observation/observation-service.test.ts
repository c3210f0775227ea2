import { describe, expect, it } from 'vitest'
import { type EventRow, eventOfRow } from '../../../../src/core/recording/event-rows.js'
import type { KlineEvent, KlineInterval, TradeEvent } from '../../../../src/ports/market-data.js'
import {
  ObservationFailed,
  ObservationService,
} from '../../../../src/runtime/services/observation/observation-service.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { hosted } from '../../../support/hosted-service.js'
import { MemoryRecorder } from '../../../support/memory-recorder.js'
import { pass } from '../../../support/pass-time.js'
import { StandInMarket } from '../../../support/stand-in-market.js'
import { StandInObserver } from '../../../support/stand-in-observer.js'

const START_MS = Date.UTC(2026, 0, 6)
const SYMBOLS = ['AUSDT', 'BUSDT']

function setUp(offsetMs: number | null = 0, warmUp = false) {
  const time = new VirtualTime(START_MS)
  const market = new StandInMarket(time)
  market.offsetMs = offsetMs ?? undefined
  const [observer, recorder] = [new StandInObserver(SYMBOLS), new MemoryRecorder()]
  const [warnings, said]: [string[], string[]] = [[], []]
  const service = new ObservationService(
    { symbols: SYMBOLS, cadenceMs: 1_000, openInterestEveryMs: 60_000, settledFundingEveryMs: 3_600_000, warmUp },
    {
      ...{ market, time, observer, recorder },
      warn: (text) => warnings.push(text),
      tell: (text) => said.push(text),
    },
  )
  return { time, market, observer, recorder, warnings, said, service, ...hosted(service, time) }
}

function trade({ time, market }: ReturnType<typeof setUp>, price: number): TradeEvent {
  const atMs = time.epochMs()
  const event: TradeEvent = {
    ...{ kind: 'trade', symbol: 'AUSDT', price, baseQuantity: 1, side: 'BUY', venueId: price },
    ...{ atMs, receivedMs: atMs },
  }
  market.tell(event)
  return event
}

describe('an observation of a market that goes on', () => {
  it('advances by the exchange’s clock, each boundary once, and never ahead of it', async () => {
    const world = setUp(-400)
    await pass(world.time, 3_500)
    expect(world.observer.advances).toEqual([
      START_MS - 1_000,
      START_MS,
      START_MS + 1_000,
      START_MS + 2_000,
      START_MS + 3_000,
    ])
    await world.end()
  })

  it('waits for the clock of the exchange, and takes nothing before it is known', async () => {
    const world = setUp(null)
    world.market.list(...SYMBOLS)
    await pass(world.time, 2_000)
    trade(world, 1)
    expect(world.observer.told.filter(({ kind }) => kind !== 'listed')).toEqual([])
    world.market.offsetMs = 0
    await pass(world.time, 1_000)
    const told = trade(world, 2)
    expect(world.observer.told.filter(({ kind }) => kind === 'trade')).toEqual([told])
    expect(world.market.wishes).toHaveLength(1)
    await world.end()
  })

  it('follows trades, the five best levels, liquidations, marks, open interest and settled funding of what is listed', async () => {
    const world = setUp()
    world.market.list('AUSDT', 'CUSDT')
    await pass(world.time, 1_000)
    expect(world.market.wishes).toEqual([
      {
        symbols: ['AUSDT'],
        books: { kind: 'partial', levels: 5, everyMs: 100 },
        ...{ liquidations: true, marks: true, trades: true },
        ...{ openInterestEveryMs: 60_000, settledFundingEveryMs: 3_600_000 },
      },
    ])
    expect(world.warnings).toEqual(['BUSDT is not listed: it is observed once it is'])
    world.market.list('CUSDT')
    expect(world.warnings[1]).toBe('AUSDT, BUSDT are not listed: they are observed once they are')
    world.market.list('AUSDT', 'BUSDT')
    await pass(world.time, 1_000)
    expect(world.market.wishes.at(-1)!.symbols).toEqual(SYMBOLS)
    await world.end()
  })

  it('tells what comes at a boundary after the advance to it', async () => {
    const world = setUp()
    world.market.list(...SYMBOLS)
    await pass(world.time, 900)
    world.market.offsetMs = 100
    const told = trade(world, 5)
    expect(world.observer.told.slice(-2)).toEqual([{ kind: 'advance', tMs: START_MS + 1_000 }, told])
    await world.end()
  })

  it('records everything that it was told, and its advances, in their order', async () => {
    const world = setUp()
    world.market.list(...SYMBOLS)
    await pass(world.time, 1_500)
    const first = trade(world, 5)
    await pass(world.time, 1_000)
    const second = trade(world, 6)
    await world.end()
    const rows = world.recorder.rows.filter(({ table }) => table !== 'listings')
    const replayed = rows.map((row) =>
      row.table === 'closings'
        ? { kind: 'advance', tMs: (row.row as { readonly t_ms: number }).t_ms }
        : eventOfRow(row as EventRow),
    )
    expect(replayed).toEqual(world.observer.told.filter(({ kind }) => kind !== 'listed'))
    expect(replayed).toEqual(expect.arrayContaining([first, second]))
    expect([...world.recorder.scales.keys()]).toEqual(SYMBOLS)
    expect([world.recorder.closed, world.market.closed]).toEqual([true, true])
  })

  it('ends as fatal with the reason once the observation has failed, and closes its recording', async () => {
    const world = setUp()
    await pass(world.time, 1_000)
    world.observer.failure = { reason: 'NON_FINITE_OUTPUT', detail: 'velocity of AUSDT' }
    await pass(world.time, 1_000)
    const { error, health } = await world.end()
    expect(error).toBeInstanceOf(ObservationFailed)
    expect(health).toMatchObject({
      state: 'FATAL',
      detail: expect.stringContaining('NON_FINITE_OUTPUT, velocity of AUSDT'),
    })
    expect([world.recorder.closed, world.market.closed]).toEqual([true, true])
  })
})

describe('an observation that is warmed up', () => {
  const kline = (symbol: string, interval: KlineInterval, endMs: number): KlineEvent => {
    const openMs = endMs - (interval === '5m' ? 300_000 : 1_800_000)
    const prices = { open: 10, high: 12, low: 9, close: 11, baseVolume: 1 }
    return { kind: 'kline', symbol, interval, openMs, closeMs: endMs - 1, ...prices, receivedMs: START_MS + 1_000 }
  }
  const HALF_HOUR_MS = START_MS - 1_800_000

  async function asked(symbols = SYMBOLS) {
    const world = setUp(0, true)
    await pass(world.time, 500)
    world.market.list(...symbols)
    await pass(world.time, 1_000)
    return world
  }

  function answer({ market, time }: ReturnType<typeof setUp>, ...klines: readonly KlineEvent[]): void {
    for (const told of klines) market.tell(told)
    for (const { requestId } of market.klinesAsked)
      market.tell({ kind: 'klinesTold', requestId, without: [], receivedMs: time.epochMs() })
  }

  it('asks for candles of what is listed, and follows nothing and tells no time before they are there', async () => {
    const world = await asked()
    await pass(world.time, 5_000)
    expect(world.market.klinesAsked).toMatchObject([
      { symbols: SYMBOLS, interval: '30m', count: 20 },
      { symbols: SYMBOLS, interval: '5m', count: 20 },
    ])
    expect([world.market.wishes, world.observer.advances]).toEqual([[], []])
    await world.end()
  })

  it('hands out each candle at its end, in their order, then lives in the present', async () => {
    const world = await asked()
    const [old, half, other] = [
      kline('AUSDT', '30m', HALF_HOUR_MS),
      kline('AUSDT', '5m', START_MS),
      kline('BUSDT', '30m', START_MS),
    ]
    answer(world, other, half, old)
    await pass(world.time, 1_000)
    expect(world.observer.told.filter(({ kind }) => kind !== 'listed').slice(0, 6)).toEqual([
      { kind: 'advance', tMs: HALF_HOUR_MS },
      old,
      { kind: 'advance', tMs: START_MS },
      ...[half, other],
      { kind: 'advance', tMs: START_MS + 1_000 },
    ])
    expect(world.market.wishes).toHaveLength(1)
    expect([world.warnings, world.said[0]]).toEqual([[], 'Candles of before warmed 2 contracts up.'])
    expect(world.service.figures().advances).toBe(2)
    await world.end()
  })

  it('leaves out a candle that is still open', async () => {
    const world = await asked()
    answer(world, kline('AUSDT', '30m', START_MS), kline('AUSDT', '5m', START_MS + 300_000))
    await pass(world.time, 1_000)
    expect(world.observer.told.filter(({ kind }) => kind === 'kline')).toHaveLength(1)
    await world.end()
  })

  it('is recorded so that it is replayed, candles and their times included', async () => {
    const world = await asked()
    answer(world, kline('AUSDT', '30m', HALF_HOUR_MS), kline('AUSDT', '30m', START_MS))
    await pass(world.time, 1_000)
    trade(world, 5)
    await pass(world.time, 1_000)
    await world.end()
    const rows = world.recorder.rows.filter(({ table }) => table !== 'listings')
    const replayed = rows.map((row) =>
      row.table === 'closings'
        ? { kind: 'advance', tMs: (row.row as { readonly t_ms: number }).t_ms }
        : eventOfRow(row as EventRow),
    )
    expect(replayed).toEqual(world.observer.told.filter(({ kind }) => kind !== 'listed'))
    expect(world.recorder.rows.filter(({ table }) => table === 'listings')).toHaveLength(3)
  })

  it('begins cold where no candles come in time, and says so', async () => {
    const world = await asked()
    await pass(world.time, 50_000)
    expect(world.observer.advances[0]).toBeGreaterThanOrEqual(START_MS + 45_000)
    expect(world.warnings).toEqual([
      'No candles of before came of AUSDT, BUSDT: they did not come in time. Their regimes are UNKNOWN for seven hours.',
    ])
    expect(world.market.wishes).toHaveLength(1)
    await world.end()
  })

  it('asks for the candles in which it began to hear once they are over, and tells them when they come', async () => {
    const world = await asked()
    answer(world, kline('AUSDT', '30m', START_MS))
    await pass(world.time, 10_000)
    trade(world, 5)
    await pass(world.time, 291_000)
    expect(world.market.klinesAsked).toHaveLength(3)
    expect(world.market.klinesAsked[2]).toMatchObject({ symbols: SYMBOLS, interval: '5m', count: 1 })
    const late = kline('AUSDT', '5m', START_MS + 300_000)
    world.market.tell(late)
    expect(world.observer.told.at(-1)).toBe(late)
    await pass(world.time, 1_500_000)
    expect(world.market.klinesAsked.slice(3)).toMatchObject([{ interval: '30m', count: 1 }])
    await world.end()
  })
})
