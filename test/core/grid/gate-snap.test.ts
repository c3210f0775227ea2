import { expect, it } from 'vitest'
import { type GateSnap, gatesMoved } from '../../../src/core/grid/gate-snap.js'

const SNAP: GateSnap = { boost: 1, beta: 0.2, posture: 'APEX', forewarnerOpen: true }

it('gates that are equal have not moved, wherever their values came from', () => {
  expect(gatesMoved(SNAP, { ...SNAP })).toBeUndefined()
})

it.each<[Partial<GateSnap>, string]>([
  [{ boost: 1.5 }, 'boost 1 -> 1.5'],
  [{ beta: 0.8 }, 'beta 0.2 -> 0.8'],
  [{ posture: 'TURTLE' }, 'posture APEX -> TURTLE'],
  [{ posture: undefined }, 'posture APEX -> unknown'],
  [{ forewarnerOpen: false }, 'forewarnerOpen true -> false'],
  [{ boost: 2, posture: 'STALKER' }, 'boost 1 -> 2, posture APEX -> STALKER'],
])('gates that move are named: %j', (change, text) => {
  expect(gatesMoved(SNAP, { ...SNAP, ...change })).toBe(text)
})
