import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MarketObserver } from '../../../src/core/analysis/market-observer.js'
import type { MarketDataEvent, TradeEvent } from '../../../src/ports/market-data.js'
import type { BarObservation } from '../../../src/ports/vocabulary/observation.js'
import { BarObserver, type EventObserver } from '../../../src/runtime/observation/bar-observer.js'

const AT_MS = Date.UTC(2026, 0, 1)

describe('what had been observed by a bar', () => {
  it('is of the last whole second at or before it, by what had come by then', async () => {
    const { observer, told } = recorded()
    const bars = observing(observer, [trade(1, 900), trade(2, 1_000), trade(3, 1_001), trade(4, 2_500)])
    expect(await bars.at(AT_MS + 1_999)).toMatchObject({ timestampMs: AT_MS + 1_000 })
    expect(told).toEqual(['advance 0', 'trade 1', 'trade 2', 'advance 1000'])
    await bars.at(AT_MS + 3_000)
    expect(told.slice(4)).toEqual(['trade 3', 'advance 2000', 'trade 4', 'advance 3000'])
  })

  it('is nothing before the first event, after the last one’s time, and in a gap', async () => {
    const events = [1_000, 5_000, 30_000].map((ms, i) => trade(i, ms))
    const gaps = [{ fromMs: AT_MS + 6_000, untilMs: AT_MS + 20_000 }]
    const bars = observing(recorded().observer, events, gaps)
    const known: boolean[] = []
    for (const ms of [0, 999, 1_000, 6_000, 7_000, 19_999, 20_000, 30_000, 35_000, 36_000])
      known.push((await bars.at(AT_MS + ms)) !== undefined)
    expect(known).toEqual([false, false, true, true, false, false, true, true, true, false])
    const events_ = { firstMs: AT_MS + 1_000, lastMs: AT_MS + 30_000 }
    expect(bars.counts).toEqual({ asked: 10, unobserved: 5, events: events_ })
  })

  it('does not begin with a rate that was settled hours before the first event', async () => {
    const settled: MarketDataEvent = {
      ...{ kind: 'settledFunding', symbol: 'BTCUSDT', rate: 0.0001 },
      ...{ atMs: AT_MS - 7_200_000, receivedMs: AT_MS - 7_200_000 },
    }
    const bars = observing(recorded().observer, [settled, trade(1, 60_000)])
    expect(await bars.at(AT_MS)).toBeUndefined()
    expect(await bars.at(AT_MS + 60_000)).toBeDefined()
  })

  it('has the ranges of candles that were told before anything was heard, whenever they came', async () => {
    const LENGTH_MS = 300_000
    const klines = Array.from({ length: 14 }, (_, i): MarketDataEvent => {
      const openMs = AT_MS - (14 - i) * LENGTH_MS
      const times = { openMs, closeMs: openMs + LENGTH_MS - 1, receivedMs: AT_MS + 900 }
      const prices = { open: 10, high: 12, low: 10, close: 11, baseVolume: 1 }
      return { kind: 'kline', symbol: 'BTCUSDT', interval: '5m', ...times, ...prices }
    })
    const observer = new MarketObserver({ symbols: ['BTCUSDT'], books: 'partial' })
    const bars = observing(observer, [...klines, trade(1, 1_000), trade(2, 5_000)])
    expect(await bars.at(AT_MS - 1)).toBeUndefined()
    expect(await bars.at(AT_MS + 2_000)).toMatchObject({ symbols: { BTCUSDT: { regime: { metrics: { atr5m: 2 } } } } })
  })

  it('is known to nobody where nothing was recorded', async () => {
    const bars = observing(recorded().observer, [])
    expect(await bars.at(AT_MS)).toBeUndefined()
    expect(bars.counts).toEqual({ asked: 1, unobserved: 1, events: undefined })
  })

  it('is the same whatever comes after it, and whichever bars were asked for before', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 40 }).map((ms) => ms.sort((a, b) => a - b))
    const others = fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(times, others, fc.integer({ min: 0, max: 30_000 }), async (came, asked, ms) => {
        const events = came.map((at, i) => trade(i, at))
        const all = observing(recorded().observer, events)
        for (const before of asked.filter((other) => other < ms).sort((a, b) => a - b)) await all.at(AT_MS + before)
        const cut = observing(
          recorded().observer,
          events.filter(({ receivedMs }) => receivedMs <= AT_MS + ms),
        )
        const [one, other] = [await all.at(AT_MS + ms), await cut.at(AT_MS + ms)]
        if (other !== undefined) expect(one).toEqual(other)
      }),
    )
  })
})

it('reading ends with the observer', async () => {
  let isClosed = false
  async function* events(): AsyncGenerator<MarketDataEvent> {
    try {
      for (let i = 0; ; i++) yield trade(i, i * 100)
    } finally {
      isClosed = true
    }
  }
  const bars = new BarObserver({ observer: recorded().observer, events: events() })
  await bars.at(AT_MS + 1_000)
  await bars.close()
  expect(isClosed).toBe(true)
})

function trade(venueId: number, ms: number): TradeEvent {
  const of = { symbol: 'BTCUSDT', price: 100, baseQuantity: 1, side: 'BUY' as const, venueId }
  return { kind: 'trade', ...of, atMs: AT_MS + ms, receivedMs: AT_MS + ms }
}

function observing(
  observer: EventObserver,
  events: readonly MarketDataEvent[],
  gaps: readonly { readonly fromMs: number; readonly untilMs: number }[] = [],
): BarObserver {
  return new BarObserver({
    observer,
    events: (async function* () {
      yield* events
    })(),
    gaps,
  })
}

/** Notes what it is told; what it has observed is the trades that were told before its last advance. */
function recorded(): { readonly observer: EventObserver; readonly told: string[] } {
  const told: string[] = []
  let trades = 0
  let applied = { timestampMs: 0, trades: 0 }
  const observer: EventObserver = {
    handle(event) {
      if (event.kind === 'trade') trades++
      told.push(event.kind === 'trade' ? `trade ${event.venueId}` : event.kind)
    },
    advance(tMs) {
      applied = { timestampMs: tMs, trades }
      told.push(`advance ${tMs - AT_MS}`)
    },
    observed(): BarObservation {
      const metrics = { price: applied.trades }
      const nothing = { regime: 'UNKNOWN', reason: 'INSUFFICIENT_DATA', metrics } as const
      const market = { flow10s: { buyUsd: 0, sellUsd: 0 } }
      const symbols = { BTCUSDT: { primitives: { symbol: 'BTCUSDT' }, regime: nothing, market } }
      return { status: 'UNINITIALIZED', timestampMs: applied.timestampMs, symbols }
    },
  }
  return { observer, told }
}
