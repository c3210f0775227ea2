import { describe, expect, test } from 'vitest'
import { checkStatus } from '../../../src/core/status/check.js'
import { statusOf } from '../../../src/core/status/status.js'
import { StatusStream } from '../../../src/core/status/stream.js'
import { STANDS_STILL_AFTER_MS, STREAM_RULES, TIME_STANDS_STILL } from '../../../src/core/status/stream-rules.js'
import type { StatusDocument } from '../../../src/ports/vocabulary/status.generated.js'
import { HEALTHY } from '../../support/system-state.js'

const FIRST = statusOf(HEALTHY)
/** A second on, of the same process. */
const NEXT = statusOf({ ...HEALTHY, nowMs: HEALTHY.nowMs + 1_000, reconcileLastOkAtMs: HEALTHY.nowMs })

/** The least change of the next document that contradicts the first, and no rule of its own contract. */
const MUTATIONS: readonly (readonly [rule: string, change: Partial<StatusDocument>])[] = [
  [
    'STATUS_TIME_GOES_ON',
    {
      status_ts_ms: FIRST.status_ts_ms - 1,
      uptime_s: FIRST.uptime_s - 0.001,
      reconcile_last_ok_ts_ms: FIRST.reconcile_last_ok_ts_ms,
    },
  ],
  ['UPTIME_GOES_ON', { uptime_s: FIRST.uptime_s - 1 }],
  ['DEPLOYMENT_ENVIRONMENT_STAYS', { deployment_environment: 'LIVE' }],
  ['STRATEGY_ID_STAYS', { strategy_id: 'green' }],
  ['CHAMPION_HASH_STAYS', { champion_hash: 'ffffffffffffffff' }],
  ['CONFIG_HASH_STAYS', { config_hash: 'ffffffffffffffff' }],
  ['BUILD_ID_STAYS', { build_id: 'ffffffffffffffff' }],
  ['SCAN_NUMBER_GOES_ON', { last_scan_number: FIRST.last_scan_number! - 1 }],
  ['RECONCILIATION_GOES_ON', { reconcile_last_ok_ts_ms: FIRST.reconcile_last_ok_ts_ms! - 1 }],
]

/** Documents under two versions are of two forms: these rules are asked where a form fits both. */
const OF_VERSIONS = ['CONTRACT_VERSION_STAYS', 'SCHEMA_VERSION_STAYS']

describe('a stream of documents', () => {
  test('is believed while each document fits the last', () => {
    const stream = new StatusStream(checkStatus)
    expect(stream.next(FIRST, 0)).toEqual([])
    expect(stream.next(FIRST, 500)).toEqual([])
    expect(stream.next(NEXT, 1_000)).toEqual([])
  })

  test.each(MUTATIONS)(
    'is refused by %s alone where the next document changes as little as breaks it',
    (rule, change) => {
      const stream = new StatusStream(checkStatus)
      stream.next(FIRST, 0)
      expect(stream.next({ ...NEXT, ...change }, 1_000).map((broken) => broken.rule)).toEqual([rule])
    },
  )

  test.each(OF_VERSIONS)('of one process keeps its version: %s', (name) => {
    const { holds, fields } = STREAM_RULES.find(({ rule }) => rule === name)!
    expect(holds(FIRST, NEXT)).toBe(true)
    expect(holds(FIRST, { ...NEXT, [fields[0]]: '1.0.0' })).toBe(false)
  })

  test('has a case for every rule', () => {
    const cases = [...MUTATIONS.map(([rule]) => rule), ...OF_VERSIONS]
    expect(cases.toSorted()).toEqual(STREAM_RULES.map(({ rule }) => rule).toSorted())
  })

  test('is refused while its time stands still for longer than a reader may believe it, however often it is heard', () => {
    const stream = new StatusStream(checkStatus)
    for (let atMs = 0; atMs < STANDS_STILL_AFTER_MS; atMs += 500) expect(stream.next(FIRST, atMs)).toEqual([])
    const broken = stream.next(FIRST, STANDS_STILL_AFTER_MS)
    expect(broken.map(({ rule }) => rule)).toEqual([TIME_STANDS_STILL.rule])
    expect(stream.next(NEXT, STANDS_STILL_AFTER_MS + 1)).toEqual([])
  })

  test('says what it found after what', () => {
    const stream = new StatusStream(checkStatus)
    stream.next(FIRST, 0)
    expect(stream.next({ ...NEXT, strategy_id: 'green' }, 1_000)).toEqual([
      {
        rule: 'STRATEGY_ID_STAYS',
        field: 'strategy_id',
        expected: 'the same as before',
        found: '"green" after "blue"',
      },
    ])
  })

  test('holds what follows to the last document that could be believed', () => {
    const stream = new StatusStream(checkStatus)
    stream.next(NEXT, 0)
    expect(stream.next(FIRST, 100)).not.toEqual([])
    expect(stream.next(FIRST, 200)).not.toEqual([])
    expect(stream.next(NEXT, 300)).toEqual([])
  })

  test('goes on with another process that started since, whatever that is', () => {
    const stream = new StatusStream(checkStatus)
    stream.next(FIRST, 0)
    const startedAtMs = HEALTHY.nowMs + 5_000
    const restarted = { ...HEALTHY, startedAtMs, nowMs: startedAtMs + 3_000, reconcileLastOkAtMs: startedAtMs + 2_500 }
    expect(stream.next(statusOf({ ...restarted, strategyId: 'green', lastScanNumber: null }), 8_000)).toEqual([])
  })

  test('refuses a document that breaks its own contract, and says which rule', () => {
    const stream = new StatusStream(checkStatus)
    expect(stream.next({ ...FIRST, risk_multiplier: 0 }, 0).map(({ rule }) => rule)).toEqual(['ZERO_RISK_HIBERNATES'])
    expect(stream.next(null, 0).map(({ rule }) => rule)).toEqual(['DOCUMENT_IS_OBJECT'])
  })
})
