import { describe, expect, it } from 'vitest'
import { type GateView, openPermission } from '../../../src/core/decision/gate.js'

const OPEN: GateView = {
  mode: 'ACTIVE',
  modeCause: 'somebody said so',
  latches: {},
  linkState: 'LINK_OK',
  isSameBuild: true,
  isMarketStale: false,
  journal: 'OK',
  isPartlyFilled: false,
  isBreakerOpen: false,
  posture: 'APEX',
  isFlat: true,
}

describe('the entry gate', () => {
  it.each`
    change                                              | reject                       | reasons
    ${{}}                                               | ${null}                      | ${[]}
    ${{ posture: 'STALKER' }}                           | ${null}                      | ${[]}
    ${{ mode: 'KILL' }}                                 | ${'REJECT_MODE_KILL'}        | ${[]}
    ${{ mode: 'REDUCE_ONLY' }}                          | ${'REJECT_MODE_REDUCE_ONLY'} | ${[]}
    ${{ posture: 'TURTLE' }}                            | ${'REJECT_MODE_REDUCE_ONLY'} | ${[]}
    ${{ posture: 'HIBERNATE' }}                         | ${'REJECT_MODE_REDUCE_ONLY'} | ${[]}
    ${{ linkState: 'LINK_DEGRADED' }}                   | ${'REJECT_LATCHED'}          | ${['LINK_NOT_OK']}
    ${{ linkState: 'LINK_LOST' }}                       | ${'REJECT_LATCHED'}          | ${['LINK_NOT_OK']}
    ${{ linkState: 'LINK_CORRUPT' }}                    | ${'REJECT_LATCHED'}          | ${['LINK_NOT_OK']}
    ${{ isSameBuild: false }}                           | ${'REJECT_LATCHED'}          | ${[]}
    ${{ isSameBuild: null }}                            | ${'REJECT_LATCHED'}          | ${[]}
    ${{ isMarketStale: true }}                          | ${'REJECT_STALE_SCAN'}       | ${['MARKET_DATA_STALE']}
    ${{ isMarketStale: true, linkState: 'LINK_LOST' }}  | ${'REJECT_LATCHED'}          | ${['MARKET_DATA_STALE', 'LINK_NOT_OK']}
    ${{ journal: 'FULL' }}                              | ${'REJECT_LATCHED'}          | ${['WAL_BACKPRESSURE']}
    ${{ journal: 'FAILED' }}                            | ${'REJECT_LATCHED'}          | ${[]}
    ${{ isPartlyFilled: true }}                         | ${'REJECT_LATCHED'}          | ${['PARTIAL_FILL_UNRESOLVED']}
    ${{ isBreakerOpen: true }}                          | ${'REJECT_RISK_LIMIT'}       | ${[]}
    ${{ isFlat: false }}                                | ${'REJECT_POSITION_EXISTS'}  | ${[]}
    ${{ latches: { RESTART_RECONCILE_REQUIRED: 'x' } }} | ${'REJECT_LATCHED'}          | ${['RESTART_RECONCILE_REQUIRED']}
    ${{ latches: { SESSION_TERMINATED: 'x' } }}         | ${'REJECT_LATCHED'}          | ${['SESSION_TERMINATED']}
    ${{ latches: { MARKET_DATA_STALE: 'x' } }}          | ${'REJECT_STALE_SCAN'}       | ${['MARKET_DATA_STALE']}
    ${{ latches: { LINK_NOT_OK: 'x' } }}                | ${'REJECT_LATCHED'}          | ${['LINK_NOT_OK']}
    ${{ latches: { POSITION_MISMATCH: 'x' } }}          | ${'REJECT_LATCHED'}          | ${['POSITION_MISMATCH']}
    ${{ latches: { ACCOUNT_MISMATCH: 'x' } }}           | ${'REJECT_LATCHED'}          | ${['ACCOUNT_MISMATCH']}
  `('with $change: $reject, blocked by $reasons', ({ change, reject, reasons }) => {
    const permission = openPermission({ ...OPEN, ...change })
    expect(permission.reject).toBe(reject)
    expect(permission.reasons).toEqual(reasons)
    expect(permission.detail === '').toBe(reject === null)
  })

  it('names what a person set before what heals by itself, and every latch with its cause', () => {
    const latches = { POSITION_MISMATCH: 'two of three', RESTART_RECONCILE_REQUIRED: 'restart' }
    expect(openPermission({ ...OPEN, latches }).detail).toBe(
      'RESTART_RECONCILE_REQUIRED (restart), POSITION_MISMATCH (two of three)',
    )
    expect(openPermission({ ...OPEN, mode: 'KILL', latches })).toMatchObject({
      reject: 'REJECT_MODE_KILL',
      detail: 'somebody said so',
      reasons: ['RESTART_RECONCILE_REQUIRED', 'POSITION_MISMATCH'],
    })
  })
})
