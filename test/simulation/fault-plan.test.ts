import { expect, test } from 'vitest'
import { drawPlan, FAULT_KINDS, type FaultPlan, KINDS_OF, type VenueKind } from './fault-plan.js'

const PLANS = { port: plansOf('port'), binance: plansOf('binance') }
const plans = PLANS.port

function plansOf(venue: VenueKind): readonly FaultPlan[] {
  return Array.from({ length: 500 }, (_, seed) => drawPlan(seed, { stopMs: 200_000, venue }))
}

test('a seed has one plan, and seeds have different ones', () => {
  expect(drawPlan(11, { stopMs: 200_000, venue: 'port' })).toEqual(plans[11])
  expect(new Set(plans.map((plan) => JSON.stringify(plan))).size).toBeGreaterThan(450)
})

test('faults stay within the time that they are given and their kind allows', () => {
  for (const fault of [...PLANS.port, ...PLANS.binance].flat()) {
    const { forMs, amount } = FAULT_KINDS[fault.kind]
    expect(fault.atMs + fault.forMs).toBeLessThanOrEqual(200_000)
    expect(fault.forMs).toBeGreaterThanOrEqual(forMs[0])
    expect(fault.forMs).toBeLessThanOrEqual(forMs[1])
    expect(fault.amount).toBeGreaterThanOrEqual(amount[0] - 1e-3)
    expect(fault.amount).toBeLessThanOrEqual(amount[1] * 1.001)
  }
})

test.each(['port', 'binance'] as const)('every kind that can be with the venue %s is drawn', (venue) => {
  const drawn = new Set(PLANS[venue].flat().map(({ kind }) => kind))
  expect([...drawn].sort()).toEqual([...KINDS_OF[venue]].sort())
})

test('a plan of a few kinds has no others', () => {
  const kinds = ['exchange-algo-stuck', 'market-gap'] as const
  const drawn = drawPlan(3, { stopMs: 200_000, venue: 'binance', kinds })
  expect(drawn.length).toBeGreaterThan(5)
  expect(drawn.every(({ kind }) => (kinds as readonly string[]).includes(kind))).toBe(true)
})

test('some seeds draw few kinds and some draw no fault', () => {
  const kindCounts = plans.map((plan) => new Set(plan.map(({ kind }) => kind)).size)
  expect(kindCounts).toContain(0)
  expect(kindCounts.filter((count) => count > 0 && count < 5).length).toBeGreaterThan(50)
})
