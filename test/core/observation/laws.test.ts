import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalSnapshot, plainSnapshot } from '../../../src/core/observation/canonical-snapshot.js'
import { KINDS } from '../../../src/core/observation/internal/event-kinds.js'
import type { Observation } from '../../../src/core/observation/observation.js'
import { AAA, observing, T0 } from '../../support/observed-market.js'
import { played, type Round, rounds, SYMBOLS } from '../../support/observed-streams.js'

/** Everything that can be known of it, in one text. */
function known(observation: Observation): string {
  const snapshot = observation.snapshot()
  if (snapshot.status === 'FAILED') return canonicalSnapshot(snapshot)
  const query = observation.query()
  const nodes = SYMBOLS.flatMap((symbol) => query.nodes(symbol, snapshot.timestampMs!))
  return JSON.stringify([
    canonicalSnapshot(snapshot),
    nodes,
    nodes.map(({ id }) => [
      query.identity(id),
      query.localContext(id),
      query.temporalSequence(id, { endMs: Infinity }),
    ]),
    query.stateDistribution(),
  ])
}

/** The same without the numbers that events were accepted under. */
function knownButNumbers(observation: Observation): string {
  return known(observation).replace(/\\"seq\\":\d+/g, '')
}

const shuffledRounds: fc.Arbitrary<readonly [readonly Round[], readonly Round[]]> = rounds.chain((told) =>
  fc
    .tuple(...told.map(({ events }) => fc.shuffledSubarray([...events], { minLength: events.length })))
    .map((shuffled) => [told, told.map((round, i) => ({ ...round, events: shuffled[i]! }))] as const),
)

function partOf(stepMs: number, hundredths: number): number {
  return Math.floor((stepMs * hundredths) / 100)
}

describe('an observation', () => {
  it('is the same whatever the order in which the events of one advance arrived', () => {
    fc.assert(
      fc.property(shuffledRounds, ([told, shuffled]) => {
        expect(knownButNumbers(played(shuffled))).toBe(knownButNumbers(played(told)))
      }),
    )
  })

  it('of the same events and advances is the same, byte for byte', () => {
    fc.assert(
      fc.property(rounds, (told) => {
        expect(known(played(told))).toBe(known(played(told)))
      }),
    )
  })

  it('is not changed by snapshots and questions, whenever they are asked for', () => {
    fc.assert(
      fc.property(rounds, (told) => {
        const asked = played(told, (observation) => [observation.snapshot(), known(observation)])
        expect(known(asked)).toBe(known(played(told)))
        expect(known(asked)).toBe(known(asked))
      }),
    )
  })

  it('knows and counts the same however often time is told between events', () => {
    fc.assert(
      fc.property(rounds, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 10 }), (told, parts) => {
        const steps = told.flatMap(({ stepMs, events }) => [
          ...parts.map((part, i) => ({ stepMs: partOf(stepMs, part), events: i === 0 ? events : [] })),
          { stepMs: stepMs - parts.reduce((sum, part) => sum + partOf(stepMs, part), 0), events: [] },
        ])
        const [once, often] = [played(told).snapshot(), played(steps).snapshot()]
        expect(often.primitives).toEqual(once.primitives)
        expect(often.counters).toEqual(once.counters)
      }),
    )
  })

  it('loses nothing without counting it', () => {
    fc.assert(
      fc.property(rounds, (told) => {
        const observation = played([...told, { stepMs: 5_000, events: [] }])
        const { accepted, refused, evicted } = observation.snapshot().counters
        const sum = (counts: Readonly<Record<string, number>>) =>
          Object.values(counts).reduce((total, one) => total + one, 0)
        expect(sum(accepted) + sum(refused)).toBe(told.reduce((total, { events }) => total + events.length, 0))
        observation.advanceTime(T0 + 1_000_000_000_000)
        const all = (accepted.TRADE ?? 0) + (accepted.LIQUIDATION ?? 0)
        expect(sum(observation.snapshot().counters.evicted)).toBe(all)
        expect(sum(evicted)).toBeLessThanOrEqual(all)
      }),
    )
  })
})

/** Numbers of any size and sign, and what is none; near the bounds of what is taken more often than chance would have it. */
const figure = fc.oneof(
  fc.double(),
  fc.double({ min: 0, max: 1e6 }),
  fc.constantFrom(1e-60, 1e60, -1e60, 1e-61, 1e61, 0, -0, 5e-324, 1e308),
  fc.constantFrom(1, 100, T0, T0 + 1),
)
const anyField = fc.oneof({ weight: 9, arbitrary: figure }, { weight: 1, arbitrary: fc.anything() })
const FIGURES = ['price', 'baseQty', 'venueId', 'orderPrice', 'bidSize', 'askSize', 'bestBid', 'bestAsk', 'markPrice']
const MORE_FIGURES = ['fundingRate', 'rate', 'openInterest', 'positionSize', 'positionValueUsd', 'leverage']
const CANDLE = ['openMs', 'closeMs', 'open', 'high', 'low', 'close', 'baseVolume', 'liquidationPrice']
const wildEvent = fc.record(
  {
    kind: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...KINDS) }, { weight: 1, arbitrary: fc.anything() }),
    symbol: fc.oneof({ weight: 9, arbitrary: fc.constant(AAA) }, { weight: 1, arbitrary: fc.anything() }),
    tsMs: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: T0, max: T0 + 4_000 }) },
      { weight: 1, arbitrary: figure },
    ),
    side: fc.constantFrom('BUY', 'SELL', 'HOLD'),
    account: fc.oneof(fc.string(), fc.anything()),
    interval: fc.constantFrom('5m', '', 7),
    closed: fc.constantFrom(true, false, undefined),
    ...Object.fromEntries([...FIGURES, ...MORE_FIGURES, ...CANDLE].map((name) => [name, anyField])),
  },
  { requiredKeys: ['kind', 'symbol', 'tsMs', 'side'] },
)

function hasNoNumberThatIsNone(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (value === undefined) return false
  if (typeof value !== 'object' || value === null) return true
  return Object.values(value).every(hasNoNumberThatIsNone)
}

describe('whatever it is told', () => {
  it('an observation answers with acceptance or a reason, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything({ withBigInt: true, withDate: true, withMap: true }), wildEvent), (event) => {
        const answer = observing().ingest(event)
        expect(answer.accepted ? answer.seq : answer.reason).toEqual(answer.accepted ? 1 : expect.any(String))
      }),
      { numRuns: 1_000 },
    )
  })

  it('an observation does not fail, and what it says has no number that is none and no field that is absent', () => {
    fc.assert(
      fc.property(fc.array(wildEvent, { maxLength: 80 }), (events) => {
        const observation = observing()
        for (const event of events) observation.ingest(event)
        observation.advanceTime(T0 + 5_000)
        const snapshot = plainSnapshot(observation.snapshot())
        expect(observation.failure).toBe(undefined)
        expect(hasNoNumberThatIsNone(snapshot)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('an observation that has failed stays as it is', () => {
    fc.assert(
      fc.property(rounds, rounds, (before, after) => {
        const observation = played(before)
        observation.advanceTime(T0 - 1)
        const { counters: _, ...failed } = plainSnapshot(observation.snapshot())
        for (const { stepMs, events } of after) {
          for (const event of events)
            expect(observation.ingest(event)).toEqual({ accepted: false, reason: 'SYSTEM_FAILED' })
          observation.advanceTime(failed.timestampMs! + stepMs)
          expect(() => observation.query()).toThrow()
        }
        const { counters: __, ...still } = plainSnapshot(observation.snapshot())
        expect(still).toEqual(failed)
      }),
    )
  })
})
