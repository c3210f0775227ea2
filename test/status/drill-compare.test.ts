import { expect, test } from 'vitest'
import { differences, VOLATILE_FIELDS } from '../../src/cli/drill/compare.js'
import { statusOf } from '../../src/core/status/status.js'
import { STATUS_FIELDS } from '../../src/ports/vocabulary/status.generated.js'
import { HEALTHY } from '../support/system-state.js'

const golden = statusOf({ ...HEALTHY, marketEventLagMs: 3_200, operatorMode: 'REDUCE_ONLY' })

const FIELDS = STATUS_FIELDS.map(({ name }) => name).filter((name) => name !== 'owner_view')

test.each(FIELDS)('%s differs unless it is volatile', (name) => {
  const found = differences(golden, { ...golden, [name]: 'another' })
  expect(found).toEqual(name in VOLATILE_FIELDS ? [] : [{ field: name, expected: golden[name], found: 'another' }])
})

test('what decides is never volatile', () => {
  const decisive = ['trading_mode', 'mode_reasons', 'risk_state', 'posture', 'link_state', 'champion_hash']
  const latch = ['open_permission_blocked_latch', 'open_permission_reason_codes', 'requires_reconcile']
  for (const field of [...decisive, ...latch, 'wal_enqueue_failures', 'naked_exposure_events_24h', 'f1_cert_state']) {
    expect(VOLATILE_FIELDS).not.toHaveProperty(field)
  }
})

test('the owner view may say another value of a volatile field, and nothing else', () => {
  const later = statusOf({ ...HEALTHY, marketEventLagMs: 9_999, operatorMode: 'REDUCE_ONLY' })
  expect(later.owner_view).not.toEqual(golden.owner_view)
  expect(differences(golden, later)).toEqual([])
  const other = { ...golden, owner_view: { ...golden.owner_view, owner_message: 'All is well.' } }
  expect(differences(golden, other).map(({ field }) => field)).toEqual(['owner_view'])
})
