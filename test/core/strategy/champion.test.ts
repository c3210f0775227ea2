import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { ChampionStrategy } from '../../../src/core/strategy/champion.js'
import type { Mandate, StrategyBar, StrategyFill } from '../../../src/ports/strategy.js'
import { OUTSIDE_EXITS, type Trade } from '../../../src/ports/vocabulary/trades.js'
import { playAdapter } from '../../support/adapter-play.js'
import { playChampion, settled } from '../../support/champion-play.js'
import { marketOf, marketShape } from '../../support/markets.js'

const PARAMETERS = { ...DEFAULT_PARAMETERS, use_asset_selection: false, lookback: 0 }

function champion(onTrade: (trade: Trade) => void = () => {}) {
  const settings = { id: 'blue', parameters: PARAMETERS, direction: -1 as const, initialCapital: 10_000 }
  const strategy = new ChampionStrategy({ ...settings, onTrade })
  let bar = 0
  const next = (overrides: Partial<StrategyBar> = {}): readonly Mandate[] =>
    strategy.onBar({
      bar,
      timestampMs: 1_000 * bar,
      symbols: ['ETHUSDT', 'BTCUSDT'],
      prices: Float64Array.of(10, 100),
      velDiv: -0.06,
      volOk: true,
      posture: 'APEX',
      ...(bar++ === 0 ? { day: { date: '2026-01-01' } } : {}),
      ...overrides,
    })
  return { strategy, settings, next }
}

const ENTRY: StrategyFill = {
  symbol: 'BTCUSDT',
  direction: -1,
  leg: 'entry',
  price: 100,
  quantity: 2,
  feesUsd: 0.5,
  fundingUsd: 0,
  complete: true,
  reason: 'SIGNAL',
}
const EXIT: StrategyFill = { ...ENTRY, leg: 'exit', price: 99, fundingUsd: 0.25, reason: 'FIXED_TP' }

describe('mandates', () => {
  test('an entry carries what was decided; nothing more is wanted until it is filled or dropped', () => {
    const { strategy, next } = champion()
    const [entry, ...more] = next()
    expect(more).toEqual([])
    expect(entry).toMatchObject({ strategyId: 'blue', symbol: 'BTCUSDT', type: 'ENTRY', direction: -1, price: 100 })
    expect(entry).toMatchObject({ timestampMs: 0, reason: 'SIGNAL' })
    expect(entry!.notionalUsd).toBeGreaterThan(0)
    expect(entry!.authority).toBeLessThanOrEqual(1)
    expect(next()).toEqual([])
    strategy.onEntryDropped('BTCUSDT', 'REJECT_VENUE')
    expect(next().map(({ type }) => type)).toEqual(['ENTRY'])
  })

  test('a position is held, then left once, with its reason', () => {
    const { strategy, next } = champion()
    next()
    strategy.onFill(ENTRY)
    const types = (mandates: readonly Mandate[]) => mandates.map(({ type, reason }) => [type, reason])
    expect(types(next({ velDiv: 0 }))).toEqual([['HOLD', 'POSITION']])
    const fallen = { velDiv: 0, prices: Float64Array.of(10, 98) }
    const [exit] = next(fallen)
    expect(exit).toMatchObject({ symbol: 'BTCUSDT', type: 'EXIT', reason: 'FIXED_TP', price: 98, authority: 1 })
    expect(types(next(fallen))).toEqual([['HOLD', 'POSITION']])
    strategy.onFill(EXIT)
    expect(next({ velDiv: 0 })).toEqual([])
  })

  test('without a position or a signal there are none', () => {
    expect(champion().next({ velDiv: 0 })).toEqual([])
  })

  test.each<[string, Partial<StrategyBar>]>([
    ['a posture that forbids entries', { posture: 'TURTLE' }],
    ['a RED forewarner', { day: { date: '2026-01-01', forewarner: 'RED' } }],
    ['a closed volatility gate', { volOk: false }],
    ['no price', { prices: Float64Array.of(10, Number.NaN) }],
    ['no symbols', { symbols: [], prices: new Float64Array(0) }],
  ])('%s: no entry', (_, bar) => {
    expect(champion().next(bar)).toEqual([])
  })

  test('the day’s boost and verdict size the entry, a sub-day update the bars from its own on', () => {
    const sizeOf = (first: Partial<StrategyBar>, second?: Partial<StrategyBar>) => {
      const { strategy, next } = champion()
      let [entry] = next(first)
      if (second !== undefined) {
        strategy.onEntryDropped('BTCUSDT', 'LATE')
        ;[entry] = next(second)
      }
      return entry!.notionalUsd!
    }
    const day = { date: '2026-01-01' }
    const plain = sizeOf({ velDiv: -0.03, day })
    expect(sizeOf({ velDiv: -0.03, day: { ...day, boost: 1.1 } })).toBeCloseTo(plain * 1.1, 6)
    expect(sizeOf({ velDiv: -0.03, day: { ...day, forewarner: 'ORANGE' } })).toBeLessThan(plain)
    const later = { velDiv: -0.03 }
    expect(sizeOf({ ...later, day }, { ...later, breaker: { boost: 1.1, beta: 0 } })).toBeCloseTo(plain * 1.1, 6)
  })
})

describe('fills', () => {
  test('a closed position is told once, as a trade of its fills', () => {
    const trades: Trade[] = []
    const { strategy, next } = champion((trade) => trades.push(trade))
    next()
    strategy.onFill({ ...ENTRY, quantity: 1, complete: false })
    strategy.onFill(ENTRY)
    next({ velDiv: 0 })
    strategy.onFill({ ...EXIT, quantity: 1, complete: false })
    expect(trades).toEqual([])
    strategy.onFill(EXIT)
    expect(trades).toHaveLength(1)
    expect(trades[0]).toMatchObject({ net: 2 - 1 + 0.25, quantity: 2, reason: 'FIXED_TP', entryBar: 0, exitBar: 1 })
    expect(strategy.capital).toBe(10_001.25)
  })

  test.each([...OUTSIDE_EXITS.map((reason) => [reason, reason] as const), ['COSMIC_RAY', 'OTHER'] as const])(
    'a position ended by %s is a trade ended by %s',
    (given, recorded) => {
      const trades: Trade[] = []
      const { strategy, next } = champion((trade) => trades.push(trade))
      next()
      strategy.onFill(ENTRY)
      strategy.onFill({ ...EXIT, reason: given })
      expect(trades.map(({ reason }) => reason)).toEqual([recorded])
    },
  )

  test.each<[string, (strategy: ChampionStrategy) => void, string]>([
    ['of another symbol', (s) => s.onFill({ ...ENTRY, symbol: 'ETHUSDT' }), 'not of ETHUSDT'],
    ['of the other direction', (s) => s.onFill({ ...ENTRY, direction: 1 }), 'direction'],
    ['that was not asked for', (s) => s.onEntryDropped('ETHUSDT', 'LATE'), 'not one of ETHUSDT'],
  ])('a word %s is refused and changes nothing', (_, tell, message) => {
    const { strategy, next } = champion()
    next()
    const before = JSON.stringify(strategy.snapshot())
    expect(() => tell(strategy)).toThrow(message)
    expect(JSON.stringify(strategy.snapshot())).toBe(before)
  })
})

describe('a snapshot', () => {
  test.each<[string, (snapshot: Record<string, unknown>) => unknown, string]>([
    ['nothing', () => null, "$.schema: expected 'dolphin.champion/1', found nothing"],
    ['another schema', (s) => ({ ...s, schema: 'x' }), '$.schema: expected \'dolphin.champion/1\', found "x"'],
    ['the other direction', (s) => ({ ...s, direction: 1 }), '$.direction: expected -1, found 1'],
    ['no engine', (s) => ({ ...s, engine: 5 }), 'engine snapshot: $: expected an object, found 5'],
    [
      'other parameters',
      (s) => ({ ...s, engine: { ...(s.engine as object), parameters: { ...PARAMETERS, fraction: 0.1 } } }),
      '$.engine.parameters.fraction: expected 0.2, found 0.1',
    ],
  ])('of %s is refused', (_, spoil, message) => {
    const { strategy, next } = champion()
    next()
    const snapshot = JSON.parse(JSON.stringify(strategy.snapshot())) as Record<string, unknown>
    expect(() => strategy.restore(spoil(snapshot))).toThrow(message)
    strategy.restore(snapshot)
    expect(JSON.parse(JSON.stringify(strategy.snapshot()))).toEqual(snapshot)
  })
})

test('on any market, columns that change places and assets that vanish included, it is the engine', () => {
  let trades = 0
  fc.assert(
    fc.property(marketShape, fc.constantFrom<-1 | 1>(-1, 1), (shape, direction) => {
      const market = settled(marketOf({ ...shape, timestamps: true }), direction)
      const expected = playAdapter(market, { manners: { kind: 'at once' }, mode: 'rows' })
      trades += expected.trades.length
      expect(playChampion(market, direction)).toEqual(expected.trades)
    }),
    { numRuns: 150 },
  )
  expect(trades).toBeGreaterThan(20)
})
