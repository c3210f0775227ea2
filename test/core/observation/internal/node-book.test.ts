import { describe, expect, it, test } from 'vitest'
import type { Observation } from '../../../../src/core/observation/observation.js'
import { AAA, depth, liquidation, observe, observing, T0, trade } from '../../../support/observed-market.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

function nodes(observation: Observation, atMs: number) {
  return observation.query().nodes(AAA, atMs)
}

function strength(observation: Observation, id: string, atMs: number): number {
  return nodes(observation, atMs).find((node) => node.id === id)!.strength
}

/** With one node that a liquidation of 100 USD made at the price 100. */
function withNode(): Observation {
  const observation = observing()
  observe(observation, [liquidation({ tsMs: T0 })], T0)
  return observation
}

describe('a liquidation', () => {
  it('where no node is makes one: ten basis points wide around its price, of strength one half', () => {
    const observation = withNode()
    expect(nodes(observation, T0)).toMatchObject([
      { id: `${AAA}#1`, state: 'ACTIVE', priceCenter: 100, strength: 0.5, interactionCount: 1, presenceMs: [[T0, T0]] },
    ])
    expect(observation.query().identity(`${AAA}#1`)).toMatchObject({ priceBand: 0.1, firstSeenMs: T0 })
  })

  it('within the band of a node makes it stronger by 0.15, and never more than 1', () => {
    const observation = withNode()
    observe(observation, [liquidation({ tsMs: T0, price: 100.05 })], T0)
    expect(nodes(observation, T0)).toMatchObject([{ strength: 0.65, interactionCount: 2 }])
    for (let i = 0; i < 3; i++) observe(observation, [liquidation({ tsMs: T0 })], T0)
    expect(nodes(observation, T0)).toMatchObject([{ strength: 1, interactionCount: 5 }])
  })

  it('just beyond the band makes a node of its own, the next in number', () => {
    const observation = withNode()
    observe(observation, [liquidation({ tsMs: T0, price: 100.051 })], T0)
    expect(nodes(observation, T0).map(({ id }) => id)).toEqual([`${AAA}#1`, `${AAA}#2`])
  })

  it('within two bands goes to the nearer centre, and of two equally near to the lower number', () => {
    const observation = observing()
    const prices = [1_000, 1_000.75, 1_000.375, 1_000.5]
    observe(
      observation,
      prices.map((price) => liquidation({ tsMs: T0, price })),
      T0,
    )
    expect(nodes(observation, T0).map(({ interactionCount }) => interactionCount)).toEqual([2, 2])
  })

  it('that sells closes a long position, and one that buys a short one', () => {
    const observation = withNode()
    observe(observation, [liquidation({ tsMs: T0, side: 'BUY', baseQty: 3 })], T0)
    expect(observation.query().localContext(`${AAA}#1`)).toMatchObject({
      ...{ liquidationCount: 2, longLiquidations: 1, shortLiquidations: 1 },
      ...{ totalVolumeUsd: 400, buyVolumeUsd: 0, sellVolumeUsd: 0 },
    })
  })
})

describe('a trade', () => {
  it('makes no node', () => {
    const observation = observing()
    observe(observation, [trade({ tsMs: T0, baseQty: 1_000 })], T0)
    expect(nodes(observation, T0)).toEqual([])
  })

  it('makes every node whose band holds its price stronger by its value in 10,000 USD, 0.1 at most', () => {
    const observation = observing()
    const made = [1_000, 1_000.75].map((price) => liquidation({ tsMs: T0, price }))
    observe(observation, [...made, trade({ tsMs: T0, price: 1_000.4, baseQty: 0.5 })], T0)
    const weak = nodes(observation, T0)
    observe(observation, [trade({ tsMs: T0, price: 1_000.4, baseQty: 50 })], T0)
    expect(weak).toMatchObject([{ strength: 0.5 + 500.2 / 10_000 }, { strength: 0.5 + 500.2 / 10_000 }])
    expect(nodes(observation, T0)).toMatchObject(weak.map(({ strength }) => ({ strength: strength + 0.1 })))
    expect(observation.query().localContext(`${AAA}#2`)).toMatchObject({ interactionCount: 3, buyVolumeUsd: 50_520.2 })
  })

  it('changes no node whose band does not hold its price', () => {
    const observation = withNode()
    observe(observation, [trade({ tsMs: T0, price: 100.0501, baseQty: 50 })], T0)
    expect(nodes(observation, T0)).toMatchObject([{ strength: 0.5, interactionCount: 1 }])
  })
})

test('depth sets the resting sizes of nodes whose band holds the best price, and is no interaction', () => {
  const observation = withNode()
  const top = depth({ tsMs: T0 + 5, bestBid: 99.99, bestAsk: 100.06, bidSize: 7, askSize: 8 })
  observe(observation, [top], T0 + 5)
  expect(observation.query().localContext(`${AAA}#1`)).toEqual({
    ...{ id: `${AAA}#1`, interactionCount: 1, spanMs: 0, totalVolumeUsd: 100, buyVolumeUsd: 0, sellVolumeUsd: 0 },
    ...{ liquidationCount: 1, longLiquidations: 1, shortLiquidations: 0, restingBidSize: 7, restingUpdatedMs: T0 + 5 },
  })
})

describe('strength', () => {
  it('halves in 1.93 hours while ACTIVE, however often it is looked at', () => {
    const seldom = withNode()
    const often = withNode()
    for (let tMs = T0; tMs <= T0 + HOUR_MS; tMs += 10_000) {
      often.advanceTime(tMs)
      nodes(often, tMs)
    }
    seldom.advanceTime(T0 + HOUR_MS)
    expect(strength(often, `${AAA}#1`, T0 + HOUR_MS)).toBe(strength(seldom, `${AAA}#1`, T0 + HOUR_MS))
    expect(strength(seldom, `${AAA}#1`, T0 + HOUR_MS)).toBeCloseTo(0.5 * Math.exp(-0.36), 12)
  })

  it('is what it was for an event that comes late', () => {
    const observation = withNode()
    observation.advanceTime(T0 + 20_000)
    observe(observation, [liquidation({ tsMs: T0 + 20_000 })], T0 + 20_000)
    const before = strength(observation, `${AAA}#1`, T0 + 20_000)
    observe(observation, [liquidation({ tsMs: T0 + 1 })], T0 + 20_000)
    expect(strength(observation, `${AAA}#1`, T0 + 20_000)).toBeCloseTo(before + 0.15, 12)
    expect(observation.query().temporalSequence(`${AAA}#1`, { endMs: T0 + 20_000 })).toEqual([T0, T0 + 1, T0 + 20_000])
    expect(observation.query().identity(`${AAA}#1`)).toMatchObject({ lastInteractionMs: T0 + 20_000 })
  })
})

describe('at a boundary of ten seconds', () => {
  it('a node that was idle for more than an hour becomes DORMANT, and not before the boundary', () => {
    const observation = withNode()
    observation.advanceTime(T0 + HOUR_MS + 9_999)
    expect(nodes(observation, T0)).toMatchObject([{ state: 'ACTIVE' }])
    observation.advanceTime(T0 + HOUR_MS + 10_000)
    expect(nodes(observation, T0)).toMatchObject([{ state: 'DORMANT', presenceMs: [[T0, T0]] }])
  })

  it('a node whose strength is below 0.15 becomes DORMANT though it was touched within the hour', () => {
    const observation = withNode()
    observation.advanceTime(T0 + HOUR_MS + 10_000)
    const revivedMs = T0 + HOUR_MS + 10_001
    observe(observation, [liquidation({ tsMs: revivedMs, baseQty: 0.01 })], revivedMs)
    expect(nodes(observation, revivedMs)).toMatchObject([{ state: 'ACTIVE', strength: 0.02 + 0.001 + 0.0001 }])
    observation.advanceTime(T0 + HOUR_MS + 20_000)
    expect(nodes(observation, revivedMs)).toMatchObject([{ state: 'DORMANT' }])
  })

  it('a DORMANT node that was idle for more than a day is ARCHIVED: its id and state are all that is left', () => {
    const observation = withNode()
    observation.advanceTime(T0 + DAY_MS)
    expect(observation.query().stateDistribution()).toEqual({ ACTIVE: 0, DORMANT: 1, ARCHIVED: 0 })
    observation.advanceTime(T0 + DAY_MS + 10_000)
    expect(observation.query().stateDistribution(AAA)).toEqual({ ACTIVE: 0, DORMANT: 0, ARCHIVED: 1 })
    expect(observation.query().identity(`${AAA}#1`)).toEqual({ id: `${AAA}#1`, symbol: AAA, state: 'ARCHIVED' })
    expect(observation.query().localContext(`${AAA}#1`)).toBe(undefined)
  })

  it('a node takes one step, however much time has passed at once', () => {
    const [atOnce, stepped] = [withNode(), withNode()]
    atOnce.advanceTime(T0 + 2 * DAY_MS)
    for (let tMs = T0; tMs <= T0 + 2 * DAY_MS; tMs += 10_000) stepped.advanceTime(tMs)
    expect(atOnce.snapshot()).toEqual(stepped.snapshot())
    expect(atOnce.query().stateDistribution()).toEqual(stepped.query().stateDistribution())
  })

  it('nodes are looked at before an event of that very time is applied', () => {
    const observation = withNode()
    observation.advanceTime(T0 + HOUR_MS + 5_001)
    observe(observation, [liquidation({ tsMs: T0 + HOUR_MS + 10_000 })], T0 + HOUR_MS + 10_000)
    expect(nodes(observation, T0)).toMatchObject([{ state: 'ACTIVE', presenceMs: [[T0, T0], expect.anything()] }])
  })

  it('a century may pass at once', () => {
    const observation = withNode()
    observation.advanceTime(T0 + 36_525 * DAY_MS)
    expect(observation.query().stateDistribution()).toEqual({ ACTIVE: 0, DORMANT: 0, ARCHIVED: 1 })
  })
})

describe('a DORMANT node', () => {
  const asleepMs = T0 + HOUR_MS + 10_000

  function asleep(): Observation {
    const observation = withNode()
    observation.advanceTime(asleepMs)
    return observation
  }

  it('decays ten times slower', () => {
    const observation = asleep()
    const before = strength(observation, `${AAA}#1`, asleepMs)
    expect(strength(observation, `${AAA}#1`, asleepMs + HOUR_MS) / before).toBeCloseTo(Math.exp(-0.036), 12)
  })

  it('is not changed by trades', () => {
    const observation = asleep()
    observe(observation, [trade({ tsMs: asleepMs, baseQty: 100 })], asleepMs)
    expect(nodes(observation, asleepMs)).toMatchObject([{ state: 'DORMANT', interactionCount: 1 }])
  })

  it('is revived by a liquidation, of a strength that is made of what it was before and what came', () => {
    const observation = asleep()
    observe(observation, [liquidation({ tsMs: asleepMs, baseQty: 20 })], asleepMs)
    const [node] = nodes(observation, asleepMs)
    expect(node).toMatchObject({ id: `${AAA}#1`, state: 'ACTIVE', interactionCount: 2 })
    expect(node!.strength).toBeCloseTo(0.02 + 100 / 100_000 + 2_000 / 10_000, 12)
    expect(node!.presenceMs).toEqual([
      [T0, T0],
      [asleepMs, asleepMs],
    ])
    expect(observation.query().temporalSequence(`${AAA}#1`, { endMs: asleepMs })).toEqual([asleepMs])
  })

  it('gives way to an ACTIVE node whose band holds the price, too', () => {
    const observation = asleep()
    observe(observation, [liquidation({ tsMs: asleepMs, price: 100.08 })], asleepMs)
    observe(observation, [liquidation({ tsMs: asleepMs + 1, price: 100.04 })], asleepMs + 1)
    expect(nodes(observation, asleepMs)).toMatchObject([
      { state: 'DORMANT', interactionCount: 1 },
      { state: 'ACTIVE', interactionCount: 2 },
    ])
  })

  it('that is ARCHIVED is never revived: a new node takes its place', () => {
    const observation = withNode()
    const lateMs = T0 + DAY_MS + 10_000
    observation.advanceTime(lateMs)
    observe(observation, [liquidation({ tsMs: lateMs })], lateMs)
    expect(nodes(observation, lateMs)).toMatchObject([{ id: `${AAA}#2`, state: 'ACTIVE', interactionCount: 1 }])
  })
})

describe('bounds of nodes', () => {
  /** So many nodes, each idle a millisecond longer than the next. */
  function withNodes(count: number): Observation {
    const observation = observing()
    for (let i = 0; i < count; i++) {
      const tsMs = T0 + 1 + i
      observe(observation, [liquidation({ tsMs, price: 100 + i })], tsMs)
    }
    return observation
  }

  it('of 65 ACTIVE nodes the one that is idle longest becomes DORMANT, and is counted', () => {
    const observation = withNodes(65)
    expect(observation.query().stateDistribution()).toEqual({ ACTIVE: 64, DORMANT: 1, ARCHIVED: 0 })
    expect(observation.query().identity(`${AAA}#1`)).toMatchObject({ state: 'DORMANT' })
    expect(observation.snapshot().counters.noted).toMatchObject({ nodesDisplaced: 1 })
  })

  it('of nodes that are idle equally long the one of the lowest number gives way, and never the one just touched', () => {
    const observation = observing()
    const made = Array.from({ length: 65 }, (_, i) => liquidation({ tsMs: T0, price: 100 + i }))
    observe(observation, made, T0)
    expect(observation.query().identity(`${AAA}#1`)).toMatchObject({ state: 'DORMANT' })
    observe(observation, [liquidation({ tsMs: T0, price: 100 })], T0)
    expect(observation.query().identity(`${AAA}#1`)).toMatchObject({ state: 'ACTIVE' })
    expect(observation.query().identity(`${AAA}#2`)).toMatchObject({ state: 'DORMANT' })
  })

  it('of 65 DORMANT nodes the one that is idle longest is ARCHIVED, and of archived ones the last 32 are known', () => {
    const observation = withNodes(64 + 64 + 33)
    expect(observation.query().stateDistribution()).toEqual({ ACTIVE: 64, DORMANT: 64, ARCHIVED: 33 })
    expect(observation.snapshot().counters.noted).toMatchObject({ nodesDisplaced: 97 + 33 })
    expect(observation.query().identity(`${AAA}#1`)).toBe(undefined)
    expect(observation.query().identity(`${AAA}#2`)).toMatchObject({ state: 'ARCHIVED' })
    expect(observation.query().identity(`${AAA}#34`)).toMatchObject({ state: 'DORMANT' })
  })

  it('hold when all ACTIVE nodes fall asleep at once', () => {
    const observation = withNodes(128)
    observation.advanceTime(T0 + 2 * HOUR_MS)
    expect(observation.query().stateDistribution()).toEqual({ ACTIVE: 0, DORMANT: 64, ARCHIVED: 64 })
  })

  it('the last 50 times of a node are kept, and 8 closed intervals of its presence', () => {
    const observation = withNode()
    for (let i = 1; i <= 60; i++) observe(observation, [trade({ tsMs: T0 + i })], T0 + i)
    const times = observation.query().temporalSequence(`${AAA}#1`, { endMs: T0 + 100 })
    expect([times.length, times[0], times.at(-1)]).toEqual([50, T0 + 11, T0 + 60])
    for (let awake = 1; awake <= 10; awake++) {
      const tsMs = T0 + awake * 2 * HOUR_MS
      observation.advanceTime(tsMs)
      observe(observation, [liquidation({ tsMs, baseQty: 100 })], tsMs)
    }
    const [node] = nodes(observation, T0)
    expect(node!.presenceMs.length).toBe(9)
    expect(node!.presenceMs[0]).toEqual([T0 + 4 * HOUR_MS, T0 + 4 * HOUR_MS])
  })
})
