import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entryRefusal, type ModeInputs, modeOf } from '../../../src/core/mode/mode.js'
import { checkStatus } from '../../../src/core/status/check.js'
import { statusOf } from '../../../src/core/status/status.js'
import { STATUS_REGISTRIES } from '../../../src/ports/vocabulary/status.generated.js'
import { anyState, HEALTHY, systemState } from '../../support/system-state.js'

const LATCHED = 'REDUCEONLY_OPEN_PERMISSION_LATCHED'
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false })
const [min, exact] = (['min', 'exact'] as const).map((kind) =>
  ajv.compile(JSON.parse(readFileSync(`specs/status/status_csp_${kind}.schema.json`, 'utf8'))),
)

describe('the mode', () => {
  test('is Active when nothing is wrong', () => {
    expect(modeOf(HEALTHY)).toEqual({ mode: 'Active', reasons: [] })
    expect(entryRefusal(modeOf(HEALTHY))).toBeUndefined()
  })

  test.each<[string, Partial<ModeInputs>]>([
    ['KILL_REGISTRY_UNKNOWN_TOKEN', { environment: 'MARS' as never }],
    ['KILL_LINK_CORRUPT', { linkState: 'LINK_CORRUPT' }],
    ['KILL_POSITION_MISMATCH', { latches: new Set(['POSITION_MISMATCH'] as const) }],
    ['KILL_ACCOUNT_LOCKOUT', { accountLockout: true }],
    ['KILL_ACCOUNT_LOCKOUT', { latches: new Set(['ACCOUNT_MISMATCH'] as const) }],
    ['KILL_CHAMPION_HASH_MISMATCH', { championHash: '0000000000000000' }],
    ['KILL_POSTURE_HIBERNATE', { posture: 'HIBERNATE' }],
    ['KILL_MARGIN_CRITICAL', { marginUtil: 0.95 }],
    ['KILL_WAL_FAILED', { journal: { depth: 0, capacity: 1, failures: 1, isFull: false } }],
    ['KILL_DISK_CRITICAL', { diskUsedPct: 95 }],
    ['KILL_HARNESS_VIOLATION', { harnessViolated: true }],
    ['KILL_OPERATOR', { operatorMode: 'KILL' }],
    ['REDUCEONLY_MARKET_DATA_STALE', { marketEventLagMs: 2_001 }],
    ['REDUCEONLY_MARKET_DATA_STALE', { lastScanAgeMs: 10_001 }],
    ['REDUCEONLY_MARKET_DATA_STALE', { lastScanAgeMs: null }],
    ['REDUCEONLY_MARKET_DATA_STALE', { latches: new Set(['MARKET_DATA_STALE'] as const) }],
    ['REDUCEONLY_LINK_DEGRADED', { linkState: 'LINK_DEGRADED' }],
    ['REDUCEONLY_LINK_DEGRADED', { latches: new Set(['LINK_NOT_OK'] as const) }],
    ['REDUCEONLY_LINK_LOST', { linkState: 'LINK_LOST', latches: new Set(['LINK_NOT_OK'] as const) }],
    ['REDUCEONLY_GRID_UNAVAILABLE', { gridConnected: false }],
    ['REDUCEONLY_WATCHDOG', { isLoopStalled: true }],
    ['REDUCEONLY_WAL_BACKPRESSURE', { journal: { depth: 8, capacity: 8, failures: 0, isFull: false } }],
    ['REDUCEONLY_WAL_BACKPRESSURE', { journal: { depth: 5, capacity: 8, failures: 0, isFull: true } }],
    ['REDUCEONLY_DISK_HIGH', { diskUsedPct: 85 }],
    ['REDUCEONLY_PARTIAL_FILL_CONTAINMENT', { isFillUnresolved: true }],
    ['REDUCEONLY_RESTART_RECONCILE', { latches: new Set(['RESTART_RECONCILE_REQUIRED'] as const) }],
    ['REDUCEONLY_SESSION_TERMINATION', { latches: new Set(['SESSION_TERMINATED'] as const) }],
    ['REDUCEONLY_MARGIN_HIGH', { marginUtil: 0.85 }],
    ['REDUCEONLY_POSTURE_TURTLE', { posture: 'TURTLE' }],
    ['REDUCEONLY_MC_RED', { forewarner: 'RED' }],
    ['REDUCEONLY_CIRCUIT_BREAKER_OPEN', { breakerOpen: true }],
    ['REDUCEONLY_COMPONENT_UNSAFE', { unsafeComponents: ['marketData: feed_latency INVALID'] }],
    ['REDUCEONLY_F1_CERT', { environment: 'LIVE', certificate: 'STALE' }],
    ['REDUCEONLY_MAINTENANCE', { isMaintained: true }],
    ['REDUCEONLY_OPERATOR', { operatorMode: 'REDUCE_ONLY' }],
    ['REDUCEONLY_OPEN_PERMISSION_LATCHED', { latches: new Set(['BOOK_GAP'] as const) }],
    ['REDUCEONLY_OPEN_PERMISSION_LATCHED', { latches: new Set(['TRADES_GAP'] as const) }],
  ])('is %s with %o', (reason, wrong) => {
    const state = { ...HEALTHY, ...wrong }
    // What has set a latch stands beside it.
    const causes = modeOf(state).reasons.filter((code, i, all) => code !== LATCHED || all.length === 1 || i > 0)
    expect(causes).toEqual([reason])
    expect(modeOf(state).mode).toBe(reason.startsWith('KILL') ? 'Kill' : 'ReduceOnly')
    expect(entryRefusal(modeOf(state))).toBeDefined()
    expect(checkStatus(statusOf(state), { exact: true })).toEqual([])
  })

  test('has a reason for every code of the registry, and the certificate blocks nothing in paper', () => {
    expect(STATUS_REGISTRIES.mode_reasons).toHaveLength(30)
    expect(modeOf({ ...HEALTHY, certificate: 'MISSING' }).mode).toBe('Active')
  })

  test('takes a certificate past its expiry for stale', () => {
    const live = { ...HEALTHY, environment: 'LIVE' } as const
    expect(modeOf(live).mode).toBe('Active')
    expect(modeOf({ ...live, certificateExpiresAtMs: live.nowMs }).reasons).toEqual(['REDUCEONLY_F1_CERT'])
    expect(statusOf({ ...live, certificateExpiresAtMs: live.nowMs }).f1_cert_state).toBe('STALE')
  })

  test('shows a certificate that is over by the clock on the wall, on recorded days as over from the start', () => {
    const status = statusOf({ ...HEALTHY, environment: 'STAGING', certificate: 'STALE' })
    expect(status).toMatchObject({ f1_cert_state: 'STALE', f1_cert_expires_at_ms: HEALTHY.startedAtMs })
    expect(status.mode_reasons).toEqual(['REDUCEONLY_F1_CERT'])
  })

  test.each<[string, Partial<ModeInputs>]>([
    ['margin', { marginUtil: 0.849 }],
    ['disk', { diskUsedPct: 84.9 }],
    ['margin before a truth', { marginUtil: null }],
    ['disk before a look', { diskUsedPct: null }],
  ])('is Active just below the limit of the %s', (_what, inputs) => {
    expect(modeOf({ ...HEALTHY, ...inputs })).toEqual({ mode: 'Active', reasons: [] })
  })

  test('says a latch exactly while one is set and the mode is ReduceOnly, before every other reason', () => {
    fc.assert(
      fc.property(systemState, (state) => {
        const { mode, reasons } = modeOf(state)
        expect(reasons[0] === LATCHED).toBe(mode === 'ReduceOnly' && state.latches.size > 0)
        expect(reasons.lastIndexOf(LATCHED)).toBeLessThanOrEqual(0)
      }),
    )
  })

  test('allows an entry exactly when /status says Active', () => {
    fc.assert(
      fc.property(systemState, (state) => {
        expect(entryRefusal(modeOf(state)) === undefined).toBe(statusOf(state).trading_mode === 'Active')
      }),
    )
  })

  test.each(['environment', 'operatorMode', 'linkState', 'posture', 'forewarner', 'certificate'] as const)(
    'is Kill when %s is a word nobody knows, and the document still keeps the contract',
    (field) => {
      const status = statusOf({ ...HEALTHY, [field]: 'constructor' })
      expect(status.mode_reasons).toContain('KILL_REGISTRY_UNKNOWN_TOKEN')
      expect(checkStatus(status, { exact: true })).toEqual([])
    },
  )

  test('is Kill with a latch nobody knows', () => {
    const status = statusOf({ ...HEALTHY, latches: new Set(['MOON_PHASE' as never]) })
    expect(status.trading_mode).toBe('Kill')
    expect(checkStatus(status, { exact: true })).toEqual([])
  })
})

describe('the document', () => {
  test('keeps the contract in every state of the system, by rules and by both schemas', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const status = statusOf(state)
        expect(checkStatus(status, { exact: true })).toEqual([])
        expect(min!(status), ajv.errorsText(min!.errors)).toBe(true)
        expect(exact!(status), ajv.errorsText(exact!.errors)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('names the strongest reason to its owner, and what ends each', () => {
    const latches = new Set(['MARKET_DATA_STALE'] as const)
    const status = statusOf({ ...HEALTHY, latches, marketEventLagMs: 3_200, operatorMode: 'REDUCE_ONLY' })
    expect(status.owner_view).toEqual({
      primary_owner_reason_code: 'DATA_MARKET_FEED_STALE',
      owner_message: 'Market data is stale; new OPEN risk is blocked.',
      unblock: [
        {
          type: 'AUTO',
          condition: 'a reconciliation finds both sides equal',
          current: 'requires_reconcile=true',
          target: 'requires_reconcile=false',
        },
        {
          type: 'AUTO',
          condition: 'ws_event_lag_ms <= 500 for >= 60s',
          current: 'ws_event_lag_ms=3200',
          target: 'ws_event_lag_ms<=500',
        },
        {
          type: 'AUTO',
          condition: 'last_scan_age_ms <= 10000',
          current: 'last_scan_age_ms=2000',
          target: 'last_scan_age_ms<=10000',
        },
        {
          type: 'OPERATOR',
          condition: 'an operator resumes with a reason',
          current: 'REDUCEONLY_OPERATOR',
          target: 'resumed',
        },
      ],
    })
  })
})
