import { expect, it } from 'vitest'
import { harnessText } from '../../../src/core/status/harness-text.js'
import type { HarnessView } from '../../../src/ports/status-surface.js'

const LAST = { cycle: 'P-c12', atMs: Date.UTC(2026, 2, 1), outcome: 'COMPLETE' } as const

it.each<[HarnessView, string]>([
  [{ mode: 'live', halted: null, last: null, outOfService: [] }, 'live, no cycle yet'],
  [
    { mode: 'shadow', halted: null, last: LAST, outOfService: [] },
    'shadow, last cycle P-c12 COMPLETE at 2026-03-01T00:00:00.000Z',
  ],
  [
    { mode: 'live', halted: 'OVERRIDE of the skill x', last: { ...LAST, outcome: 'HALTED' }, outOfService: ['x'] },
    'HALTED until an operator resumes: OVERRIDE of the skill x, out of service: x, live, last cycle P-c12 HALTED at 2026-03-01T00:00:00.000Z',
  ],
])('says the worst first (%#)', (view, text) => {
  expect(harnessText(view)).toBe(text)
})
