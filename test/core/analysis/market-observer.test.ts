import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../src/base/canonical-json.js'
import { MarketObserver } from '../../../src/core/analysis/market-observer.js'
import type { MarketDataEvent } from '../../../src/ports/market-data.js'
import type { LevelRows } from '../../../src/ports/vocabulary/depth.js'

const START_MS = 1_767_225_600_000
const SYMBOLS = ['BUSDT', 'AUSDT']

const observer = (books: 'diffs' | 'partial' = 'partial') => new MarketObserver({ symbols: SYMBOLS, books })
const trade = (ms: number, price = 10, symbol = 'AUSDT', venueId = ms): MarketDataEvent => ({
  ...{ kind: 'trade', symbol, price, baseQuantity: 2, side: 'BUY', venueId },
  ...{ atMs: START_MS + ms, receivedMs: START_MS + ms },
})
const liquidation = (ms: number): MarketDataEvent => ({
  ...{ kind: 'liquidation', symbol: 'BUSDT', side: 'SELL', price: 10, orderPrice: 9, baseQuantity: 5 },
  ...{ atMs: START_MS + ms, receivedMs: START_MS + ms },
})

describe('what is observed', () => {
  it('is told of each symbol: primitives, regime and market, as of the advance', () => {
    const observing = observer()
    observing.advance(START_MS)
    for (let i = 1; i <= 12; i++) observing.handle(trade(i * 10, 10 + i))
    observing.handle(liquidation(500))
    observing.advance(START_MS + 1_000)
    const { status, timestampMs, symbols } = observing.observed()
    expect([status, timestampMs, Object.keys(symbols)]).toEqual(['UNINITIALIZED', START_MS + 1_000, ['AUSDT', 'BUSDT']])
    expect(symbols.AUSDT).toMatchObject({
      primitives: { symbol: 'AUSDT', directionalContinuity: { totalTrades: 12, continuityValue: 1 } },
      regime: { regime: 'UNKNOWN', reason: 'INSUFFICIENT_DATA', metrics: { price: 22, imbalance30s: 1 } },
      market: { price: 22, flow10s: { sellUsd: 0 } },
    })
    expect(symbols.BUSDT).toMatchObject({
      primitives: { liquidationBurst: { longLiquidationsUsd: 50 } },
      market: { msSinceLiquidation: 500 },
    })
  })

  it('holds nothing that is later than the advance', () => {
    const observing = observer()
    observing.advance(START_MS)
    observing.handle(trade(1_001))
    observing.advance(START_MS + 1_000)
    expect(observing.observed().symbols.AUSDT!.market).not.toHaveProperty('price')
    observing.advance(START_MS + 1_001)
    expect(observing.observed().symbols.AUSDT!.market.price).toBe(10)
  })

  it('is of the symbols that are asked for, which are among those that are observed', () => {
    const observing = observer()
    observing.advance(START_MS)
    expect(Object.keys(observing.observed(['BUSDT']).symbols)).toEqual(['BUSDT'])
    expect(() => observing.observed(['CUSDT'])).toThrow('one of those that are observed')
    expect(() => observer().observed()).toThrow('once time has been told')
  })

  it('is plain JSON, frozen through and through', () => {
    const observing = observer()
    observing.advance(START_MS)
    for (let i = 1; i <= 12; i++) observing.handle(trade(i))
    observing.advance(START_MS + 100)
    const observed = observing.observed()
    expect(JSON.parse(JSON.stringify(observed))).toEqual(observed)
    expect(unfrozenIn(observed)).toEqual([])
  })

  it('is of no symbol once it has failed, with the reason and the last good time', () => {
    const observing = observer()
    observing.advance(START_MS + 1)
    observing.advance(START_MS)
    observing.handle(trade(5))
    const failed = { status: 'FAILED', timestampMs: START_MS + 1, failureReason: 'TIME_REGRESSION', symbols: {} }
    expect(observing.observed()).toEqual(failed)
    expect(observing.observed(['AUSDT'])).toEqual(failed)
    expect(observing.failure?.reason).toBe('TIME_REGRESSION')
    expect(observing.refusalSamples()).toMatchObject([{ kind: 'TRADE', reason: 'SYSTEM_FAILED' }])
  })
})

it('settings that nothing can be observed by are refused, with everything that is wrong', () => {
  const made = (settings: unknown) => () => new MarketObserver(settings as never)
  expect(made({ symbols: 5, books: 'whole' })).toThrow(/settings\.symbols: .*\n?.*settings\.books: /s)
  expect(made({ symbols: ['A', 'A'], books: 'diffs' })).toThrow('symbols: expected at least one symbol, each once')
  expect(made(undefined)).toThrow('settings: expected an object')
})

it('of each kind and reason the first refused event is kept, and every one is counted', () => {
  const observing = observer()
  observing.handle(trade(0))
  observing.advance(START_MS)
  observing.handle(trade(1, 10, 'CUSDT'))
  observing.handle(trade(2, 10, 'CUSDT'))
  observing.handle(liquidation(-30_001))
  expect(observing.refusalSamples().map(({ kind, reason, event }) => [kind, reason, event.tsMs - START_MS])).toEqual([
    ['TRADE', 'TIME_NOT_SET', 0],
    ['TRADE', 'SYMBOL_NOT_ALLOWED', 1],
    ['LIQUIDATION', 'TOO_OLD', -30_001],
  ])
  expect(observing.snapshot().counters.refused).toMatchObject({ 'TRADE:SYMBOL_NOT_ALLOWED': 2 })
})

it('a snapshot counts what came since the advance', () => {
  const observing = observer()
  observing.advance(START_MS)
  expect(observing.snapshot().counters.accepted.TRADE ?? 0).toBe(0)
  observing.handle(trade(1))
  expect(observing.snapshot().counters.accepted.TRADE).toBe(1)
})

describe('the depth within 2 % of the middle of a book', () => {
  const listed: MarketDataEvent = {
    kind: 'listed',
    contracts: [{ symbol: 'AUSDT', priceDecimals: 1, quantityDecimals: 0 }],
    receivedMs: START_MS,
  }
  const frame = (u: number, b: LevelRows, a: LevelRows): MarketDataEvent => ({
    ...{ kind: 'depth', symbol: 'AUSDT', eventMs: START_MS + u, receivedMs: START_MS + u },
    frame: { U: u, u, pu: u - 1, b, a },
  })
  const snapshot = (bids: LevelRows, asks: LevelRows): MarketDataEvent => ({
    ...{ kind: 'snapshot', symbol: 'AUSDT', atMs: START_MS + 1, receivedMs: START_MS + 1 },
    snapshot: { requestId: 1, lastUpdateId: 0, bids, asks },
  })
  const depthAt = (observing: MarketObserver, ms: number) => {
    observing.advance(START_MS + ms)
    return observing.observed(['AUSDT']).symbols.AUSDT!.market.depthWithin2PctUsd
  }
  const whole = () => {
    const observing = observer('diffs')
    observing.handle(listed)
    observing.handle(frame(1, [['99.0', '2']], []))
    observing.handle(
      snapshot(
        [
          ['98.0', '3'],
          ['97.9', '9'],
        ],
        [
          ['101.0', '1'],
          ['102.0', '1'],
          ['102.1', '9'],
        ],
      ),
    )
    return observing
  }

  it('is what rests there on both sides of a book that is known so far', () => {
    expect(depthAt(whole(), 1)).toBe(99 * 2 + 98 * 3 + 101 + 102)
  })

  it('is not known before its frame, nor ten seconds after the last one', () => {
    expect(depthAt(whole(), 0)).toBeUndefined()
    expect(depthAt(whole(), 10_001)).toBe(99 * 2 + 98 * 3 + 101 + 102)
    expect(depthAt(whole(), 10_002)).toBeUndefined()
  })

  it('is not known of a book that was cut nearer to its middle', () => {
    const observing = observer('diffs')
    observing.handle(listed)
    observing.handle(frame(1, [['99.0', '2']], []))
    const bids: LevelRows = Array.from({ length: 1_000 }, (_, i) => [`${(10_000 - i) / 100}`, '1'])
    observing.handle(
      snapshot(
        bids.map(([price, lots]) => [Number(price).toFixed(1), lots]),
        [['101.0', '1']],
      ),
    )
    expect(depthAt(observing, 1)).toBeDefined()
    const near: LevelRows = Array.from({ length: 1_000 }, (_, i) => [(100_000 - i / 10).toFixed(1), '1'])
    const cut = observer('diffs')
    cut.handle(listed)
    cut.handle(frame(1, [['99000.0', '2']], []))
    cut.handle(snapshot(near, [['100001.0', '1']]))
    expect(depthAt(cut, 1)).toBeUndefined()
  })

  it('is not known of the best levels alone', () => {
    const observing = observer('partial')
    observing.handle(listed)
    observing.handle(frame(1, [['99.0', '2']], [['101.0', '1']]))
    expect(depthAt(observing, 1)).toBeUndefined()
  })
})

it('the same events and advances make the same bytes, in whatever order events of one advance come', () => {
  const acts = fc.array(
    fc.record({
      atMs: fc.integer({ min: 1, max: 400_000 }),
      symbol: fc.constantFrom('AUSDT', 'BUSDT'),
      price: fc.integer({ min: 90, max: 110 }),
      kind: fc.constantFrom('trade' as const, 'trade' as const, 'liquidation' as const, 'openInterest' as const),
    }),
    { maxLength: 120 },
  )
  const played = (told: readonly MarketDataEvent[], stepMs: number): readonly string[] => {
    const observing = observer()
    const bytes: string[] = []
    for (let ms = 0; ms <= 420_000; ms += stepMs) {
      for (const event of told) if ('atMs' in event && isWithin(event.atMs, ms, stepMs)) observing.handle(event)
      observing.advance(START_MS + ms)
      if (ms > 0) bytes.push(canonicalJson(observing.observed()))
    }
    return bytes
  }
  fc.assert(
    fc.property(acts, fc.constantFrom(1_000, 5_000), (list, stepMs) => {
      const events = list.map(({ atMs, symbol, price, kind }, i): MarketDataEvent => {
        const of = { symbol, atMs: START_MS + atMs, receivedMs: START_MS + atMs }
        if (kind === 'openInterest') return { kind, ...of, openInterest: price }
        const order = { ...of, price, side: price % 2 === 0 ? ('BUY' as const) : ('SELL' as const), baseQuantity: 1 }
        return kind === 'trade' ? { kind, ...order, venueId: i } : { kind, ...order, orderPrice: price }
      })
      const byTime = events.filter(({ kind }) => kind !== 'openInterest')
      expect(played(events, stepMs)).toEqual(played(events, stepMs))
      expect(played([...byTime].reverse(), stepMs)).toEqual(played(byTime, stepMs))
    }),
    { numRuns: 10 },
  )
})

function isWithin(atMs: number, ms: number, stepMs: number): boolean {
  return atMs > START_MS + ms - stepMs && atMs <= START_MS + ms
}

function unfrozenIn(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const within = Object.entries(value).flatMap(([key, one]) => unfrozenIn(one, `${path}.${key}`))
  return Object.isFrozen(value) ? within : [path, ...within]
}
