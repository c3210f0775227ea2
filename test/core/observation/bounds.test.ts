import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AAA, depth, liquidation, observing, position, T0, trade } from '../../support/observed-market.js'

/** A flood: thousands of events a second, wherever a draw puts them, of which every bound has to give way or count. */
const floods = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  seconds: fc.integer({ min: 1, max: 4 }),
  perSecond: fc.integer({ min: 500, max: 2_500 }),
  spread: fc.integer({ min: 1, max: 100_000 }),
})

it('no flood makes an observation keep more than its bounds, and what gave way is counted', () => {
  fc.assert(
    fc.property(floods, ({ seed, seconds, perSecond, spread }) => {
      const observation = observing()
      let state = seed
      const draw = (below: number) => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        return Math.floor((state / 2 ** 32) * below)
      }
      let accepted = 0
      for (let second = 0; second < seconds; second++) {
        for (let i = 0; i < perSecond; i++) {
          const event = {
            ...{ tsMs: T0 + 1_000 * second + draw(1_000), price: 100 + draw(spread) / 50, baseQty: 1 + draw(1_000) },
            ...{ account: `${draw(10_000)}`, bidSize: draw(9), askSize: draw(9) },
          }
          const made = [trade(event), liquidation(event), depth(event), position(event)][draw(4)]
          if (observation.ingest(made).accepted) accepted++
        }
        observation.advanceTime(T0 + 1_000 * (second + 1))
      }
      const { counters, primitives, promotedEvents, status } = observation.snapshot()
      const query = observation.query()
      const { ACTIVE, DORMANT, ARCHIVED } = query.stateDistribution()
      const nodes = query.nodes(AAA, T0)
      const bundle = primitives.get(AAA)!
      expect(status).toBe('UNINITIALIZED')
      expect(accepted).toBe(seconds * perSecond)
      expect(ACTIVE).toBeLessThanOrEqual(64)
      expect(DORMANT).toBeLessThanOrEqual(64)
      // Those that were revived had been displaced as well.
      expect(counters.noted.nodesDisplaced ?? 0).toBeGreaterThanOrEqual(DORMANT + 2 * ARCHIVED)
      for (const { id, presenceMs } of nodes) {
        expect(query.temporalSequence(id, { endMs: Number.POSITIVE_INFINITY }).length).toBeLessThanOrEqual(50)
        expect(presenceMs.length).toBeLessThanOrEqual(9)
      }
      expect(bundle.directionalContinuity?.totalTrades ?? 0).toBe(Math.min(500, counters.accepted.TRADE ?? 0))
      expect(bundle.liquidationDensity?.liquidationCount ?? 0).toBeLessThanOrEqual(200)
      const overflowing = (kind: string, max: number) => Math.max(0, (counters.accepted[kind] ?? 0) - max)
      expect(counters.evicted.ringEvicted).toBe(overflowing('TRADE', 500) + overflowing('LIQUIDATION', 200))
      expect(bundle.openInterestDirectionalBias?.totalParticipantCount ?? 0).toBeLessThanOrEqual(2_000)
      expect(promotedEvents.length).toBeLessThanOrEqual(1_000)
    }),
    { numRuns: 30 },
  )
})
