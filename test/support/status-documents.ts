import fc from 'fast-check'
import { coherent } from '../../src/core/status/coherent.js'
import { type SystemState, statusOf } from '../../src/core/status/status.js'
import type { StatusDocument } from '../../src/ports/vocabulary/status.generated.js'
import { STATUS_REGISTRIES } from '../../src/ports/vocabulary/status.generated.js'
import { HEALTHY } from './system-state.js'

type Part = fc.Arbitrary<Partial<SystemState>>

/** Things that go wrong, each by itself. */
const TROUBLES: readonly Part[] = [
  fc.constant({ operatorMode: 'REDUCE_ONLY' }),
  fc.constant({ operatorMode: 'KILL' }),
  fc.constant({ isMaintained: true }),
  fc.constant({ isFillUnresolved: true }),
  fc.constant({ isLoopStalled: true }),
  fc.constant({ forewarner: 'RED' }),
  fc.constant({ breakerOpen: true }),
  fc.constant({ unsafeComponents: ['execution: api_calls_in_time INVALID'] }),
  fc.constant({ harnessViolated: true }),
  fc.constant({ accountLockout: true }),
  fc.constant({ expectedChampionHash: 'ffffffffffffffff' }),
  fc.constant({ gridConnected: false }),
  fc.constant({ forewarner: 'PURPLE' as never }),
  fc.constantFrom('STALKER', 'TURTLE', 'HIBERNATE').map((posture) => ({ posture }) as const),
  fc.constantFrom('LINK_DEGRADED', 'LINK_LOST', 'LINK_CORRUPT').map((linkState) => ({ linkState }) as const),
  fc.constantFrom(2_501, 4_999, 5_000, null).map((linkAgeMs) => ({ linkAgeMs })),
  fc.constantFrom(2_001, 30_000, null).map((marketEventLagMs) => ({ marketEventLagMs })),
  fc.constantFrom(10_001, null).map((lastScanAgeMs) => ({ lastScanAgeMs })),
  fc.constantFrom(85, 95, null).map((diskUsedPct) => ({ diskUsedPct })),
  fc.constantFrom(0.85, 0.95, null).map((marginUtil) => ({ marginUtil })),
  fc.constantFrom(0, 0.5).map((riskMultiplier) => ({ riskMultiplier })),
  fc.constant({ reconcileLastOkAtMs: null }),
  fc
    .tuple(fc.constantFrom(3, 9), fc.constantFrom(8, 9, 4_096), fc.constantFrom(0, 1))
    .map(([depth, capacity, failures]) => ({ journal: { depth, capacity, failures, isFull: false } })),
  fc.constantFrom('MISSING', 'INVALID').map((certificate) => ({ certificate, certificateExpiresAtMs: null }) as const),
  fc.constantFrom('PASS', 'FAIL').map((certificate) => ({ certificate }) as const),
  fc.constant({ certificate: 'STALE', certificateExpiresAtMs: 0 }),
  fc
    .constantFrom(...STATUS_REGISTRIES.open_permission_reasons.map(({ code }) => code))
    .map((code) => ({ latches: new Set([code]) })),
]

/** What differs from one well system to another. */
const WELL: Part = fc.record({
  environment: fc.constantFrom(...STATUS_REGISTRIES.deployment_environments),
  strategyId: fc.constantFrom('blue', 'green'),
  championHash: fc.constantFrom('5245d5d61c9542db', 'ffffffffffffffff'),
  expectedChampionHash: fc.constant('5245d5d61c9542db'),
  configHash: fc.constantFrom('0123456789abcdef', 'ffffffffffffffff'),
  buildId: fc.constantFrom('fedcba9876543210', 'ffffffffffffffff'),
  riskMultiplier: fc.constantFrom(0.95, 1),
  loopLagMs: fc.constantFrom(0, 12_000),
  lastScanNumber: fc.constantFrom(null, 0, 17_280),
  openPositions: fc.constantFrom(0, 1),
  nakedExposureEvents24h: fc.constantFrom(0, 3),
  drawdownPct: fc.constantFrom(0, 100),
  http429Count5m: fc.constantFrom(0, 5),
  sessionTerminations5m: fc.constantFrom(0, 5),
  journal: fc.constantFrom(8, 4_096).map((capacity) => ({ depth: 3, capacity, failures: 0, isFull: false })),
  certificateExpiresAtMs: fc.constantFrom(HEALTHY.nowMs + 5_000_000, HEALTHY.nowMs + 30_000_000),
})

/** When it is, and since when it has been up: together, for each bounds the other. */
const TIMES: Part = fc.constantFrom(
  { nowMs: HEALTHY.nowMs, startedAtMs: HEALTHY.nowMs - 4_000, reconcileLastOkAtMs: HEALTHY.nowMs },
  { nowMs: 20_000, startedAtMs: 0, reconcileLastOkAtMs: 10_000 },
  { nowMs: HEALTHY.nowMs, startedAtMs: HEALTHY.startedAtMs, reconcileLastOkAtMs: HEALTHY.nowMs - 2_000 },
  { nowMs: HEALTHY.nowMs, startedAtMs: HEALTHY.nowMs - 20_000, reconcileLastOkAtMs: HEALTHY.nowMs },
  { nowMs: HEALTHY.nowMs + 10_000_000, startedAtMs: HEALTHY.startedAtMs, reconcileLastOkAtMs: HEALTHY.nowMs },
  {
    nowMs: HEALTHY.nowMs + 10_000_000,
    startedAtMs: HEALTHY.nowMs + 9_980_000,
    reconcileLastOkAtMs: HEALTHY.nowMs + 9_990_000,
  },
)

/** Systems with up to four troubles: where few things are wrong, what each of them does can be seen. */
export const troubledState: fc.Arbitrary<SystemState> = fc
  .tuple(WELL, TIMES, fc.array(fc.oneof(...TROUBLES), { maxLength: 4 }))
  .map(([well, times, troubles]) => {
    const state = Object.assign({}, HEALTHY, well, times, ...troubles) as SystemState
    const { nowMs, startedAtMs, marketEventLagMs, lastScanAgeMs, linkAgeMs } = state
    return coherent({
      ...state,
      marketEventLagMs: atMost(nowMs, marketEventLagMs),
      lastScanAgeMs: atMost(nowMs - startedAtMs, lastScanAgeMs),
      linkAgeMs: atMost(nowMs - startedAtMs, linkAgeMs),
    })
  })

/** As their processes say it, the optional fields there or not. */
export const troubledDocument: fc.Arbitrary<StatusDocument> = fc
  .tuple(troubledState, fc.boolean(), fc.boolean())
  .map(([state, hasBuild, hasConnectivity]) => {
    const { build_id, connectivity_degraded, ...rest } = statusOf(state)
    return { ...rest, ...(hasBuild && { build_id }), ...(hasConnectivity && { connectivity_degraded }) }
  })

function atMost(maxMs: number, ageMs: number | null): number | null {
  return ageMs === null ? null : Math.min(maxMs, ageMs)
}
