import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AssumptionStands } from '../../../src/core/assumptions/assumption-registry.js'
import { EntrySafety } from '../../../src/core/assumptions/entry-safety.js'
import { SHIPPED_ASSUMPTION_SETTINGS, SHIPPED_ASSUMPTIONS } from '../../../src/core/assumptions/shipped-assumptions.js'
import type { AssumptionStand } from '../../../src/ports/vocabulary/assumptions.js'

const stand = (status: AssumptionStand['status'], lastTestedMs = 0): AssumptionStand => ({
  status,
  lastTestedMs,
  lastResult: status === 'VALID' ? 'passed' : 'failed',
  lastDetail: '',
  consecutiveFailures: 0,
})

const WEEK_MS = 7 * 86_400_000

it('names the components that an entry needs and that are unsafe, with what makes them so', () => {
  const safety = new EntrySafety(SHIPPED_ASSUMPTION_SETTINGS)
  const stands = { feed_latency: stand('INVALID'), distributions_stable: stand('INVALID') }
  expect(safety.unsafe(stands, { isLive: false, nowMs: 1 })).toEqual(['marketData: feed_latency INVALID'])
  expect(safety.unsafe(stands, { isLive: true, nowMs: 1 })).toEqual([
    'marketData: feed_latency INVALID, timestamps_monotonic UNTESTED',
    'execution: fills_within_slippage UNTESTED, api_calls_in_time UNTESTED',
  ])
})

it('forbids nothing where nothing is taken for granted, and nothing untested where no money is at stake', () => {
  expect(new EntrySafety(undefined).unsafe({}, { isLive: true, nowMs: 1 })).toEqual([])
  expect(new EntrySafety(SHIPPED_ASSUMPTION_SETTINGS).unsafe({}, { isLive: false, nowMs: 1 })).toEqual([])
})

it('knows by itself when a test becomes too old', () => {
  const safety = new EntrySafety(SHIPPED_ASSUMPTION_SETTINGS)
  const stands = { timestamps_monotonic: stand('VALID', 5) }
  const at = (nowMs: number) => safety.unsafe(stands, { isLive: false, nowMs })
  expect(at(WEEK_MS + 5)).toEqual([])
  expect(at(WEEK_MS + 6)).toEqual(['marketData: timestamps_monotonic EXPIRED'])
  expect(at(WEEK_MS + 5)).toEqual([])
  expect(safety.expired(stands, WEEK_MS + 5)).toEqual([])
  expect(safety.expired(stands, WEEK_MS + 6)).toEqual([{ name: 'timestamps_monotonic', sinceMs: 5 }])
})

it('answers the same whether it was asked before or not', () => {
  const stands = fc.dictionary(
    fc.constantFrom(...SHIPPED_ASSUMPTIONS.map(({ name }) => name)),
    fc
      .tuple(fc.constantFrom('VALID' as const, 'WARNING' as const, 'INVALID' as const), fc.nat(10))
      .map(([status, weeks]) => stand(status, weeks * WEEK_MS)),
  )
  const asked = fc.array(fc.record({ isLive: fc.boolean(), nowMs: fc.integer({ min: 0, max: 12 * WEEK_MS }) }))
  fc.assert(
    fc.property(stands, asked, (known: AssumptionStands, questions) => {
      const kept = new EntrySafety(SHIPPED_ASSUMPTION_SETTINGS)
      for (const question of questions)
        expect(kept.unsafe(known, question)).toEqual(
          new EntrySafety(SHIPPED_ASSUMPTION_SETTINGS).unsafe(known, question),
        )
    }),
  )
})
