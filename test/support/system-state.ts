import fc from 'fast-check'
import { coherent } from '../../src/core/status/coherent.js'
import type { SystemState } from '../../src/core/status/status.js'
import { STATUS_REGISTRIES } from '../../src/ports/vocabulary/status.generated.js'

/** A system in which everything is as it should be. */
export const HEALTHY: SystemState = {
  environment: 'PAPER',
  operatorMode: 'ACTIVE',
  linkState: 'LINK_OK',
  posture: 'APEX',
  forewarner: 'OK',
  breakerOpen: false,
  unsafeComponents: [],
  isMaintained: false,
  isFillUnresolved: false,
  marginUtil: 0.1,
  diskUsedPct: 40,
  isLoopStalled: false,
  latches: new Set(),
  accountLockout: false,
  championHash: '5245d5d61c9542db',
  expectedChampionHash: '5245d5d61c9542db',
  harnessViolated: false,
  certificate: 'PASS',
  marketEventLagMs: 120,
  lastScanAgeMs: 2_000,
  gridConnected: true,
  journal: { depth: 3, capacity: 4_096, failures: 0, isFull: false },
  strategyId: 'blue',
  nowMs: 1_747_000_000_000,
  startedAtMs: 1_746_999_000_000,
  configHash: '0123456789abcdef',
  buildId: 'fedcba9876543210',
  linkAgeMs: 400,
  riskMultiplier: 0.95,
  certificateExpiresAtMs: 1_750_000_000_000,
  lastScanNumber: 17_280,
  loopLagMs: 0.4,
  openPositions: 0,
  nakedExposureEvents24h: 0,
  reconcileLastOkAtMs: 1_746_999_998_000,
  drawdownPct: 1.5,
  http429Count5m: 0,
  sessionTerminations5m: 0,
}

/** Half of them young. */
const age = fc.option(fc.oneof(fc.nat(2_000), fc.nat(100_000)))

/** Any system whatever, its parts independent of each other: most such states contradict themselves. */
export const anyState: fc.Arbitrary<SystemState> = fc.record({
  environment: fc.constantFrom(...STATUS_REGISTRIES.deployment_environments),
  operatorMode: fc.constantFrom('ACTIVE', 'REDUCE_ONLY', 'KILL'),
  linkState: fc.constantFrom(...STATUS_REGISTRIES.link_states),
  posture: fc.constantFrom(...STATUS_REGISTRIES.postures),
  forewarner: fc.constantFrom('OK', 'ORANGE', 'RED'),
  breakerOpen: fc.boolean(),
  unsafeComponents: fc.subarray(['marketData: feed_latency INVALID', 'execution: api_calls_in_time EXPIRED']),
  isMaintained: fc.boolean(),
  isFillUnresolved: fc.boolean(),
  marginUtil: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  diskUsedPct: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
  isLoopStalled: fc.boolean(),
  latches: fc
    .subarray(STATUS_REGISTRIES.open_permission_reasons.map(({ code }) => code))
    .map((codes) => new Set(codes)),
  accountLockout: fc.boolean(),
  championHash: fc.constantFrom('5245d5d61c9542db', '0000000000000000'),
  expectedChampionHash: fc.constant('5245d5d61c9542db'),
  harnessViolated: fc.boolean(),
  certificate: fc.constantFrom(...STATUS_REGISTRIES.f1_cert_states),
  marketEventLagMs: age,
  lastScanAgeMs: age,
  gridConnected: fc.boolean(),
  journal: fc.record({
    depth: fc.nat(10),
    capacity: fc.integer({ min: 1, max: 10 }),
    failures: fc.nat(1),
    isFull: fc.boolean(),
  }),
  strategyId: fc.constantFrom('blue', 'green'),
  nowMs: fc.constant(HEALTHY.nowMs),
  startedAtMs: fc.constant(HEALTHY.startedAtMs),
  configHash: fc.constant(HEALTHY.configHash),
  buildId: fc.constant(HEALTHY.buildId),
  linkAgeMs: age,
  riskMultiplier: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(0)),
  certificateExpiresAtMs: fc.constantFrom(null, 1_750_000_000_000, 1_700_000_000_000),
  lastScanNumber: age,
  loopLagMs: fc.double({ min: 0, max: 1e4, noNaN: true }),
  openPositions: fc.constantFrom(0, 1),
  nakedExposureEvents24h: fc.nat(3),
  reconcileLastOkAtMs: fc.option(
    fc.oneof(fc.integer({ min: HEALTHY.startedAtMs, max: HEALTHY.nowMs }), fc.nat(HEALTHY.nowMs + 10)),
  ),
  drawdownPct: fc.double({ min: 0, max: 100, noNaN: true }),
  http429Count5m: fc.nat(5),
  sessionTerminations5m: fc.nat(5),
})

/** Any system whose parts fit together, as those that run do. */
export const systemState: fc.Arbitrary<SystemState> = anyState.map(coherent)
