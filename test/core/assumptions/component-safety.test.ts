import { expect, it, test } from 'vitest'
import { componentSafety, componentsOf } from '../../../src/core/assumptions/component-safety.js'
import type { Assumption, AssumptionStatus } from '../../../src/ports/vocabulary/assumptions.js'

test.each<[readonly AssumptionStatus[], string, string]>([
  [[], 'SAFE', 'SAFE'],
  [['VALID', 'VALID'], 'SAFE', 'SAFE'],
  [['VALID', 'WARNING'], 'DEGRADED', 'DEGRADED'],
  [['VALID', 'UNTESTED'], 'DEGRADED', 'UNSAFE'],
  [['UNTESTED'], 'DEGRADED', 'UNSAFE'],
  [['VALID', 'INVALID'], 'UNSAFE', 'UNSAFE'],
  [['EXPIRED'], 'UNSAFE', 'UNSAFE'],
])('a component that relies on %j is %s, and %s with money at stake', (statuses, elsewhere, live) => {
  expect(componentSafety(statuses, { isLive: false })).toBe(elsewhere)
  expect(componentSafety(statuses, { isLive: true })).toBe(live)
})

it('says it of every component that somebody relies on, in the order in which they are named', () => {
  const assumption = (status: AssumptionStatus, ...affectedComponents: readonly string[]) =>
    ({ status, affectedComponents }) as unknown as Assumption
  const components = componentsOf([assumption('VALID', 'b', 'a'), assumption('INVALID', 'a'), assumption('VALID')], {
    isLive: false,
  })
  expect(components.map(({ component, safety, against }) => [component, safety, against.length])).toEqual([
    ['b', 'SAFE', 0],
    ['a', 'UNSAFE', 1],
  ])
})
