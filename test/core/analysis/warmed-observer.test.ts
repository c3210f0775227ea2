import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MarketObserver } from '../../../src/core/analysis/market-observer.js'
import type { KlineEvent, KlineInterval, TradeEvent } from '../../../src/ports/market-data.js'

const MINUTE_MS = 60_000
const START_MS = Date.UTC(2026, 0, 6)
const LENGTHS = { '5m': 5 * MINUTE_MS, '30m': 30 * MINUTE_MS } as const
/** Seven and a half hours of candles, and two hours that both hear. */
const HOURS = 9.5

interface Market {
  readonly prices: readonly number[]
  /** When whoever is warmed begins to hear. */
  readonly beginsMs: number
}

const market: fc.Arbitrary<Market> = fc.record({
  prices: fc.array(fc.integer({ min: 90, max: 110 }), { minLength: HOURS * 60, maxLength: HOURS * 60 }),
  beginsMs: fc.integer({ min: 7.5 * 3_600 + 1, max: 8 * 3_600 }).map((seconds) => START_MS + seconds * 1_000),
})

/** One a minute, half a minute after it began. */
function tradesOf({ prices }: Market): TradeEvent[] {
  return prices.map((price, i) => {
    const atMs = START_MS + i * MINUTE_MS + 30_000
    const of = { kind: 'trade', symbol: 'AUSDT', side: 'BUY', baseQuantity: 1, venueId: i } as const
    return { ...of, price, atMs, receivedMs: atMs }
  })
}

/** What the exchange closes of trades. */
function candlesOf(trades: readonly TradeEvent[], interval: KlineInterval): KlineEvent[] {
  const lengthMs = LENGTHS[interval]
  const opens = new Set(trades.map(({ atMs }) => Math.floor(atMs / lengthMs) * lengthMs))
  return [...opens].map((openMs) => {
    const prices = trades.filter(({ atMs }) => atMs >= openMs && atMs < openMs + lengthMs).map(({ price }) => price)
    const range = { open: prices[0]!, high: Math.max(...prices), low: Math.min(...prices), close: prices.at(-1)! }
    const closeMs = openMs + lengthMs - 1
    const of = { kind: 'kline', symbol: 'AUSDT', interval, openMs, closeMs, baseVolume: prices.length } as const
    return { ...of, ...range, receivedMs: closeMs + 1_500 }
  })
}

class Hearing {
  private readonly observer = new MarketObserver({ symbols: ['AUSDT'], books: 'partial' })
  private timeMs = Number.NEGATIVE_INFINITY

  /** Candles of before, each at its end. */
  warm(candles: readonly KlineEvent[]): void {
    for (const candle of candles.toSorted((one, other) => one.closeMs - other.closeMs)) {
      this.advance(candle.closeMs + 1)
      this.observer.handle(candle)
    }
  }

  /** From here on the market is heard: its marks come each second. */
  begin(tMs: number): void {
    this.advance(tMs)
    const none = { index: null, fundingRate: null, nextFundingMs: null }
    this.observer.handle({ kind: 'mark', symbol: 'AUSDT', mark: 100, ...none, atMs: tMs, receivedMs: tMs })
    this.advance(tMs + 1)
  }

  hear(event: TradeEvent | KlineEvent): void {
    this.advance(Math.floor(event.receivedMs / 1_000) * 1_000)
    this.observer.handle(event)
  }

  advance(tMs: number): void {
    if (tMs > this.timeMs) this.observer.advance(tMs)
    this.timeMs = Math.max(this.timeMs, tMs)
  }

  ranges() {
    const { atr5m, atr30m } = this.observer.observed().symbols.AUSDT!.regime.metrics
    return { atr5m, atr30m }
  }
}

/** Everybody hears what comes, in its order. */
function laterFor(hearing: Hearing, events: readonly (TradeEvent | KlineEvent)[], fromMs: number) {
  const told: ReturnType<Hearing['ranges']>[] = []
  for (const event of events.toSorted((one, other) => one.receivedMs - other.receivedMs)) {
    if (event.receivedMs < fromMs) continue
    hearing.hear(event)
    told.push(hearing.ranges())
  }
  hearing.advance(START_MS + HOURS * 3_600_000)
  told.push(hearing.ranges())
  return told
}

it('whoever is warmed by candles knows the ranges that he would know had he heard the trades', () => {
  fc.assert(
    fc.property(market, (drawn) => {
      const { beginsMs } = drawn
      const trades = tradesOf(drawn)
      const candles = (['30m', '5m'] as const).flatMap((interval) => candlesOf(trades, interval))
      const before = candles.filter(({ closeMs }) => closeMs < beginsMs)
      const begun = candles.filter(({ openMs, closeMs }) => openMs < beginsMs && closeMs >= beginsMs)
      const [all, warmed] = [new Hearing(), new Hearing()]
      all.advance(START_MS)
      for (const trade of trades) if (trade.atMs < beginsMs) all.hear(trade)
      all.begin(beginsMs)
      warmed.warm(before)
      warmed.begin(beginsMs)
      expect(warmed.ranges()).toEqual(all.ranges())
      expect(warmed.ranges()).toEqual({ atr5m: expect.any(Number), atr30m: expect.any(Number) })
      laterFor(all, trades, beginsMs)
      laterFor(warmed, [...trades, ...begun], beginsMs)
      expect(warmed.ranges()).toEqual(all.ranges())
    }),
    { numRuns: 8 },
  )
})

it('a candle of which only the end was heard is none, and without the venue’s the range misses it', () => {
  const trades = tradesOf({ prices: Array.from({ length: 570 }, (_, i) => 100 + (i % 2)), beginsMs: 0 })
  const beginsMs = START_MS + 7.5 * 3_600_000 + 4 * MINUTE_MS
  const spike = trades.map((trade) => (trade.atMs === beginsMs + 30_000 ? { ...trade, price: 500 } : trade))
  const candles = (['30m', '5m'] as const).flatMap((interval) => candlesOf(spike, interval))
  const warmed = new Hearing()
  warmed.warm(candles.filter(({ closeMs }) => closeMs < beginsMs))
  warmed.begin(beginsMs)
  laterFor(
    warmed,
    spike.filter(({ atMs }) => atMs < beginsMs + 3 * MINUTE_MS),
    beginsMs,
  )
  expect(warmed.ranges().atr5m).toBeCloseTo(1, 9)
})
