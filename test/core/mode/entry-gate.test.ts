import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GateView, openPermission } from '../../../src/core/mode/entry-gate.js'
import { statusOf } from '../../../src/core/status/status.js'
import { HEALTHY, systemState } from '../../support/system-state.js'

const OPEN: GateView = { inputs: HEALTHY, modeCause: '', causes: {}, isFlat: true }

function latched(...latches: readonly string[]): object {
  return { latches: new Set(latches) }
}

describe('the entry gate', () => {
  it.each`
    change                                                        | reject                       | detail
    ${{}}                                                         | ${null}                      | ${''}
    ${{ posture: 'STALKER' }}                                     | ${null}                      | ${''}
    ${{ operatorMode: 'KILL' }}                                   | ${'REJECT_MODE_KILL'}        | ${'KILL_OPERATOR'}
    ${{ operatorMode: 'REDUCE_ONLY' }}                            | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_OPERATOR'}
    ${{ posture: 'TURTLE' }}                                      | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_POSTURE_TURTLE'}
    ${{ posture: 'HIBERNATE' }}                                   | ${'REJECT_MODE_KILL'}        | ${'KILL_POSTURE_HIBERNATE'}
    ${{ forewarner: 'RED' }}                                      | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_MC_RED'}
    ${{ gridConnected: false }}                                   | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_GRID_UNAVAILABLE'}
    ${{ environment: 'STAGING', certificate: 'MISSING' }}         | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_F1_CERT'}
    ${{ championHash: '0000000000000000' }}                       | ${'REJECT_MODE_KILL'}        | ${'KILL_CHAMPION_HASH_MISMATCH'}
    ${{ linkState: 'LINK_DEGRADED' }}                             | ${'REJECT_LATCHED'}          | ${'REDUCEONLY_LINK_DEGRADED'}
    ${{ linkState: 'LINK_LOST' }}                                 | ${'REJECT_LATCHED'}          | ${'REDUCEONLY_LINK_LOST'}
    ${{ linkState: 'LINK_CORRUPT' }}                              | ${'REJECT_MODE_KILL'}        | ${'KILL_LINK_CORRUPT'}
    ${{ lastScanAgeMs: 10_001 }}                                  | ${'REJECT_STALE_SCAN'}       | ${'REDUCEONLY_MARKET_DATA_STALE'}
    ${{ lastScanAgeMs: 10_001, linkState: 'LINK_LOST' }}          | ${'REJECT_LATCHED'}          | ${'REDUCEONLY_MARKET_DATA_STALE, REDUCEONLY_LINK_LOST'}
    ${{ journal: { depth: 1, capacity: 1, failures: 0 } }}        | ${'REJECT_LATCHED'}          | ${'REDUCEONLY_WAL_BACKPRESSURE'}
    ${{ journal: { depth: 0, capacity: 1, failures: 1 } }}        | ${'REJECT_MODE_KILL'}        | ${'KILL_WAL_FAILED'}
    ${{ breakerOpen: true }}                                      | ${'REJECT_RISK_LIMIT'}       | ${'REDUCEONLY_CIRCUIT_BREAKER_OPEN'}
    ${{ breakerOpen: true, ...latched('LINK_NOT_OK') }}           | ${'REJECT_LATCHED'}          | ${'REDUCEONLY_LINK_DEGRADED, REDUCEONLY_CIRCUIT_BREAKER_OPEN'}
    ${{ breakerOpen: true, operatorMode: 'REDUCE_ONLY' }}         | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_CIRCUIT_BREAKER_OPEN, REDUCEONLY_OPERATOR'}
    ${latched('PARTIAL_FILL_UNRESOLVED')}                         | ${'REJECT_LATCHED'}          | ${'REDUCEONLY_PARTIAL_FILL_CONTAINMENT'}
    ${latched('POSITION_MISMATCH')}                               | ${'REJECT_MODE_KILL'}        | ${'KILL_POSITION_MISMATCH'}
    ${latched('ACCOUNT_MISMATCH')}                                | ${'REJECT_MODE_KILL'}        | ${'KILL_ACCOUNT_LOCKOUT'}
    ${latched('SESSION_TERMINATED')}                              | ${'REJECT_LATCHED'}          | ${'REDUCEONLY_SESSION_TERMINATION'}
    ${latched('MARKET_DATA_STALE')}                               | ${'REJECT_STALE_SCAN'}       | ${'REDUCEONLY_MARKET_DATA_STALE'}
    ${latched('MARKET_DATA_STALE', 'RESTART_RECONCILE_REQUIRED')} | ${'REJECT_LATCHED'}          | ${'REDUCEONLY_MARKET_DATA_STALE, REDUCEONLY_RESTART_RECONCILE'}
  `('with $change: $reject for $detail', ({ change, reject, detail }) => {
    expect(openPermission({ ...OPEN, inputs: { ...HEALTHY, ...change } })).toMatchObject({ reject, detail })
  })

  it('keeps a second position out, and nothing else about it is wrong', () => {
    expect(openPermission({ ...OPEN, isFlat: false })).toEqual({
      reject: 'REJECT_POSITION_EXISTS',
      detail: 'one position at a time',
      mode: { mode: 'Active', reasons: [] },
    })
  })

  it('names every reason with what set it', () => {
    const inputs = { ...HEALTHY, operatorMode: 'REDUCE_ONLY', ...latched('RESTART_RECONCILE_REQUIRED') } as const
    const causes = { RESTART_RECONCILE_REQUIRED: 'restart' }
    expect(openPermission({ ...OPEN, inputs, causes, modeCause: 'somebody said so' }).detail).toBe(
      'REDUCEONLY_RESTART_RECONCILE (restart), REDUCEONLY_OPERATOR (somebody said so)',
    )
  })

  it('is open exactly when /status says Active, and gives its reasons otherwise', () => {
    fc.assert(
      fc.property(systemState, (state) => {
        const { trading_mode, mode_reasons } = statusOf(state)
        const { reject, detail } = openPermission({ ...OPEN, inputs: state })
        expect(reject === null).toBe(trading_mode === 'Active')
        expect(detail).toBe(mode_reasons.join(', '))
      }),
    )
  })
})
