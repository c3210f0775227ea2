import { expect, test } from 'vitest'
import { ALL_FAULT_KINDS, drawPlan, FAULT_KINDS } from './fault-plan.js'

const plans = Array.from({ length: 500 }, (_, seed) => drawPlan(seed, { stopMs: 200_000, venue: 'port' }))

test('a seed has one plan, and seeds have different ones', () => {
  expect(drawPlan(11, { stopMs: 200_000, venue: 'port' })).toEqual(plans[11])
  expect(new Set(plans.map((plan) => JSON.stringify(plan))).size).toBeGreaterThan(450)
})

test('faults stay within the time that they are given and their kind allows', () => {
  for (const fault of plans.flat()) {
    const { forMs, amount } = FAULT_KINDS[fault.kind]
    expect(fault.atMs + fault.forMs).toBeLessThanOrEqual(200_000)
    expect(fault.forMs).toBeGreaterThanOrEqual(forMs[0])
    expect(fault.forMs).toBeLessThanOrEqual(forMs[1])
    expect(fault.amount).toBeGreaterThanOrEqual(amount[0] - 1e-3)
    expect(fault.amount).toBeLessThanOrEqual(amount[1] * 1.001)
  }
})

test('every kind is drawn, some seeds draw few kinds and some draw no fault', () => {
  const drawn = new Set(plans.flat().map(({ kind }) => kind))
  expect([...drawn].sort()).toEqual([...ALL_FAULT_KINDS].sort())
  const kindCounts = plans.map((plan) => new Set(plan.map(({ kind }) => kind)).size)
  expect(kindCounts).toContain(0)
  expect(kindCounts.filter((count) => count > 0 && count < 5).length).toBeGreaterThan(50)
})
