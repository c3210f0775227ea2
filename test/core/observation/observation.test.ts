import { describe, expect, it, test } from 'vitest'
import type { AppliedEvent } from '../../../src/core/observation/applied-event.js'
import { canonicalSnapshot, plainSnapshot } from '../../../src/core/observation/canonical-snapshot.js'
import type { NodeColumns } from '../../../src/core/observation/internal/node-columns.js'
import { Observation } from '../../../src/core/observation/observation.js'
import { SystemHalted } from '../../../src/core/observation/system-halted.js'
import {
  AAA,
  depth,
  kline,
  liquidation,
  mark,
  observe,
  observing,
  position,
  T0,
  trade,
} from '../../support/observed-market.js'

describe('an observation', () => {
  test.each<[string, unknown, RegExp]>([
    ['no symbols', { symbols: [] }, /symbols: expected at least one symbol, each once/],
    ['a symbol twice', { symbols: [AAA, AAA] }, /symbols: expected at least one symbol, each once/],
    ['a symbol that is no text', { symbols: [7] }, /symbols\[0\]: expected text, found 7/],
    ['symbols that are no list', { symbols: AAA }, /symbols: expected a list/],
    ['a kind that does not exist', { symbols: [AAA], expectedKinds: ['NEWS'] }, /expectedKinds\[0\]/],
    ['a listener that cannot listen', { symbols: [AAA], applied: {} }, /applied: expected a listener/],
  ])('of %s is refused', (_, options, message) => {
    expect(() => new Observation(options as { symbols: string[] })).toThrow(message)
  })

  it('knows nothing before time was told', () => {
    const snapshot = new Observation({ symbols: ['BBBUSDT', AAA] }).snapshot()
    expect(plainSnapshot(snapshot)).toEqual({
      status: 'UNINITIALIZED',
      timestampMs: null,
      symbolsActive: [AAA, 'BBBUSDT'],
      counters: {
        ...{ intervalsProcessed: 0, accepted: {}, refused: {}, noted: {} },
        evicted: { expired: 0, ringEvicted: 0 },
      },
      promotedEvents: [],
      primitives: { [AAA]: { symbol: AAA }, BBBUSDT: { symbol: 'BBBUSDT' } },
    })
  })

  it('tells nothing that is later than itself', () => {
    const observation = observing()
    observe(observation, [liquidation({ tsMs: T0 + 2_000 })], T0 + 1_999)
    expect(observation.query().stateDistribution()).toMatchObject({ ACTIVE: 0 })
    observation.advanceTime(T0 + 2_000)
    expect(observation.query().stateDistribution()).toMatchObject({ ACTIVE: 1 })
  })

  it('counts whole seconds since time was first told', () => {
    const observation = new Observation({ symbols: [AAA] })
    observation.advanceTime(T0 + 500)
    observation.advanceTime(T0 + 2_499)
    expect(observation.snapshot().counters.intervalsProcessed).toBe(1)
    observation.advanceTime(T0 + 2_500)
    expect(observation.snapshot().counters.intervalsProcessed).toBe(2)
  })

  it('sorts its symbols by code unit', () => {
    const symbols = ['b', 'B', 'a', 'é', 'AA', 'A']
    expect(new Observation({ symbols }).snapshot().symbolsActive).toEqual(['A', 'AA', 'B', 'a', 'b', 'é'])
  })

  it('expects the kinds that it was told to, of which it counts those of the last minute', () => {
    const observation = new Observation({ symbols: [AAA], expectedKinds: ['TRADE', 'KLINE'] })
    observation.advanceTime(T0)
    observe(observation, [trade({ tsMs: T0 }), mark()], T0 + 59_999)
    const counter = () => observation.snapshot().primitives.get(AAA)!.eventNonOccurrenceCounter
    expect(counter()).toEqual({ expectedCount: 2, observedCount: 1, nonOccurrenceCount: 1 })
    observation.advanceTime(T0 + 60_000)
    expect(counter()).toMatchObject({ observedCount: 0 })
  })
})

describe('a snapshot', () => {
  it('cannot be changed, to its bottom', () => {
    const observation = observing()
    observe(observation, busyMinute(), T0 + 4_000)
    const snapshot = observation.snapshot()
    const thawed: string[] = []
    const look = (value: unknown, path: string) => {
      if (typeof value !== 'object' || value === null) return
      if (!Object.isFrozen(value)) thawed.push(path)
      for (const [name, field] of Object.entries(value)) look(field, `${path}.${name}`)
    }
    look(snapshot, 'snapshot')
    for (const [symbol, bundle] of snapshot.primitives) look(bundle, symbol)
    expect(thawed).toEqual([])
    expect('set' in snapshot.primitives).toBe(false)
    expect(snapshot.primitives.get(AAA)!.tradeBurst).toBeDefined()
  })

  it('is the same text however its fields were made', () => {
    const snapshot = observing().snapshot()
    const turned = Object.fromEntries(Object.entries(snapshot).reverse()) as unknown as typeof snapshot
    expect(canonicalSnapshot(turned)).toBe(canonicalSnapshot(snapshot))
    expect(canonicalSnapshot(snapshot)).toMatch(/^\{"counters":\{"accepted":\{\},/)
  })
})

/** A trade every 100 ms, a liquidation and two depths. */
function busyMinute(): readonly unknown[] {
  return [
    liquidation(),
    liquidation({ tsMs: T0 + 10 }),
    depth({ tsMs: T0 + 5, bestBid: 99, bestAsk: 101 }),
    depth({ tsMs: T0 + 15, bidSize: 1, bestBid: 99, bestAsk: 101 }),
    ...Array.from({ length: 30 }, (_, i) => trade({ tsMs: T0 + 100 * i, venueId: i })),
  ]
}

describe('what an applied event is told to', () => {
  function listening(log: unknown[]): Observation {
    const applied = ({ kind, tsMs, price, markPrice, close }: AppliedEvent) =>
      log.push([kind, tsMs - T0, ...[price, markPrice, close].filter((figure) => !Number.isNaN(figure))])
    const observation = new Observation({
      symbols: [AAA],
      applied: { applied, advanced: (tMs) => log.push(['advanced', tMs - T0]) },
    })
    observation.advanceTime(T0)
    return observation
  }

  it('is each event in the order in which events are applied, then the advance', () => {
    const log: unknown[] = []
    const events = [trade({ venueId: 2 }), trade({ venueId: 1, price: 99 }), liquidation(), depth(), position(), mark()]
    observe(listening(log), [trade({ tsMs: T0 + 2 }), ...events, kline()], T0 + 2)
    expect(log).toEqual([
      ['advanced', 0],
      ['KLINE', 1, 2],
      ['MARK_PRICE', 1, 100],
      ['POSITION', 1],
      ['DEPTH_TOP', 1],
      ['LIQUIDATION', 1, 100],
      ['TRADE', 1, 99],
      ['TRADE', 1, 100],
      ['TRADE', 2, 100],
      ['advanced', 2],
    ])
  })

  it('begins with what is late', () => {
    const log: unknown[] = []
    const observation = listening(log)
    observation.advanceTime(T0 + 10)
    observe(observation, [trade({ tsMs: T0 + 11 }), trade({ tsMs: T0 + 3 })], T0 + 11)
    expect(log.slice(2, 4)).toEqual([
      ['TRADE', 3, 100],
      ['TRADE', 11, 100],
    ])
  })

  it('is no candle that is still open, though it was accepted', () => {
    const log: unknown[] = []
    const observation = listening(log)
    observe(observation, [kline({ closed: false })], T0 + 2)
    expect(log).toEqual([
      ['advanced', 0],
      ['advanced', 2],
    ])
    expect(observation.snapshot().counters.accepted).toEqual({ KLINE: 1 })
  })
})

describe('an observation that has failed', () => {
  /** The node of {@link withBrokenNode} has a strength beyond 1. */
  function withBrokenNode(): Observation {
    const observation = observing()
    observe(observation, [liquidation({ tsMs: T0 })], T0)
    const { symbols } = observation as unknown as { symbols: { nodes: { columns: NodeColumns } }[] }
    symbols[0]!.nodes.columns.strength[0] = Number.NaN
    return observation
  }

  const throwingAfter = (event: unknown) => {
    const applied = () => {
      throw new Error('the listener is broken')
    }
    const observation = new Observation({ symbols: [AAA], applied: { applied, advanced: () => {} } })
    observation.advanceTime(T0)
    observation.ingest(event)
    observation.advanceTime(T0 + 5)
    return observation
  }

  test.each<[string, () => Observation, string]>([
    [
      'time that goes back',
      () => {
        const observation = observing()
        observation.advanceTime(T0 - 1)
        return observation
      },
      `TIME_REGRESSION: ${T0 - 1} after ${T0}`,
    ],
    ...[-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].map((tMs): [string, () => Observation, string] => [
      `${tMs} for a time`,
      () => {
        const observation = observing()
        observation.advanceTime(tMs)
        return observation
      },
      `INVALID_TIME: ${tMs} is no time in whole ms`,
    ]),
    ['an exception', () => throwingAfter(trade()), 'EXCEPTION: the listener is broken'],
    [
      'a number that is none',
      () => {
        const observation = withBrokenNode()
        const many = Array.from({ length: 12 }, (_, i) => trade({ tsMs: T0 + i, price: 200 }))
        observe(observation, many, T0 + 12)
        const { symbols } = observation as unknown as { symbols: { trades: { price: Float64Array } }[] }
        symbols[0]!.trades.price[3] = Number.NaN
        observation.snapshot()
        return observation
      },
      'NON_FINITE_OUTPUT: ',
    ],
    [
      'a node that breaks its rules',
      () => {
        const observation = withBrokenNode()
        observe(observation, [trade({ tsMs: T0 })], T0 + 1)
        return observation
      },
      'NODE_INVARIANT: the strength of a node is from 0 to 1',
    ],
  ])('by %s says so for ever, and what was last good', (_, failed, why) => {
    const observation = failed()
    expect(`${observation.failure?.reason}: ${observation.failure?.detail}`).toContain(why)
    const before = observation.snapshot()
    observation.ingest(trade())
    observation.advanceTime(T0 + 100_000)
    const { counters: _refused, ...after } = plainSnapshot(observation.snapshot())
    expect(after).toEqual({
      status: 'FAILED',
      failureReason: why.split(':')[0],
      timestampMs: before.timestampMs,
      symbolsActive: [AAA],
      promotedEvents: [],
      primitives: {},
    })
    expect(() => observation.query()).toThrow(SystemHalted)
    expect(() => observation.query()).toThrow(observation.failure!.reason)
  })

  it('stands at its last good time when an exception ends an advance', () => {
    expect(throwingAfter(trade()).snapshot().timestampMs).toBe(T0)
  })
})
