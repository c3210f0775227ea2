import { describe, expect, test } from 'vitest'
import type { MarketEvent } from '../../../src/ports/played-market.js'
import { SyntheticMarket } from '../../../src/sandbox/market/synthetic-market.js'
import { instrument } from '../../support/instruments.js'
import { SANDBOX_START_MS } from '../../support/sandbox-exchange.js'

const HOUR_MS = 3_600_000
const ETH = instrument({ tickSize: '0.01' }, 'ETHUSDT')
const ASSETS = [
  { instrument: instrument(), price: 96_000 },
  { instrument: ETH, price: 3_300 },
]

describe('a made-up market', () => {
  const made = (changes: object = {}) =>
    new SyntheticMarket({ seed: 1, assets: ASSETS, startMs: SANDBOX_START_MS, ...changes })

  test('is the same for one seed, and another for another', () => {
    const events = made().play(SANDBOX_START_MS + 60_000)
    expect(made().play(SANDBOX_START_MS + 60_000)).toEqual(events)
    expect(made({ seed: 2 }).play(SANDBOX_START_MS + 60_000)).not.toEqual(events)
  })

  test('has the same prices whenever it is begun', () => {
    const later = SANDBOX_START_MS + HOUR_MS
    const early = made()
    early.play(later - 1)
    expect(early.play(later + 1_000)).toEqual(made({ startMs: later }).play(later + 1_000))
  })

  test('quotes on the grid, a tick apart, and trades at one of the sides', () => {
    const quotes = new Map<string, { readonly bid: string; readonly ask: string }>()
    for (const event of made().play(SANDBOX_START_MS + 60_000)) {
      if (event.kind === 'quote') {
        const { symbol, bid, ask } = event.quote
        const tick = symbol === 'BTCUSDT' ? 0.1 : 0.01
        expect(Number(ask) - Number(bid)).toBeCloseTo(tick, 6)
        expect(Number(event.quote.bidQuantity)).toBeGreaterThan(0)
        quotes.set(symbol, { bid, ask })
      }
      if (event.kind === 'print') {
        const { bid, ask } = quotes.get(event.symbol)!
        expect(event.price).toBe(event.aggressor === 'BUY' ? ask : bid)
      }
    }
  })

  test('moves as one market: returns of two symbols go together', () => {
    const market = made()
    const at = (symbol: string, hour: number): number =>
      Math.log(market.priceAt(symbol, SANDBOX_START_MS - hour * HOUR_MS)!)
    const [sums, count] = [{ xx: 0, yy: 0, xy: 0 }, 500]
    for (let hour = 0; hour < count; hour++) {
      const x = at('BTCUSDT', hour) - at('BTCUSDT', hour + 1)
      const y = at('ETHUSDT', hour) - at('ETHUSDT', hour + 1)
      sums.xx += x * x
      sums.yy += y * y
      sums.xy += x * y
    }
    const correlation = sums.xy / Math.sqrt(sums.xx * sums.yy)
    expect(correlation).toBeGreaterThan(0.2)
    expect(correlation).toBeLessThan(0.95)
    // About as volatile as the real one: 0.1 % to 1 % an hour.
    expect(Math.sqrt(sums.xx / count)).toBeGreaterThan(0.001)
    expect(Math.sqrt(sums.xx / count)).toBeLessThan(0.01)
  })

  test('a shifted price is shifted from then on, of one symbol', () => {
    const [market, untouched] = [made(), made()]
    for (const each of [market, untouched]) each.play(SANDBOX_START_MS + 1_000)
    market.shift('BTCUSDT', 0.5)
    const last = (events: readonly MarketEvent[], symbol: string): number =>
      Number(
        events
          .flatMap((event) => (event.kind === 'quote' && event.quote.symbol === symbol ? [event.quote.bid] : []))
          .at(-1),
      )
    const [shifted, plain] = [market, untouched].map((each) => each.play(SANDBOX_START_MS + 5_000))
    expect(last(shifted!, 'BTCUSDT') / last(plain!, 'BTCUSDT')).toBeCloseTo(0.5, 4)
    expect(last(shifted!, 'ETHUSDT')).toBe(last(plain!, 'ETHUSDT'))
    const before = SANDBOX_START_MS - HOUR_MS
    expect(market.priceAt('BTCUSDT', before)).toBe(untouched.priceAt('BTCUSDT', before))
  })

  test('hours open and close as their minutes do', () => {
    const market = made()
    const fromMs = SANDBOX_START_MS - 3 * HOUR_MS
    const hours = market.hours('BTCUSDT', fromMs, SANDBOX_START_MS)
    const minutes = market.minutes('BTCUSDT', fromMs, SANDBOX_START_MS)
    expect(hours.map(({ openMs, open, close }) => [openMs, open, close])).toEqual(
      [0, 1, 2].map((hour) => [fromMs + hour * HOUR_MS, minutes[hour * 60]!.open, minutes[hour * 60 + 59]!.close]),
    )
  })

  test('settles funding every eight hours, once for each symbol', () => {
    const market = made()
    const settled = market.play(SANDBOX_START_MS + 8 * HOUR_MS).filter(({ kind }) => kind === 'fundingRate')
    expect(settled.map((event) => 'symbol' in event && event.symbol)).toEqual(['BTCUSDT', 'ETHUSDT'])
  })
})
