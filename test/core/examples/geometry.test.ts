import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GeometryState, geometry } from '../../../src/core/examples/geometry.js'
import type { PolicyPosition } from '../../../src/core/examples/policy.js'
import type { SupplyDemandZone } from '../../../src/ports/vocabulary/primitives.js'
import { frozen } from './frozen.js'
import { AT_MS, type Seen, sniperInput, zoneOf } from './inputs.js'

const HELD: PolicyPosition = { symbol: 'BTCUSDT', direction: 1, state: 'held' }
const DEMAND: GeometryState = { zone: { type: 'demand', low: 90, high: 100 }, broken: 0 }
const SUPPLY: GeometryState = { zone: { type: 'supply', low: 90, high: 100 }, broken: 0 }

function evaluate(state: GeometryState, seen: Seen, position?: PolicyPosition) {
  return geometry.evaluate(state, sniperInput('BTCUSDT', AT_MS, seen, position))
}

function without(field: keyof SupplyDemandZone): SupplyDemandZone {
  const { [field]: _, ...rest } = zoneOf()
  return rest as SupplyDemandZone
}

describe('an entry on a zone', () => {
  it('goes long from confirmed demand and short from confirmed supply', () => {
    expect(evaluate(geometry.initial, { zone: zoneOf() })).toEqual({
      state: DEMAND,
      mandates: [{ type: 'ENTRY', direction: 1, reason: 'DEMAND_ZONE' }],
    })
    expect(evaluate(geometry.initial, { zone: zoneOf({ zoneType: 'supply' }) })).toEqual({
      state: SUPPLY,
      mandates: [{ type: 'ENTRY', direction: -1, reason: 'SUPPLY_ZONE' }],
    })
  })

  it.each([
    ['the price has not left', zoneOf({ displacementDetected: false })],
    ['nobody came back to', zoneOf({ retestDetected: false, retestCount: 0 })],
    ['nobody says whether somebody came back to', without('retestCount')],
    ['of two nodes', zoneOf({ nodeCount: 2 })],
    ['of a mean strength below 0.3', zoneOf({ avgNodeStrength: 0.2999 })],
    ['without width', zoneOf({ zoneLow: 100, zoneHigh: 100 })],
  ])('is none on a zone that %s', (_, zone) => {
    expect(evaluate(geometry.initial, { zone })).toEqual({ state: geometry.initial, mandates: [] })
  })

  it('is none where there is no zone, or something is asked for or held already', () => {
    expect(evaluate(geometry.initial, {}).mandates).toEqual([])
    for (const position of [
      { ...HELD, state: 'asked' as const },
      { ...HELD, symbol: 'ETHUSDT' },
    ])
      expect(evaluate(geometry.initial, { zone: zoneOf() }, position).mandates).toEqual([])
  })

  it('is made once per zone, until that was unconfirmed or is another one', () => {
    expect(evaluate(DEMAND, { zone: zoneOf({ zoneHigh: 100.9 }) }).mandates).toEqual([])
    expect(evaluate(DEMAND, { zone: zoneOf({ zoneHigh: 101 }) }).mandates).toHaveLength(1)
    expect(evaluate(DEMAND, { zone: zoneOf({ zoneType: 'supply' }) }).mandates).toHaveLength(1)
    const { state } = evaluate(DEMAND, { zone: zoneOf({ nodeCount: 2 }) })
    expect(evaluate(state, { zone: zoneOf() }).mandates).toHaveLength(1)
  })
})

describe('an exit', () => {
  const rows: readonly [what: string, state: GeometryState, seen: Seen, reason: string | undefined][] = [
    ['the zone stands', DEMAND, { zone: zoneOf(), price: 101 }, undefined],
    ['the zone is gone', DEMAND, { price: 101 }, 'ZONE_GONE'],
    ['a bound moved by 9 % of its width', DEMAND, { zone: zoneOf({ zoneLow: 89.1 }) }, undefined],
    ['a bound moved by 10 % of its width', DEMAND, { zone: zoneOf({ zoneLow: 89 }) }, 'ZONE_MOVED'],
    ['it is one of the other kind', DEMAND, { zone: zoneOf({ zoneType: 'supply' }) }, 'ZONE_MOVED'],
    ['the price is one width below demand', DEMAND, { zone: zoneOf(), price: 80 }, undefined],
    ['the price is further below demand', DEMAND, { zone: zoneOf(), price: 79.99 }, 'ZONE_BROKEN'],
    ['the price is far above demand', DEMAND, { zone: zoneOf(), price: 120 }, undefined],
    ['the price is one width above supply', SUPPLY, { zone: zoneOf({ zoneType: 'supply' }), price: 110 }, undefined],
    [
      'the price is further above supply',
      SUPPLY,
      { zone: zoneOf({ zoneType: 'supply' }), price: 110.01 },
      'ZONE_BROKEN',
    ],
  ]
  it.each(rows)('is said after three snapshots running in which %s', (_, from, seen, reason) => {
    const [first, second, third, fourth] = running(from, [seen, seen, seen, seen])
    expect([first, second]).toEqual([[], []])
    const exit = reason === undefined ? [] : [{ type: 'EXIT', reason }]
    expect([third, fourth]).toEqual([exit, exit])
  })

  it('waits for three running anew once the zone stood in between', () => {
    const stands: Seen = { zone: zoneOf() }
    expect(running(DEMAND, [{}, {}, stands, {}, {}]).flat()).toEqual([])
    expect(running(DEMAND, [{}, {}, stands, {}, {}, {}]).flat()).toHaveLength(1)
  })

  it('is said at once of a position whose zone nobody knows', () => {
    expect(evaluate(geometry.initial, { zone: zoneOf() }, HELD).mandates).toEqual([
      { type: 'EXIT', reason: 'ZONE_UNKNOWN' },
    ])
  })

  function running(from: GeometryState, seen: readonly Seen[]) {
    let state = from
    return seen.map((next) => {
      const answer = evaluate(state, next, HELD)
      state = answer.state
      return answer.mandates
    })
  }
})

it('an observation that has failed changes nothing and wants nothing', () => {
  const input = sniperInput('BTCUSDT', AT_MS, { zone: zoneOf() })
  const failed = { ...input, snapshot: { ...input.snapshot, status: 'FAILED' as const } }
  expect(geometry.evaluate(geometry.initial, failed)).toEqual({ state: geometry.initial, mandates: [] })
})

it('the same is answered to the same, and nothing that is handed in is changed', () => {
  const zone = fc.constantFrom(undefined, zoneOf(), zoneOf({ zoneType: 'supply' }), zoneOf({ nodeCount: 1 }))
  const step = fc.record({ zone, price: fc.integer({ min: 90, max: 110 }), isHeld: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let state = frozen(geometry.initial)
      for (const { zone: seen, price, isHeld } of steps) {
        const known: Seen = seen === undefined ? { price } : { zone: seen, price }
        const input = frozen(sniperInput('BTCUSDT', AT_MS, known, isHeld ? HELD : undefined))
        const answer = geometry.evaluate(state, input)
        expect(geometry.evaluate(structuredClone(state), structuredClone(input))).toEqual(answer)
        expect(geometry.stateCheck(JSON.parse(JSON.stringify(answer.state)), '$')).toEqual([])
        expect(answer.mandates.length).toBeLessThanOrEqual(1)
        state = frozen(answer.state)
      }
    }),
  )
})
