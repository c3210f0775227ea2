import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawPlan, type FaultPlan } from './fault-plan.js'
import { shrinkPlan } from './shrink.js'

const plan = drawPlan(7, { stopMs: 600_000, venue: 'port' })
const ids = (faults: FaultPlan) => faults.map(({ id }) => id)

test('a plan that fails because of some of its faults shrinks to exactly those', () => {
  fc.assert(
    fc.property(fc.subarray([...ids(plan)], { minLength: 1, maxLength: 3 }), (culprits) => {
      const fails = (faults: FaultPlan) => culprits.every((id) => ids(faults).includes(id))
      expect(ids(shrinkPlan(plan, fails, 2_000))).toEqual(ids(plan).filter((id) => culprits.includes(id)))
    }),
  )
})

test('what needs no fault at all shrinks to the empty plan', () => {
  expect(shrinkPlan(plan, () => true)).toEqual([])
})

test('durations are halved down to the shortest that still fails', () => {
  const long = { ...plan[0]!, forMs: 16_000, amount: 0 }
  expect(shrinkPlan([long], ([fault]) => fault !== undefined && fault.forMs >= 3_000)).toEqual([
    { ...long, forMs: 4_000 },
  ])
})

test('the whole plan is given back when the tries are used up', () => {
  expect(shrinkPlan(plan, () => true, 0)).toEqual(plan)
})
