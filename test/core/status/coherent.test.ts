import fc from 'fast-check'
import { expect, test } from 'vitest'
import { modeOf } from '../../../src/core/mode/mode.js'
import { coherent } from '../../../src/core/status/coherent.js'
import type { SystemState } from '../../../src/core/status/status.js'
import { STATUS_REGISTRIES } from '../../../src/ports/vocabulary/status.generated.js'
import { anyState, HEALTHY } from '../../support/system-state.js'

test('a state that fits together comes back as it is', () => {
  expect(coherent(HEALTHY)).toBe(HEALTHY)
  fc.assert(
    fc.property(anyState.map(coherent), (state) => {
      expect(coherent(state)).toBe(state)
    }),
  )
})

test.each<[string, Partial<SystemState>, Partial<SystemState>]>([
  ['a link that was heard just now', { linkAgeMs: 2_500 }, { linkState: 'LINK_OK' }],
  ['a link that has missed heartbeats', { linkAgeMs: 2_501 }, { linkState: 'LINK_DEGRADED' }],
  ['a link that has been silent for long', { linkAgeMs: 5_000 }, { linkState: 'LINK_LOST' }],
  ['a link of which nothing was ever heard', { linkAgeMs: null }, { linkState: 'LINK_LOST' }],
  ['a degraded link', { linkState: 'LINK_DEGRADED', linkAgeMs: 4_999 }, { linkState: 'LINK_DEGRADED' }],
  [
    'a degraded link that has gone silent',
    { linkState: 'LINK_DEGRADED', linkAgeMs: 5_000 },
    { linkState: 'LINK_LOST' },
  ],
  ['a corrupt link', { linkState: 'LINK_CORRUPT', linkAgeMs: 9_000 }, { linkState: 'LINK_CORRUPT' }],
  ['a multiplier that sizes nothing', { riskMultiplier: 0, posture: 'STALKER' }, { posture: 'HIBERNATE' }],
  ['a posture that nobody knows', { riskMultiplier: 0, posture: 'PENGUIN' as never }, { posture: 'PENGUIN' as never }],
  ['a reconciliation to come', { reconcileLastOkAtMs: HEALTHY.nowMs + 5 }, { reconcileLastOkAtMs: HEALTHY.nowMs }],
  ['no reconciliation', { reconcileLastOkAtMs: null }, { latches: new Set(['RESTART_RECONCILE_REQUIRED'] as const) }],
  [
    'a reconciliation before the start',
    { reconcileLastOkAtMs: HEALTHY.startedAtMs - 1 },
    { latches: new Set(['RESTART_RECONCILE_REQUIRED'] as const) },
  ],
  ['an old market event', { marketEventLagMs: 2_001 }, { latches: new Set(['MARKET_DATA_STALE'] as const) }],
  ['an old scan', { lastScanAgeMs: 10_001 }, { latches: new Set(['MARKET_DATA_STALE'] as const) }],
  ['a lost link', { linkState: 'LINK_LOST' }, { latches: new Set(['LINK_NOT_OK'] as const) }],
])('of %s the worse is believed', (_what, wrong, expected) => {
  expect(coherent({ ...HEALTHY, ...wrong })).toMatchObject(expected)
})

test('no state is made better', () => {
  const severity = (state: SystemState) => STATUS_REGISTRIES.trading_modes.indexOf(modeOf(state).mode)
  fc.assert(
    fc.property(anyState, (state) => {
      expect(severity(coherent(state))).toBeGreaterThanOrEqual(severity(state))
    }),
  )
})
