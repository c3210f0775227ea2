import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GateView, openPermission } from '../../../src/core/mode/entry-gate.js'
import { statusOf } from '../../../src/core/status/status.js'
import { HEALTHY, systemState } from '../../support/system-state.js'

const LATCHED = 'REDUCEONLY_OPEN_PERMISSION_LATCHED'
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
    ${{ journal: { depth: 1, capacity: 1, failures: 0 } }}        | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_WAL_BACKPRESSURE'}
    ${{ journal: { depth: 0, capacity: 1, failures: 1 } }}        | ${'REJECT_MODE_KILL'}        | ${'KILL_WAL_FAILED'}
    ${{ breakerOpen: true }}                                      | ${'REJECT_RISK_LIMIT'}       | ${'REDUCEONLY_CIRCUIT_BREAKER_OPEN'}
    ${{ breakerOpen: true, ...latched('LINK_NOT_OK') }}           | ${'REJECT_LATCHED'}          | ${`${LATCHED}, REDUCEONLY_LINK_DEGRADED, REDUCEONLY_CIRCUIT_BREAKER_OPEN`}
    ${{ breakerOpen: true, operatorMode: 'REDUCE_ONLY' }}         | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_CIRCUIT_BREAKER_OPEN, REDUCEONLY_OPERATOR'}
    ${{ unsafeComponents: ['a: b INVALID', 'c: d EXPIRED'] }}     | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_COMPONENT_UNSAFE (a: b INVALID; c: d EXPIRED)'}
    ${{ isFillUnresolved: true }}                                 | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_PARTIAL_FILL_CONTAINMENT'}
    ${{ isMaintained: true, ...latched('LINK_NOT_OK') }}          | ${'REJECT_MODE_REDUCE_ONLY'} | ${`${LATCHED}, REDUCEONLY_LINK_DEGRADED, REDUCEONLY_MAINTENANCE`}
    ${{ isLoopStalled: true }}                                    | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_WATCHDOG'}
    ${{ diskUsedPct: 85 }}                                        | ${'REJECT_MODE_REDUCE_ONLY'} | ${'REDUCEONLY_DISK_HIGH'}
    ${{ diskUsedPct: 95 }}                                        | ${'REJECT_MODE_KILL'}        | ${'KILL_DISK_CRITICAL'}
    ${{ marginUtil: 0.69 }}                                       | ${null}                      | ${''}
    ${{ marginUtil: 0.7 }}                                        | ${'REJECT_RISK_LIMIT'}       | ${'margin utilisation is 0.700, entries are refused from 0.7 on'}
    ${{ marginUtil: 0.85 }}                                       | ${'REJECT_RISK_LIMIT'}       | ${'REDUCEONLY_MARGIN_HIGH'}
    ${{ marginUtil: 0.95 }}                                       | ${'REJECT_MODE_KILL'}        | ${'KILL_MARGIN_CRITICAL'}
    ${latched('BOOK_GAP')}                                        | ${'REJECT_LATCHED'}          | ${LATCHED}
    ${latched('TRADES_GAP', 'MARKET_DATA_STALE')}                 | ${'REJECT_STALE_SCAN'}       | ${`${LATCHED}, REDUCEONLY_MARKET_DATA_STALE`}
    ${latched('POSITION_MISMATCH')}                               | ${'REJECT_MODE_KILL'}        | ${'KILL_POSITION_MISMATCH'}
    ${latched('ACCOUNT_MISMATCH')}                                | ${'REJECT_MODE_KILL'}        | ${'KILL_ACCOUNT_LOCKOUT'}
    ${latched('SESSION_TERMINATED')}                              | ${'REJECT_LATCHED'}          | ${`${LATCHED}, REDUCEONLY_SESSION_TERMINATION`}
    ${latched('MARKET_DATA_STALE')}                               | ${'REJECT_STALE_SCAN'}       | ${`${LATCHED}, REDUCEONLY_MARKET_DATA_STALE`}
    ${latched('MARKET_DATA_STALE', 'RESTART_RECONCILE_REQUIRED')} | ${'REJECT_LATCHED'}          | ${`${LATCHED}, REDUCEONLY_MARKET_DATA_STALE, REDUCEONLY_RESTART_RECONCILE`}
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

  it('names what set a latch that has no other reason', () => {
    const inputs = { ...HEALTHY, ...latched('BOOK_GAP') } as const
    const { detail } = openPermission({ ...OPEN, inputs, causes: { BOOK_GAP: 'events 7 to 9 are missing' } })
    expect(detail).toBe(`${LATCHED} (events 7 to 9 are missing)`)
  })

  it('names every reason with what set it', () => {
    const inputs = { ...HEALTHY, operatorMode: 'REDUCE_ONLY', ...latched('RESTART_RECONCILE_REQUIRED') } as const
    const causes = { RESTART_RECONCILE_REQUIRED: 'restart' }
    expect(openPermission({ ...OPEN, inputs, causes, modeCause: 'somebody said so' }).detail).toBe(
      `${LATCHED}, REDUCEONLY_RESTART_RECONCILE (restart), REDUCEONLY_OPERATOR (somebody said so)`,
    )
  })

  it('is open exactly when /status says Active and margin has room, and gives its reasons otherwise', () => {
    fc.assert(
      fc.property(systemState, (state) => {
        const { trading_mode, mode_reasons } = statusOf(state)
        const { reject, detail } = openPermission({ ...OPEN, inputs: state })
        const isBound = trading_mode === 'Active' && (state.marginUtil ?? 0) >= 0.7
        expect(reject === null).toBe(trading_mode === 'Active' && !isBound)
        if (isBound) expect(reject).toBe('REJECT_RISK_LIMIT')
        else expect(detail.replace(/ \(.*\)/, '')).toBe(mode_reasons.join(', '))
      }),
    )
  })
})
