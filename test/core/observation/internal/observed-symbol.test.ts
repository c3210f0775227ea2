import { describe, expect, it, test } from 'vitest'
import type { Observation } from '../../../../src/core/observation/observation.js'
import {
  AAA,
  depth,
  liquidation,
  mark,
  observe,
  observing,
  position,
  T0,
  trade,
} from '../../../support/observed-market.js'

function bundle(observation: Observation) {
  return observation.snapshot().primitives.get(AAA)!
}

const noted = (observation: Observation) => observation.snapshot().counters.noted
const evicted = (observation: Observation) => observation.snapshot().counters.evicted

describe('buffers of trades and liquidations', () => {
  it('keep the last 500 trades and 200 liquidations, and count what was evicted', () => {
    const observation = observing()
    const trades = Array.from({ length: 503 }, (_, i) => trade({ tsMs: T0 + i, side: i < 3 ? 'SELL' : 'BUY' }))
    const liquidations = Array.from({ length: 202 }, (_, i) => liquidation({ tsMs: T0 + i }))
    observe(observation, [...trades, ...liquidations], T0 + 600)
    expect(evicted(observation)).toEqual({ expired: 0, ringEvicted: 5 })
    expect(bundle(observation).directionalContinuity).toMatchObject({ totalTrades: 500, sellTrades: 0 })
    expect(bundle(observation).liquidationDensity).toMatchObject({ liquidationCount: 200 })
  })

  it('lose what is 300 s old, at the millisecond, and count it', () => {
    const observation = observing()
    observe(observation, [trade({ tsMs: T0 }), liquidation({ tsMs: T0 + 1 })], T0 + 299_999)
    expect(evicted(observation)).toEqual({ expired: 0, ringEvicted: 0 })
    observation.advanceTime(T0 + 300_000)
    expect(evicted(observation)).toEqual({ expired: 1, ringEvicted: 0 })
    observation.advanceTime(T0 + 300_001)
    expect(evicted(observation)).toEqual({ expired: 2, ringEvicted: 0 })
  })

  it('put what comes late where it belongs', () => {
    const observation = observing()
    const at = (ms: number, price: number) => trade({ tsMs: T0 + ms, price })
    observe(
      observation,
      Array.from({ length: 9 }, (_, i) => at(100 * (i + 1), 100)),
      T0 + 1_000,
    )
    observe(observation, [at(50, 90)], T0 + 1_000)
    expect(bundle(observation).priceTraversalVelocity).toEqual({
      priceDelta: 10,
      timeDeltaSec: 0.85,
      velocity: 10 / 0.85,
    })
  })
})

describe('depth', () => {
  const at = (tsMs: number, bidSize: number) => depth({ tsMs: T0 + tsMs, bidSize, bestBid: 99, bestAsk: 101 })

  it('is the latest and the one before', () => {
    const observation = observing()
    observe(observation, [at(1, 50), at(2, 10), at(3, 8)], T0 + 3)
    expect(bundle(observation).restingSize).toMatchObject({ bidSize: 8, askSize: 6, tsMs: T0 + 3 })
    expect(bundle(observation).orderConsumption).toMatchObject({ consumedSize: 2, side: 'bid', priceLevel: 99 })
  })

  it('of the time of the latest takes its place and leaves the one before', () => {
    const observation = observing()
    observe(observation, [at(1, 10), at(2, 9), at(2, 5)], T0 + 3)
    expect(bundle(observation).orderConsumption).toMatchObject({ consumedSize: 5 })
  })

  it('that is older than the latest is counted and not used', () => {
    const observation = observing()
    observe(observation, [at(5, 10)], T0 + 5)
    observe(observation, [at(4, 1)], T0 + 6)
    expect(bundle(observation).restingSize).toMatchObject({ bidSize: 10 })
    expect(noted(observation)).toEqual({ depthOutOfOrder: 1 })
  })
})

test.each<[string, number, 'BUY' | 'SELL', string]>([
  ['at the best ask', 101, 'BUY', 'sideValidated'],
  ['at the best bid', 99, 'SELL', 'sideValidated'],
  ['at the best ask', 101, 'SELL', 'sideMismatch'],
  ['at the best bid', 99, 'BUY', 'sideMismatch'],
  ['within the spread', 100, 'BUY', 'sideUnvalidated'],
])('a trade %s (%d, %s) is counted as %s, and keeps the side that the venue gave it', (_, price, side, counter) => {
  const observation = observing()
  const trades = Array.from({ length: 10 }, () => trade({ tsMs: T0 + 2, price, side }))
  observe(observation, [depth({ bestBid: 99, bestAsk: 101 }), ...trades], T0 + 2)
  expect(noted(observation)).toEqual({ [counter]: 10 })
  expect(bundle(observation).directionalContinuity).toMatchObject({ buyTrades: side === 'BUY' ? 10 : 0 })
})

test('a trade without a depth is neither of the book nor against it', () => {
  const observation = observing()
  observe(observation, [trade()], T0 + 2)
  expect(noted(observation)).toEqual({ sideUnvalidated: 1 })
})

test('a mark price that is late does not take the place of a later one', () => {
  const observation = observing()
  observe(observation, [mark({ tsMs: T0 + 5, markPrice: 100 }), position({ liquidationPrice: 99 })], T0 + 5)
  observe(observation, [mark({ tsMs: T0 + 4, markPrice: 50 })], T0 + 5)
  expect(bundle(observation).liquidationCascadeProximity).toMatchObject({ priceLevel: 100 })
})

describe('positions', () => {
  const longs = (observation: Observation) => bundle(observation).openInterestDirectionalBias?.longParticipantCount

  it('are the latest of each account', () => {
    const observation = observing()
    observe(
      observation,
      [position(), position({ tsMs: T0 + 2, positionValueUsd: 70 }), position({ account: 'b' })],
      T0 + 2,
    )
    observe(observation, [position({ tsMs: T0 + 1, positionValueUsd: 5 })], T0 + 2)
    expect(bundle(observation).openInterestDirectionalBias).toMatchObject({
      longValueUsd: 170,
      longParticipantCount: 2,
    })
  })

  it('of size 0 are gone', () => {
    const observation = observing()
    observe(observation, [position(), position({ tsMs: T0 + 2, positionSize: 0 })], T0 + 2)
    expect(longs(observation)).toBe(undefined)
  })

  it('are of 2,000 accounts at most: the one told of least recently leaves, and is counted', () => {
    const observation = observing()
    const accounts = Array.from({ length: 2_000 }, (_, i) => position({ tsMs: T0 + 1 + i, account: `account ${i}` }))
    const again = position({ tsMs: T0 + 3_000, account: 'account 0' })
    const another = position({ tsMs: T0 + 3_001, account: 'another', positionValueUsd: 1 })
    observe(observation, [...accounts, again, another], T0 + 4_000)
    expect(longs(observation)).toBe(2_000)
    expect(noted(observation)).toEqual({ positionsEvicted: 1 })
    observe(observation, [position({ tsMs: T0 + 4_000, account: 'account 0' })], T0 + 4_001)
    expect(noted(observation)).toEqual({ positionsEvicted: 1 })
  })
})
